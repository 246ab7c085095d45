import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { openSpeechDriver } from '../media/index.js';
import { AccountService } from './accounts/index.js';
import { AppModule } from './app.module.js';
import { assemblePlatform, dispatchSettingsOf, noticeSettingsOf } from './assemble.js';
import { ExportJob, ExportService, ImportJob } from './bulk/index.js';
import type { Config } from './config/index.js';
import { AssetServer, PlanPublisher, RetainedService, TimeService } from './dispatch/index.js';
import { DeviceAccess, PresenceService } from './fleet/index.js';
import { ApprovalClock, LibraryAudio, MediaTools } from './library/index.js';
import { NoticeCourier } from './notices/index.js';
import type { EmbeddedBroker } from './platform/broker/index.js';
import { configureHttp, EventStreams, Metrics, PublicAddress, Readiness, serveOpenApi } from './platform/http/index.js';
import { Housekeeping, JobRunner } from './platform/jobs/index.js';
import { type Log, NestLog } from './platform/logging/index.js';
import { OutboxRelay } from './platform/outbox/index.js';
import type { Platform } from './platform/platform.module.js';
import type { Lifeline } from './platform/process/index.js';
import { ReceiptIntake } from './receipts/index.js';
import { FileService } from './requests/index.js';
import { ClashClock } from './scheduling/index.js';

/** Speech, ffmpeg and readers are processes of their own; an import and an export at work leave room for a notice. */
const JOBS_AT_A_TIME = 3;

export interface RunningService {
  readonly httpUrl: string;
  readonly mqttUrl: string;
}

/** Starts everything that this process does, in order; `life` undoes it in reverse. */
export async function boot(config: Config, log: Log, life: Lifeline): Promise<RunningService> {
  const platform = assemblePlatform(config, log);
  await startPlatform(platform, life);
  const app = await life.start(
    'application',
    async () => {
      const nest = await NestFactory.create<NestExpressApplication>(
        AppModule.of(platform, dispatchSettingsOf(config), noticeSettingsOf(config)),
        {
          logger: new NestLog(log),
          bodyParser: false,
          abortOnError: false,
          forceCloseConnections: true,
        },
      );
      configureHttp(nest, log);
      serveOpenApi(nest);
      await nest.init();
      return nest;
    },
    (nest) => nest.close(),
  );
  const readiness = app.get(Readiness);
  readiness.register('database', () =>
    platform.database.read(async (reader) => (await reader.query('SELECT 1')).length === 1),
  );
  readiness.register('broker', () => platform.bus.connected);

  const metrics = app.get(Metrics);
  const streams = app.get(EventStreams);
  metrics.gauge('vang_event_streams', 'Open event streams', [], () => [{ labels: {}, value: streams.count }]);
  metrics.counter(
    'vang_mqtt_published_bytes_total',
    'Payload bytes that the service published to the broker',
    ['content'],
    () => [...platform.bus.bytesByLabel()].map(([content, value]) => ({ labels: { content }, value })),
  );

  const address = app.get(PublicAddress);
  const mqttUrl = config.mqtt.publicUrl ?? brokerUrl(platform.broker);
  // Claims and enrolments name the addresses, so they are known before the first request can come.
  const httpUrl = await life.start(
    'http',
    () => listen(app, config),
    () => drain(app),
  );
  address.set({ http: config.http.publicUrl ?? httpUrl, mqtt: mqttUrl });

  await app.get(AccountService).start(config.firstAdministrator);
  const tools = app.get(MediaTools);
  await life.start(
    'media tools',
    async () =>
      tools.start({
        ffmpegPath: config.ffmpegPath,
        cacheDir: join(config.dataDir, 'cache'),
        voices: await Promise.all(config.voices.map(openSpeechDriver)),
      }),
    () => tools.stop(),
  );
  if (config.roles.has('worker')) await startWorker(app, platform, life);
  if (config.roles.has('ingest')) await startIngest(app, life);
  await life.start('devices', () => app.get(DeviceAccess).start());
  log.info({ httpUrl, mqttUrl, demo: platform.database.isDemo(), roles: [...config.roles] }, 'ready');
  return { httpUrl, mqttUrl };
}

