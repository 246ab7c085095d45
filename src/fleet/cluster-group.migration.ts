import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, dropTable, json, text } from '../platform/database/index.js';

export class FleetGroups1767225622000 implements MigrationInterface {
  readonly name = 'FleetGroups1767225622000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'cluster_group', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        name: text(),
        cluster_ids: json(),
        created_at_ms: bigint(),
      },
      uniqueIndexes: [['area_id', 'name']],
      indexes: [['area_path']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'cluster_group');
  }
}
