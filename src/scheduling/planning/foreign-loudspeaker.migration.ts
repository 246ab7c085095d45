import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, double, dropTable, json, text } from '../../platform/database/index.js';

export class ForeignLoudspeakers1767225627000 implements MigrationInterface {
  readonly name = 'ForeignLoudspeakers1767225627000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'foreign_loudspeaker', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        name: text(),
        latitude: double(),
        longitude: double(),
        hours: json(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
      },
      indexes: [['area_path']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'foreign_loudspeaker');
  }
}
