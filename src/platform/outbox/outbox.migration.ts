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
} from '../database/index.js';
import { OutboxEntity } from './outbox.entity.js';

class Outbox1767225600001 implements MigrationInterface {
  name = 'Outbox1767225600001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, 'outbox', {
      columns: {
        id: text().primary(),
        topic: text(),
        payload: json(),
        state: text(),
        attempts: integer(),
        due_at_ms: bigint(),
        created_at_ms: bigint(),
        delivered_at_ms: bigint().nullable(),
        error: text().nullable(),
      },
      indexes: [['state', 'topic', 'id']],
      checks: ["state IN ('waiting', 'delivered', 'dead')"],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'outbox');
  }
}

export const outboxEntities: readonly EntityClass[] = [OutboxEntity];
export const outboxMigrations: readonly MigrationClass[] = [Outbox1767225600001];
