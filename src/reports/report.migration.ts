import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { EvidencePack } from './report.entity.js';

class Reports1767225654002 implements MigrationInterface {
  readonly name = 'Reports1767225654002';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'evidence_pack', {
      columns: {
        id: text().primary(),
        line_id: text(),
        area_id: text(),
        area_path: text(),
        period_from: text(),
        period_to: text(),
        file_name: text(),
        state: text(),
        reason: text().nullable(),
        job_id: text(),
        sha256: text().nullable(),
        bytes: bigint().nullable(),
        receipts: integer().nullable(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
      },
      indexes: [['area_path', 'id']],
      checks: ["state IN ('running', 'done', 'failed', 'stopped')", "state <> 'done' OR sha256 IS NOT NULL"],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'evidence_pack');
  }
}

export const reportEntities: readonly EntityClass[] = [EvidencePack];
export const reportMigrations: readonly MigrationClass[] = [Reports1767225654002];
