import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, createTable, dropTable, json, text } from '../../platform/database/index.js';

/** Clashes of priorities wait for the commune. */
export class ScheduleClashes1767225626000 implements MigrationInterface {
  readonly name = 'ScheduleClashes1767225626000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'clash', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        key: text(),
        first: text(),
        second: text(),
        parties: json(),
        from_ms: bigint(),
        deadline_ms: bigint(),
        by_default: text(),
        goes_first: text().nullable(),
        other: text().nullable(),
        automatic: boolean().default(false),
        by_id: text().nullable(),
        by_name: text().nullable(),
        decided_at_ms: bigint().nullable(),
        gone_at_ms: bigint().nullable(),
        noted_at_ms: bigint(),
      },
      uniques: [['area_path', 'key']],
      indexes: [['deadline_ms']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'clash');
  }
}
