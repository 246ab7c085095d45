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
} from '../../platform/database/index.js';
import { RuleOverride, RuleSetRow, YearDaysRow } from './rule.entity.js';

class ScheduleRules1767225625000 implements MigrationInterface {
  readonly name = 'ScheduleRules1767225625000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'rule_set', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        number: text(),
        date: text(),
        attachment_sha256: text().nullable(),
        attachment_type: text().nullable(),
        valid_from: text(),
        valid_to: text().nullable(),
        parts: json(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
        ended_by_name: text().nullable(),
        ended_at_ms: bigint().nullable(),
      },
      indexes: [['area_path']],
    });
    await createTable(runner, 'year_days', {
      columns: { year: integer().primary(), content: json(), changed_by_name: text(), changed_at_ms: bigint() },
    });
    await createTable(runner, 'rule_override', {
      columns: {
        id: text().primary(),
        entry_id: text(),
        occurrence: text().nullable(),
        codes: json(),
        reason: text(),
        by_id: text(),
        by_name: text(),
        at_ms: bigint(),
        revoked_at_ms: bigint().nullable(),
        area_path: text(),
      },
      indexes: [['area_path']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['rule_override', 'year_days', 'rule_set']) await dropTable(runner, table);
  }
}

export const ruleEntities: readonly EntityClass[] = [RuleSetRow, YearDaysRow, RuleOverride];
export const ruleMigrations: readonly MigrationClass[] = [ScheduleRules1767225625000];
