import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  boolean,
  createTable,
  double,
  dropTable,
  type EntityClass,
  integer,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { FleetBoards1767225631000 } from './board.migration.js';
import { ClusterGroup } from './cluster-group.entity.js';
import { FleetGroups1767225622000 } from './cluster-group.migration.js';
import { ControllerKeys1767225654000 } from './controller-key.migration.js';
import { IssuedIdentity } from './enrolment/identity.entity.js';
import { Fault } from './faults/fault.entity.js';
import { Alarm, ClaimRecord, Cluster, ClusterHamlet, Controller, ControllerKey } from './fleet.entity.js';
import { Handover, HandoverFile } from './handover/handover.entity.js';
import {
  FleetFaults1767225638000,
  FleetHardware1767225634000,
  FleetSims1767225635000,
  FleetState1767225637000,
  FleetStock1767225636000,
} from './hardware.migration.js';
import { LastReceipts1767225661000 } from './last-receipt.migration.js';
import { FleetPhoto } from './photos/photo.entity.js';
import { Sim, TrafficMeter, TrafficMonth } from './sims/sim.entity.js';
import { ControllerState, ControllerStateSpan, DeviceEventRow } from './state/state.entity.js';
import { StockBatch, StockBox } from './stock/stock.entity.js';
import { TelemetryDay, TelemetryRolled, TelemetryRow } from './telemetry/telemetry.entity.js';
import { Upkeep } from './upkeep/upkeep.entity.js';

class Fleet1767225605000 implements MigrationInterface {
  readonly name = 'Fleet1767225605000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'cluster', {
      columns: {
        id: text().primary(),
        code: text(),
        area_id: text(),
        area_path: text(),
        name: text(),
        latitude: double().nullable(),
        longitude: double().nullable(),
        horns: integer(),
        created_at_ms: bigint(),
      },
      uniqueIndexes: [['code']],
      indexes: [['area_path']],
    });
    await createTable(runner, 'cluster_hamlet', {
      columns: {
        cluster_id: text().primary(),
        hamlet_id: text().primary(),
        valid_from: text().primary(),
        valid_to: text().nullable(),
      },
      indexes: [['hamlet_id']],
    });
    await createTable(runner, 'controller', {
      columns: {
        id: text().primary(),
        cluster_id: text(),
        model: text(),
        serial: text(),
        public_key: text(),
        token_sha256: text(),
        simulated: boolean(),
        enrolled_at_ms: bigint(),
        revoked_at_ms: bigint().nullable(),
        online: boolean(),
        last_heard_at_ms: bigint().nullable(),
        synced_version: bigint(),
        ready: boolean(),
        trust: text(),
      },
      indexes: [['cluster_id']],
    });
    await createTable(runner, 'claim', {
      columns: {
        id: text().primary(),
        code_sha256: text(),
        cluster_id: text(),
        created_at_ms: bigint(),
        expires_at_ms: bigint(),
        used_by_key: text().nullable(),
        controller_id: text().nullable(),
      },
      uniqueIndexes: [['code_sha256']],
    });
    await createTable(runner, 'alarm', {
      columns: {
        id: text().primary(),
        code: text(),
        controller_id: text(),
        detail: text(),
        first_at_ms: bigint(),
        last_at_ms: bigint(),
        count: integer(),
      },
      indexes: [['controller_id', 'code']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['alarm', 'claim', 'controller', 'cluster_hamlet', 'cluster']) await dropTable(runner, table);
  }
}

export const fleetEntities: readonly EntityClass[] = [
  Cluster,
  ClusterHamlet,
  Controller,
  ControllerKey,
  ClaimRecord,
  Alarm,
  ClusterGroup,
  FleetPhoto,
  IssuedIdentity,
  Sim,
  TrafficMeter,
  TrafficMonth,
  StockBatch,
  StockBox,
  Handover,
  HandoverFile,
  ControllerState,
  ControllerStateSpan,
  DeviceEventRow,
  TelemetryRow,
  TelemetryDay,
  TelemetryRolled,
  Fault,
  Upkeep,
];
export const fleetMigrations: readonly MigrationClass[] = [
  Fleet1767225605000,
  FleetGroups1767225622000,
  FleetBoards1767225631000,
  FleetHardware1767225634000,
  FleetSims1767225635000,
  FleetStock1767225636000,
  FleetState1767225637000,
  FleetFaults1767225638000,
  ControllerKeys1767225654000,
  LastReceipts1767225661000,
];
