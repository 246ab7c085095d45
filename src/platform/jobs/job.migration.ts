import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  addIndex,
  bigint,
  boolean,
  createTable,
  double,
  dropIndex,
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

const FOLLOWED_COLUMNS = {
  owner_id: text().nullable(),
  area_path: text().nullable(),
  title: text().nullable(),
  changed_at_ms: bigint().nullable(),
  settle_due_at_ms: bigint().nullable(),
};
const FOLLOWED_INDEXES = [['owner_id', 'id'], ['owner_id', 'changed_at_ms'], ['settle_due_at_ms']];

class JobsFollowed1767225611000 implements MigrationInterface {
  name = 'JobsFollowed1767225611000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, column] of Object.entries(FOLLOWED_COLUMNS)) await addColumn(queryRunner, 'jobs', name, column);
    for (const columns of FOLLOWED_INDEXES) await addIndex(queryRunner, 'jobs', columns);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const columns of FOLLOWED_INDEXES) await dropIndex(queryRunner, 'jobs', columns);
    for (const name of Object.keys(FOLLOWED_COLUMNS)) await queryRunner.dropColumn('jobs', name);
  }
}

export const jobEntities: readonly EntityClass[] = [JobEntity];
export const jobMigrations: readonly MigrationClass[] = [Jobs1767225600002, JobsFollowed1767225611000];
