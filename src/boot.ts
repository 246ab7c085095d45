import type { Server as HttpsServer } from 'node:https';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { openSpeechDriver } from '../media/index.js';
import { AccountService } from './accounts/index.js';
import { EmergencyService } from './alerts/index.js';
import { AppModule } from './app.module.js';
import { assemblePlatform, dispatchSettingsOf, noticeSettingsOf } from './assemble.js';
import { ExportJob, ExportService, ImportJob } from './bulk/index.js';
import type { Config } from './config/index.js';
import {
  ActiveLists,
  AssetServer,
  CommandClock,
  CommandSender,
  CommandStatusIntake,
  OrderRetainer,
  PlanPublisher,
  PlayNowService,
  RetainedService,
  RolloutClock,
  TimeService,
  UpdateStatusIntake,
} from './dispatch/index.js';
import {
  DeviceAccess,
  HandoverService,
  IdentityService,
  PresenceService,
  SimWatch,
  StateClock,
  TelemetryIntake,
  TelemetryRollup,
} from './fleet/index.js';
import { ApprovalClock, LibraryAudio, MediaTools } from './library/index.js';
import { NoticeCourier } from './notices/index.js';
import { countRefusals } from './platform/broker/index.js';
import { configureHttp, EventStreams, Metrics, PublicAddress, Readiness, serveOpenApi } from './platform/http/index.js';
import { Housekeeping, JobRunner } from './platform/jobs/index.js';
import { KeyHistory } from './platform/keys/index.js';
import { type Log, NestLog } from './platform/logging/index.js';
import { OutboxRelay } from './platform/outbox/index.js';
import type { Platform } from './platform/platform.module.js';
import type { Lifeline } from './platform/process/index.js';
import { CertificateFiles } from './platform/tls/index.js';
import {
  CheckpointClock,
  GapClock,
  KEEP_EVERYTHING,
  ReceiptIntake,
  RetentionClock,
  Sequencer,
  TailClock,
} from './receipts/index.js';
import { EvidencePackJob } from './reports/index.js';
import { FileService } from './requests/index.js';
import { ClashClock } from './scheduling/index.js';

/** Speech, ffmpeg and readers are processes of their own; an import and an export at work leave room for a notice. */
const JOBS_AT_A_TIME = 3;
/** All else keeps still for so long behind a command. */
const CALM_MS = 1_000;

export interface RunningService {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  /** What runs in it, by class. */
  readonly rooms: Pick<INestApplicationContext, 'get'>;
}