async function startPlatform(platform: Platform, life: Lifeline): Promise<void> {
  const { database, store, keys, broker, bus } = platform;
  await life.start(
    'database',
    () => database.start(),
    () => database.stop(),
  );
  await life.start(
    'storage',
    () => store.start(),
    () => store.stop(),
  );
  await life.start('keys', () => keys.start());
  if (broker)
    await life.start(
      'broker',
      () => broker.start(),
      () => broker.stop(),
    );
  await life.start(
    'bus',
    () => bus.start(),
    () => bus.stop(),
  );
}

async function startWorker(app: NestExpressApplication, platform: Platform, life: Lifeline): Promise<void> {
  const { database, outbox, clock, log, jobs } = platform;
  const publisher = app.get(PlanPublisher);
  const retained = app.get(RetainedService);
  const relay = new OutboxRelay({ database, outbox, clock, log });
  retained.register(relay);
  const courier = app.get(NoticeCourier);
  courier.register(relay);
  // A change only wakes the publisher: it looks at the whole area, and at everything at each start, so nothing is lost with a message.
  for (const topic of ['library.approved', 'library.withdrawn', 'fleet.enrolled', 'fleet.revoked', 'areas.languages'])
    relay.on(topic, async () => publisher.refreshSoon());
  for (const topic of ['schedule.changed', 'fleet.listeners'])
    relay.on(topic, async ({ payload }) => publisher.refreshSoon(areaOf(payload)));
  await life.start(
    'retained messages',
    () => retained.start(),
    () => retained.stop(),
  );
  await life.start(
    'publisher',
    () => publisher.start(),
    () => publisher.stop(),
  );
  const approvalClock = app.get(ApprovalClock);
  await life.start(
    'approval clock',
    () => approvalClock.start(),
    () => approvalClock.stop(),
  );
  const clashClock = app.get(ClashClock);
  await life.start(
    'clash clock',
    () => clashClock.start(),
    () => clashClock.stop(),
  );
  const address = app.get(PublicAddress);
  await life.start(
    'notices',
    () => courier.start({ baseUrl: () => address.http }),
    () => courier.stop(),
  );
  await life.start(
    'outbox',
    () => relay.start(),
    () => relay.stop(),
  );
  const runner = new JobRunner({ database, jobs, clock, log });
  app.get(LibraryAudio).register(runner);
  app.get(ImportJob).register(runner);
  app.get(ExportJob).register(runner);
  await life.start(
    'jobs',
    () => runner.start({ concurrency: JOBS_AT_A_TIME }),
    () => runner.stop(),
  );
  const requestFiles = app.get(FileService);
  const exports = app.get(ExportService);
  const housekeeping = new Housekeeping({
    clock,
    log,
    chores: {
      jobs: (beforeMs) => jobs.purge(beforeMs),
      outbox: (beforeMs) => relay.purge(beforeMs),
      notices: (beforeMs) => courier.purge(beforeMs),
      requestFiles: () => requestFiles.forgetOld(),
      exports: () => exports.forgetOld(),
    },
  });
  await life.start(
    'housekeeping',
    () => housekeeping.start(),
    () => housekeeping.stop(),
  );
}

async function startIngest(app: NestExpressApplication, life: Lifeline): Promise<void> {
  for (const [name, room] of [
    ['presence', app.get(PresenceService)],
    ['time', app.get(TimeService)],
    ['assets', app.get(AssetServer)],
    ['receipts', app.get(ReceiptIntake)],
  ] as const)
    await life.start(
      name,
      () => room.start(),
      () => room.stop(),
    );
}

async function listen(app: NestExpressApplication, config: Config): Promise<string> {
  await app.listen(config.http.port, config.http.host);
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address ? address.port : config.http.port;
  const host = config.http.host === '0.0.0.0' || config.http.host === '::' ? '127.0.0.1' : config.http.host;
  return `http://${host}:${port}`;
}

/** No new requests, and no news for those who listen; requests under way (an upload, say) have some seconds to end. */
async function drain(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer();
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  app.get(EventStreams).stop();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), 5_000);
  await ended;
  clearTimeout(timer);
}

function brokerUrl(broker: EmbeddedBroker | null): string {
  if (!broker) return '';
  const url = new URL(broker.serviceUrl);
  url.username = '';
  url.password = '';
  return url.toString().replace(/\/$/, '');
}

/** Where something changed, as its message says; everywhere when it does not. */
function areaOf(payload: unknown): string {
  const path = payload !== null && typeof payload === 'object' && 'areaPath' in payload ? payload.areaPath : null;
  return typeof path === 'string' ? path : '/';
}
