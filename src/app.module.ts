import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AccountModule, accountEntities, accountMigrations } from './accounts/index.js';
import { AlertModule, alertEntities, alertMigrations } from './alerts/index.js';
import { AreaModule, areaEntities, areaMigrations } from './areas/index.js';
import { BulkModule, bulkEntities, bulkMigrations } from './bulk/index.js';
import {
  DISPATCH_SETTINGS,
  DispatchModule,
  type DispatchSettings,
  dispatchEntities,
  dispatchMigrations,
} from './dispatch/index.js';
import {
  FLEET_SETTINGS,
  FleetModule,
  type FleetSettings,
  fleetEntities,
  fleetMigrations,
  PLAIN_FLEET_SETTINGS,
} from './fleet/index.js';
import { LibraryModule, libraryEntities, libraryMigrations } from './library/index.js';
import {
  NOTICE_SETTINGS,
  NoticeModule,
  type NoticeSettings,
  noticeEntities,
  noticeMigrations,
  PLAIN_SETTINGS,
} from './notices/index.js';
import { PlanModule, planEntities, planMigrations } from './plans/index.js';
import { jobEntities, jobMigrations } from './platform/jobs/index.js';
import { keyEntities, keyMigrations } from './platform/keys/index.js';
import { outboxEntities, outboxMigrations } from './platform/outbox/index.js';
import { type Platform, PlatformModule } from './platform/platform.module.js';
import {
  KEEP_EVERYTHING,
  RETENTION_SETTINGS,
  ReceiptModule,
  type RetentionSettings,
  receiptEntities,
  receiptMigrations,
} from './receipts/index.js';
import { ReportModule, reportEntities, reportMigrations } from './reports/index.js';
import { RequestModule, requestEntities, requestMigrations } from './requests/index.js';
import { SchedulingModule, schedulingEntities, schedulingMigrations } from './scheduling/index.js';
import { WebModule } from './web.module.js';

/** Every table of the installation; migrations run in the order of their timestamps. */
export const entities = [
  ...outboxEntities,
  ...jobEntities,
  ...keyEntities,
  ...areaEntities,
  ...accountEntities,
  ...noticeEntities,
  ...libraryEntities,
  ...requestEntities,
  ...bulkEntities,
  ...schedulingEntities,
  ...fleetEntities,
  ...dispatchEntities,
  ...planEntities,
  ...receiptEntities,
  ...reportEntities,
  ...alertEntities,
];
export const migrations = [
  ...outboxMigrations,
  ...jobMigrations,
  ...keyMigrations,
  ...areaMigrations,
  ...accountMigrations,
  ...noticeMigrations,
  ...libraryMigrations,
  ...requestMigrations,
  ...bulkMigrations,
  ...schedulingMigrations,
  ...fleetMigrations,
  ...dispatchMigrations,
  ...planMigrations,
  ...receiptMigrations,
  ...reportMigrations,
  ...alertMigrations,
];

@Global()
@Module({})
class SettingsModule {
  static of(
    dispatch: DispatchSettings,
    notices: NoticeSettings,
    fleet: FleetSettings,
    retention: RetentionSettings,
  ): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: DISPATCH_SETTINGS, useValue: dispatch },
        { provide: NOTICE_SETTINGS, useValue: notices },
        { provide: FLEET_SETTINGS, useValue: fleet },
        { provide: RETENTION_SETTINGS, useValue: retention },
      ],
      exports: [DISPATCH_SETTINGS, NOTICE_SETTINGS, FLEET_SETTINGS, RETENTION_SETTINGS],
    };
  }
}

/** The house: platform below, features in the order of a broadcast. */
@Module({})
export class AppModule {
  static of(
    platform: Platform,
    dispatch: DispatchSettings,
    notices: NoticeSettings = PLAIN_SETTINGS,
    fleet: FleetSettings = PLAIN_FLEET_SETTINGS,
    retention: RetentionSettings = KEEP_EVERYTHING,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.of(platform),
        SettingsModule.of(dispatch, notices, fleet, retention),
        ScheduleModule.forRoot(),
        AreaModule,
        AccountModule,
        NoticeModule,
        LibraryModule,
        RequestModule,
        BulkModule,
        SchedulingModule,
        FleetModule,
        DispatchModule,
        PlanModule,
        ReceiptModule,
        ReportModule,
        AlertModule,
        WebModule,
      ],
    };
  }
}
