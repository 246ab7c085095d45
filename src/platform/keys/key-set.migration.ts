import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, dropTable, type EntityClass, type MigrationClass, text } from '../database/index.js';
import { KeySetRow } from './key-set.entity.js';

class KeySets1767225644000 implements MigrationInterface {
  name = 'KeySets1767225644000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, 'key_set', {
      columns: {
        version: bigint().primary(),
        signed: text(),
        taken_at_ms: bigint(),
        published_at_ms: bigint().nullable(),
      },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'key_set');
  }
}

export const keyEntities: readonly EntityClass[] = [KeySetRow];
export const keyMigrations: readonly MigrationClass[] = [KeySets1767225644000];
