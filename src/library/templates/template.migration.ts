import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, dropTable, integer, json, text } from '../../platform/database/index.js';

export class LibraryTemplates1767225618000 implements MigrationInterface {
  readonly name = 'LibraryTemplates1767225618000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'notice_template', {
      columns: {
        id: text().primary(),
        n: integer().primary(),
        area_id: text(),
        area_path: text(),
        name: text(),
        language: text(),
        title: text(),
        body: text(),
        fields: json(),
        topic: text(),
        field: integer(),
        third_party: text().nullable(),
        changed_by: text(),
        changed_by_name: text(),
        changed_at_ms: bigint(),
        retired_at_ms: bigint().nullable(),
      },
      indexes: [['area_id']],
      checks: ['n >= 1'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'notice_template');
  }
}
