import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { Entry } from './entry.entity.js';

class Scheduling1767225604000 implements MigrationInterface {
  readonly name = 'Scheduling1767225604000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'entry', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        item_id: text(),
        title: text(),
        recurrence: json(),
        zone: text(),
        class: text(),
        late: text(),
        grace_ms: integer(),
        volume: integer(),
        cluster_ids: json().nullable(),
        first_start_ms: bigint(),
        last_start_ms: bigint().nullable(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
        cancelled_at_ms: bigint().nullable(),
        revision: integer(),
      },
      indexes: [['area_path'], ['last_start_ms']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'entry');
  }
}

export const schedulingEntities: readonly EntityClass[] = [Entry];
export const schedulingMigrations: readonly MigrationClass[] = [Scheduling1767225604000];
