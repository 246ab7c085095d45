import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type EmbeddedBroker, type ExternalAccess, MqttBus, NO_EXTERNAL_ACCESS } from './broker/index.js';
import { EMBEDDED_BROKER, EXTERNAL_ACCESS } from './broker/token.js';
import { Clock } from './clock/index.js';
import { Database } from './database/index.js';
import { EventStreams, HealthController, Metrics, MetricsController, PublicAddress, Readiness } from './http/index.js';
import { Jobs } from './jobs/index.js';
import { JobController } from './jobs/job.controller.js';
import { JobDesk } from './jobs/job.desk.js';
import { JobWatch } from './jobs/job.watch.js';
import { KeyHistory, KeyRing } from './keys/index.js';
import { AddressLimit } from './links/index.js';
import { LOG, type Log } from './logging/index.js';
import { Outbox } from './outbox/index.js';
import { ContentStore } from './storage/index.js';

/** The technical rooms of one process, already built: features get them by class. */
export interface Platform {
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly jobs: Jobs;
  readonly store: ContentStore;
  readonly keys: KeyRing;
  readonly broker: EmbeddedBroker | null;
  /** Default: none. */
  readonly externalAccess?: ExternalAccess;
  readonly bus: MqttBus;
}

@Global()
@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    const { clock, log, database, keys } = platform;
    const rooms = [
      { provide: Clock, useValue: clock },
      { provide: LOG, useValue: log },
      { provide: Database, useValue: database },
      { provide: Outbox, useValue: platform.outbox },
      { provide: Jobs, useValue: platform.jobs },
      { provide: ContentStore, useValue: platform.store },
      { provide: KeyRing, useValue: keys },
      { provide: KeyHistory, useValue: new KeyHistory(database, keys, clock, log) },
      { provide: EMBEDDED_BROKER, useValue: platform.broker },
      { provide: EXTERNAL_ACCESS, useValue: platform.externalAccess ?? NO_EXTERNAL_ACCESS },
      { provide: MqttBus, useValue: platform.bus },
    ];
    const watch = { provide: JobWatch, useValue: new JobWatch(platform) };
    return {
      module: PlatformModule,
      controllers: [HealthController, MetricsController, JobController],
      providers: [...rooms, watch, AddressLimit, EventStreams, JobDesk, Metrics, PublicAddress, Readiness],
      exports: [...rooms.map((room) => room.provide), AddressLimit, Metrics, PublicAddress, Readiness],
    };
  }
}
