import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AccountModule, accountEntities, accountMigrations } from './accounts/index.js';
import { AreaModule, areaEntities, areaMigrations } from './areas/index.js';
import {
  DISPATCH_SETTINGS,
  DispatchModule,
  type DispatchSettings,
  dispatchEntities,
  dispatchMigrations,
} from './dispatch/index.js';
import { FleetModule, fleetEntities, fleetMigrations } from './fleet/index.js';
import { LibraryModule, libraryEntities, libraryMigrations } from './library/index.js';
import { PlanModule, planEntities, planMigrations } from './plans/index.js';
import { jobEntities, jobMigrations } from './platform/jobs/index.js';
import { outboxEntities, outboxMigrations } from './platform/outbox/index.js';
import { type Platform, PlatformModule } from './platform/platform.module.js';
import { ReceiptModule, receiptEntities, receiptMigrations } from './receipts/index.js';
import { SchedulingModule, schedulingEntities, schedulingMigrations } from './scheduling/index.js';
import { WebModule } from './web.module.js';

/** Every table of the installation; migrations run in the order of their timestamps. */
export const entities = [
  ...outboxEntities,
  ...jobEntities,
  ...areaEntities,
  ...accountEntities,
  ...libraryEntities,
  ...schedulingEntities,
  ...fleetEntities,
  ...dispatchEntities,
  ...planEntities,
  ...receiptEntities,
];
export const migrations = [
  ...outboxMigrations,
  ...jobMigrations,
  ...areaMigrations,
  ...accountMigrations,
  ...libraryMigrations,
  ...schedulingMigrations,
  ...fleetMigrations,
  ...dispatchMigrations,
  ...planMigrations,
  ...receiptMigrations,
];

@Global()
@Module({})
class SettingsModule {
  static of(dispatch: DispatchSettings): DynamicModule {
    return {
      module: SettingsModule,
      providers: [{ provide: DISPATCH_SETTINGS, useValue: dispatch }],
      exports: [DISPATCH_SETTINGS],
    };
  }
}

/** The house: platform below, features in the order of a broadcast. */
@Module({})
export class AppModule {
  static of(platform: Platform, dispatch: DispatchSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.of(platform),
        SettingsModule.of(dispatch),
        ScheduleModule.forRoot(),
        AreaModule,
        AccountModule,
        LibraryModule,
        SchedulingModule,
        FleetModule,
        DispatchModule,
        PlanModule,
        ReceiptModule,
        WebModule,
      ],
    };
  }
}
