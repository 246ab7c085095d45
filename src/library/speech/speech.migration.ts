import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, bigint, createTable, dropTable, json, text } from '../../platform/database/index.js';

export class LibrarySpeech1767225615000 implements MigrationInterface {
  readonly name = 'LibrarySpeech1767225615000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'dictionary_entry', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        written: text(),
        said: text(),
        changed_by: text(),
        changed_by_name: text(),
        changed_at_ms: bigint(),
      },
      uniques: [['area_id', 'written']],
    });
    await addColumn(runner, 'item_version', 'spoken', json().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('item_version', 'spoken');
    await dropTable(runner, 'dictionary_entry');
  }
}
