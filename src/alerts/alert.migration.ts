import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  addIndex,
  bigint,
  createTable,
  dropIndex,
  dropTable,
  type EntityClass,
  integer,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { Emergency } from './emergency.entity.js';

class Alerts1767225620000 implements MigrationInterface {
  readonly name = 'Alerts1767225620000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'emergency', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        entry_id: text(),
        item_id: text(),
        item_version: integer(),
        title: text(),
        basis: text(),
        review_due_at_ms: bigint().nullable(),
        reason: text(),
        officer_id: text(),
        officer_name: text(),
        aired_at_ms: bigint(),
        start_ms: bigint(),
        stopped_at_ms: bigint().nullable(),
        stopped_by_name: text().nullable(),
        request_key: text(),
      },
      indexes: [['area_path', 'aired_at_ms']],
      uniqueIndexes: [['request_key']],
      checks: ["basis IN ('before', 'after')"],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'emergency');
  }
}

class EmergencyCommands1767225633000 implements MigrationInterface {
  readonly name = 'EmergencyCommands1767225633000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'emergency', 'command_id', text().nullable());
    await addIndex(runner, 'emergency', ['item_id']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'emergency', ['item_id']);
    await runner.dropColumn('emergency', 'command_id');
  }
}

export const alertEntities: readonly EntityClass[] = [Emergency];
export const alertMigrations: readonly MigrationClass[] = [Alerts1767225620000, EmergencyCommands1767225633000];
