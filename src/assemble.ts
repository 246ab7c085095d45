import { join } from 'node:path';
import { entities, migrations } from './app.module.js';
import type { Config } from './config/index.js';
import type { DispatchSettings } from './dispatch/index.js';
import type { NoticeSettings } from './notices/index.js';
import { DynamicSecurity, EmbeddedBroker, type ExternalAccess, MqttBus } from './platform/broker/index.js';
import { type Clock, SystemClock } from './platform/clock/index.js';
import { Database } from './platform/database/index.js';
import { Jobs } from './platform/jobs/index.js';
import { KeyRing } from './platform/keys/index.js';
import type { Log } from './platform/logging/index.js';
import { Outbox } from './platform/outbox/index.js';
import type { Platform } from './platform/platform.module.js';
import { ContentStore } from './platform/storage/index.js';
import { CertificateFiles } from './platform/tls/index.js';

/** The service itself speaks and hears everything under its prefix, and nothing of anybody else's. */
const SERVICE_RIGHTS = { publish: ['vang/v1/#'], subscribe: ['vang/v1/#'] };

/** Builds the technical rooms as the configuration says. Nothing is opened yet: constructors only store. */
export function assemblePlatform(config: Config, log: Log, clock: Clock = new SystemClock()): Platform {
  const place =
    config.databaseUrl === null ? { file: join(config.dataDir, 'vang.sqlite') } : { url: config.databaseUrl };
  const database = new Database({ ...place, entities, migrations, demo: config.demo }, log);
  const { url } = config.mqtt;
  const { host, port, webSocketPort, tls } = config.mqtt;
  const certificate = tls && new CertificateFiles(tls, log);
  const broker = url === null ? new EmbeddedBroker({ host, port, webSocketPort, certificate, log }) : null;
  return {
    clock,
    log,
    database,
    store: new ContentStore(join(config.dataDir, 'content')),
    keys: new KeyRing(join(config.dataDir, 'keys'), clock),
    broker,
    externalAccess: externalAccessOf(config, log),
    // The embedded broker knows its address once it listens.
    bus: new MqttBus({ url: () => url ?? broker?.serviceUrl ?? '', log }),
    outbox: new Outbox(clock),
    jobs: new Jobs(database, clock),
  };
}

function externalAccessOf({ mqtt: { url, access } }: Config, log: Log): ExternalAccess {
  const httpSecret = access.kind === 'http' ? access.secret : null;
  if (access.kind !== 'dynamic-security' || url === null) return { accounts: null, httpSecret };
  return { accounts: new DynamicSecurity({ url, admin: access.admin, service: SERVICE_RIGHTS, log }), httpSecret };
}

export function dispatchSettingsOf(config: Config): DispatchSettings {
  return {
    wishWindowMs: config.wishWindowMs,
    egressBytesPerSecond: config.egressBytesPerSecond,
    egressInFlightBytes: config.egressInFlightBytes,
    zone: 'Asia/Ho_Chi_Minh',
  };
}

export function noticeSettingsOf(config: Config): NoticeSettings {
  return { mail: config.mail, pushToPrivateEndpoints: config.pushToPrivateEndpoints };
}
