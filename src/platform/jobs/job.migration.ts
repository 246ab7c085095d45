import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  boolean,
  createTable,
  double,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../database/index.js';
import { JobEntity } from './job.entity.js';

class Jobs1767225600002 implements MigrationInterface {
  name = 'Jobs1767225600002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, 'jobs', {
      columns: {
        id: text().primary(),
        kind: text(),
        payload: json(),
        state: text(),
        active_key: text().nullable().unique(),
        attempts: integer(),
        max_attempts: integer(),
        due_at_ms: bigint(),
        lease: text().nullable(),
        cancel_requested: boolean(),
        progress: double(),
        progress_text: text().nullable(),
        result: json().nullable(),
        error: text().nullable(),
        created_at_ms: bigint(),
        finished_at_ms: bigint().nullable(),
      },
      indexes: [['state', 'kind', 'due_at_ms']],
      checks: ["state IN ('queued', 'running', 'done', 'failed', 'cancelled')", 'progress >= 0 AND progress <= 1'],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'jobs');
  }
}

export const jobEntities: readonly EntityClass[] = [JobEntity];
export const jobMigrations: readonly MigrationClass[] = [Jobs1767225600002];