/** Starts everything that this process does, in order; `life` undoes it in reverse. */
export async function boot(
  config: Config,
  log: Log,
  life: Lifeline,
  platform: Platform = assemblePlatform(config, log),
): Promise<RunningService> {
  const httpCertificate = config.http.tls && new CertificateFiles(config.http.tls, log);
  await startPlatform(platform, life);
  const app = await life.start(
    'application',
    async () => {
      const nest = await NestFactory.create<NestExpressApplication>(
        AppModule.of(platform, dispatchSettingsOf(config), noticeSettingsOf(config), config.fleet, {
          ...KEEP_EVERYTHING,
          ...config.retention,
        }),
        {
          logger: new NestLog(log),
          bodyParser: false,
          abortOnError: false,
          forceCloseConnections: true,
          ...(httpCertificate ? { httpsOptions: httpCertificate.read() } : {}),
        },
      );
      configureHttp(nest, log);
      serveOpenApi(nest);
      await nest.init();
      return nest;
    },
    (nest) => nest.close(),
  );
  await life.start('history of keys', () => app.get(KeyHistory).start());
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

  if (platform.broker) countRefusals(metrics, platform.broker);

  const address = app.get(PublicAddress);
  const mqttUrl = config.mqtt.publicUrl ?? platform.broker?.clientUrl ?? '';
  // Claims and enrolments name the addresses, so they are known before the first request can come.
  const httpUrl = await life.start(
    'http',
    () => listen(app, config),
    () => drain(app),
  );
  if (httpCertificate)
    await life.start(
      'http certificate',
      async () =>
        httpCertificate.watch((pair) => (app.getHttpServer() as unknown as HttpsServer).setSecureContext(pair)),
      (unwatch) => unwatch(),
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
  const deviceAccess = app.get(DeviceAccess);
  await life.start(
    'devices',
    () => deviceAccess.start(),
    () => deviceAccess.stop(),
  );
  log.info({ httpUrl, mqttUrl, demo: platform.database.isDemo(), roles: [...config.roles] }, 'ready');
  return { httpUrl, mqttUrl, rooms: app };
}

async function startPlatform(platform: Platform, life: Lifeline): Promise<void> {
  const { database, store, keys, broker, bus, externalAccess } = platform;
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
  const accounts = externalAccess?.accounts;
  if (accounts)
    await life.start(
      'broker accounts',
      () => accounts.start(),
      () => accounts.stop(),
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
  const commands = app.get(CommandSender);
  const activeLists = app.get(ActiveLists);
  for (const room of [commands, activeLists, app.get(PlayNowService), app.get(EmergencyService)]) room.register(relay);
  const orders = app.get(OrderRetainer);
  const rollouts = app.get(RolloutClock);
  for (const room of [orders, rollouts]) room.register(relay);
  const courier = app.get(NoticeCourier);
  courier.register(relay);
  // A change only wakes the publisher: it looks at the whole area, and at everything at each start, so nothing is lost with a message.
  for (const topic of ['library.approved', 'library.withdrawn', 'fleet.enrolled', 'fleet.revoked', 'areas.languages'])
    relay.on(topic, async () => publisher.refreshSoon());
  for (const topic of ['schedule.changed', 'fleet.listeners'])
    relay.on(topic, async ({ payload }) => {
      // An emergency is on its way by command: its plans are made behind it.
      await commands.calm();
      publisher.refreshSoon(areaOf(payload));
    });
  // Before what is retained: at a new connection a siren goes ahead of a thousand plans.
  await life.start(
    'commands',
    () => commands.start({ calmMs: CALM_MS }),
    () => commands.stop(),
  );
  await life.start(
    'lists of what is in force',
    () => activeLists.start(),
    () => activeLists.stop(),
  );
  const commandClock = app.get(CommandClock);
  await life.start(
    'command clock',
    async () => commandClock.start(),
    () => commandClock.stop(),
  );
  await life.start(
    'retained messages',
    () => retained.start(),
    () => retained.stop(),
  );
  await life.start(
    'orders of programs',
    () => orders.start(),
    () => orders.stop(),
  );
  await life.start(
    'rollout clock',
    async () => rollouts.start(),
    () => rollouts.stop(),
  );
  await life.start(
    'publisher',
    () => publisher.start(),
    () => publisher.stop(),
  );
  const identities = app.get(IdentityService);
  identities.register(relay);
  await life.start(
    'identities',
    () => identities.start(),
    () => identities.stop(),
  );
  for (const [name, room] of [
    ['state clock', app.get(StateClock)],
    ['SIM watch', app.get(SimWatch)],
    ['gap clock', app.get(GapClock)],
    ['tail clock', app.get(TailClock)],
    ['leaf numbers', app.get(Sequencer)],
    ['checkpoints', app.get(CheckpointClock)],
    ['archives', app.get(RetentionClock)],
  ] as const)
    await life.start(
      name,
      async () => room.start(),
      () => room.stop(),
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
  app.get(EvidencePackJob).register(runner);
  await life.start(
    'jobs',
    () => runner.start({ concurrency: JOBS_AT_A_TIME }),
    () => runner.stop(),
  );
  const requestFiles = app.get(FileService);
  const exports = app.get(ExportService);
  const telemetry = app.get(TelemetryRollup);
  const handovers = app.get(HandoverService);
  const housekeeping = new Housekeeping({
    clock,
    log,
    chores: {
      jobs: (beforeMs) => jobs.purge(beforeMs),
      outbox: (beforeMs) => relay.purge(beforeMs),
      notices: (beforeMs) => courier.purge(beforeMs),
      requestFiles: () => requestFiles.forgetOld(),
      exports: () => exports.forgetOld(),
      telemetry: () => telemetry.tidy(),
      handoverFiles: (beforeMs) => handovers.purge(beforeMs),
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
    ['telemetry', app.get(TelemetryIntake)],
    ['time', app.get(TimeService)],
    ['answers to commands', app.get(CommandStatusIntake)],
    ['answers to updates', app.get(UpdateStatusIntake)],
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
  return `${config.http.tls ? 'https' : 'http'}://${host}:${port}`;
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

/** Where something changed, as its message says; everywhere when it does not. */
function areaOf(payload: unknown): string {
  const path = payload !== null && typeof payload === 'object' && 'areaPath' in payload ? payload.areaPath : null;
  return typeof path === 'string' ? path : '/';
}
