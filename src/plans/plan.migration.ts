import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  bigint,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { CommunicationPlan, PlanLine } from './plan.entity.js';

class Plans1767225607000 implements MigrationInterface {
  readonly name = 'Plans1767225607000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'communication_plan', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        number: text(),
        title: text(),
        issuer: text(),
        issued_on: text(),
        period_from: text(),
        period_to: text(),
        report_deadline: text().nullable(),
        legal_basis: text(),
        funding: text(),
        audiences: json(),
        recipients: json(),
        note: text(),
        created_at_ms: bigint(),
      },
    });
    await createTable(runner, 'plan_line', {
      columns: {
        id: text().primary(),
        plan_id: text(),
        position: integer(),
        kind: text(),
        title: text(),
        target: integer(),
        unit: text(),
        criterion: text(),
      },
      indexes: [['plan_id']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['plan_line', 'communication_plan']) await dropTable(runner, table);
  }
}

/** Lines had one rule before this: one complete play at every cluster. */
class LineRules1767225655000 implements MigrationInterface {
  readonly name = 'LineRules1767225655000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'plan_line', 'plays', integer().default(1));
    await addColumn(runner, 'plan_line', 'clusters', text().default('all'));
    await addColumn(runner, 'plan_line', 'least_grade', text().default('completed'));
    await addColumn(runner, 'plan_line', 'languages', json().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['languages', 'least_grade', 'clusters', 'plays'])
      await runner.dropColumn('plan_line', column);
  }
}

export const planEntities: readonly EntityClass[] = [CommunicationPlan, PlanLine];
export const planMigrations: readonly MigrationClass[] = [Plans1767225607000, LineRules1767225655000];
