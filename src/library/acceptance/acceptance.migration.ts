import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, dropTable, text } from '../../platform/database/index.js';

export class LibraryAcceptance1767225616000 implements MigrationInterface {
  readonly name = 'LibraryAcceptance1767225616000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'item_acceptance', {
      columns: {
        item_id: text().primary(),
        area_id: text().primary(),
        area_path: text(),
        decision: text(),
        reason: text().nullable(),
        decided_by: text(),
        decided_by_name: text(),
        decided_at_ms: bigint(),
      },
      indexes: [['area_id']],
      checks: ["decision IN ('accepted', 'declined')"],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'item_acceptance');
  }
}
