import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  boolean,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../../platform/database/index.js';
import { OrderRow, Release, Rollout, StatusRow, UpdateTarget } from './update.entity.js';

class Updates1767225639000 implements MigrationInterface {
  readonly name = 'Updates1767225639000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'update_release', {
      columns: {
        id: text().primary(),
        number: integer(),
        name: text(),
        notes: text(),
        models: json(),
        sha256: text(),
        bytes: integer(),
        created_at_ms: bigint(),
        created_by_name: text(),
      },
      uniqueIndexes: [['number']],
    });
    await createTable(runner, 'update_rollout', {
      columns: {
        id: text().primary(),
        release_id: text(),
        release: integer(),
        back: boolean(),
        area_id: text(),
        area_path: text(),
        group_id: text().nullable(),
        models: json(),
        stages: json(),
        stage: integer(),
        stage_from_ms: bigint().nullable(),
        soak_ms: bigint(),
        healthy_percent: integer(),
        failed_percent: integer(),
        night: json().nullable(),
        state: text(),
        reason: text(),
        created_at_ms: bigint(),
        created_by_name: text(),
        halt_reason: text().nullable(),
        halted_at_ms: bigint().nullable(),
        ended_at_ms: bigint().nullable(),
      },
      indexes: [['area_path', 'id'], ['state']],
      checks: ["state IN ('running', 'halted', 'cancelled', 'done')"],
    });
    await createTable(runner, 'update_target', {
      columns: {
        rollout_id: text().primary(),
        controller_id: text().primary(),
        cluster_id: text(),
        release: integer(),
        stage: integer(),
        former_release: integer(),
        former_name: text(),
        state: text(),
        detail: text().nullable(),
        ordered_at_ms: bigint().nullable(),
        night_from_ms: bigint().nullable(),
        night_until_ms: bigint().nullable(),
        at_ms: bigint().nullable(),
        heard_at_ms: bigint().nullable(),
        excused: boolean(),
      },
      indexes: [
        ['controller_id', 'release'],
        ['rollout_id', 'state'],
      ],
    });
    await createTable(runner, 'update_order', {
      columns: {
        controller_id: text().primary(),
        rollout_id: text(),
        release: integer(),
        signed: text(),
        ordered_at_ms: bigint(),
      },
      indexes: [['rollout_id']],
    });
    await createTable(runner, 'update_status', {
      columns: {
        id: text().primary(),
        controller_id: text(),
        release: integer(),
        state: text(),
        detail: text().nullable(),
        at_ms: bigint().nullable(),
        heard_at_ms: bigint(),
      },
      indexes: [['controller_id', 'id']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['update_status', 'update_order', 'update_target', 'update_rollout', 'update_release'])
      await dropTable(runner, table);
  }
}

export const updateEntities: readonly EntityClass[] = [Release, Rollout, UpdateTarget, OrderRow, StatusRow];
export const updateMigrations: readonly MigrationClass[] = [Updates1767225639000];
