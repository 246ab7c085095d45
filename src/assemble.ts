import { join } from 'node:path';
import { entities, migrations } from './app.module.js';
import type { Config } from './config/index.js';
import type { DispatchSettings } from './dispatch/index.js';
import type { NoticeSettings } from './notices/index.js';
import { EmbeddedBroker, MqttBus } from './platform/broker/index.js';
import { SystemClock } from './platform/clock/index.js';
import { Database } from './platform/database/index.js';
import { Jobs } from './platform/jobs/index.js';
import { KeyRing } from './platform/keys/index.js';
import type { Log } from './platform/logging/index.js';
import { Outbox } from './platform/outbox/index.js';
import type { Platform } from './platform/platform.module.js';
import { ContentStore } from './platform/storage/index.js';

/** Builds the technical rooms as the configuration says. Nothing is opened yet: constructors only store. */
export function assemblePlatform(config: Config, log: Log): Platform {
  const clock = new SystemClock();
  const place =
    config.databaseUrl === null ? { file: join(config.dataDir, 'vang.sqlite') } : { url: config.databaseUrl };
  const database = new Database({ ...place, entities, migrations, demo: config.demo }, log);
  const { url } = config.mqtt;
  const broker = url === null ? new EmbeddedBroker({ host: config.mqtt.host, port: config.mqtt.port, log }) : null;
  return {
    clock,
    log,
    database,
    store: new ContentStore(join(config.dataDir, 'content')),
    keys: new KeyRing(join(config.dataDir, 'keys'), clock),
    broker,
    // The embedded broker knows its address once it listens.
    bus: new MqttBus({ url: () => url ?? broker?.serviceUrl ?? '', log }),
    outbox: new Outbox(clock),
    jobs: new Jobs(database, clock),
  };
}

export function dispatchSettingsOf(config: Config): DispatchSettings {
  return {
    wishWindowMs: config.wishWindowMs,
    egressBytesPerSecond: config.egressBytesPerSecond,
    zone: 'Asia/Ho_Chi_Minh',
  };
}

export function noticeSettingsOf(config: Config): NoticeSettings {
  return { mail: config.mail, pushToPrivateEndpoints: config.pushToPrivateEndpoints };
}
