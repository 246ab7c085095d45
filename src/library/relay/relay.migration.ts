import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, dropTable, integer, text } from '../../platform/database/index.js';

export class LibraryRelays1767225647000 implements MigrationInterface {
  readonly name = 'LibraryRelays1767225647000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'standby_sound', {
      columns: {
        id: text().primary(),
        sha256: text(),
        bytes: integer(),
        type: text(),
        duration_ms: integer(),
        made_at_ms: bigint(),
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'standby_sound');
  }
}
