import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, dropTable, integer, text } from '../platform/database/index.js';

/** What people declare beside receipts, and which entries make up for what was missed. */
export class DeclaredAndMadeUp1767225656000 implements MigrationInterface {
  readonly name = 'DeclaredAndMadeUp1767225656000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'declaration', {
      columns: {
        id: text().primary(),
        item_id: text(),
        item_title: text(),
        line_id: text(),
        hamlet_id: text(),
        hamlet_name: text(),
        commune_name: text(),
        area_path: text(),
        day: text(),
        means: text(),
        person: text(),
        note: text(),
        photo_sha256: text(),
        photo_type: text(),
        photo_width: integer(),
        photo_height: integer(),
        entered_by: text(),
        entered_by_name: text(),
        entered_at_ms: bigint(),
        taken_back_at_ms: bigint().nullable(),
        taken_back_by_name: text().nullable(),
        taken_back_reason: text().nullable(),
      },
      indexes: [['item_id', 'day'], ['area_path']],
    });
    await createTable(runner, 'make_up_acceptance', {
      columns: {
        id: text().primary(),
        line_id: text(),
        entries: integer(),
        accepted_by: text(),
        accepted_by_name: text(),
        accepted_at_ms: bigint(),
      },
    });
    await createTable(runner, 'make_up', {
      columns: {
        entry_id: text().primary(),
        acceptance_id: text(),
        line_id: text(),
        item_id: text(),
        duration_ms: bigint(),
      },
      indexes: [['line_id'], ['acceptance_id']],
    });
    await createTable(runner, 'make_up_cell', {
      columns: { entry_id: text().primary(), hamlet_id: text().primary() },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['make_up_cell', 'make_up', 'make_up_acceptance', 'declaration'])
      await dropTable(runner, table);
  }
}
