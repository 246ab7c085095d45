import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  addIndex,
  bigint,
  boolean,
  createTable,
  dropIndex,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../../platform/database/index.js';
import { ApprovalDelegation, EmergencyPolicy, ItemHeard, LanguageReviewer } from './approval.entity.js';

/** Who sent for approval, what was confirmed, who reviewed; what was heard; delegations, reviewers, emergency policies. */
class LibraryApproval1767225613000 implements MigrationInterface {
  readonly name = 'LibraryApproval1767225613000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, column] of Object.entries(VERSION_COLUMNS)) await addColumn(runner, 'item_version', name, column);
    await addIndex(runner, 'item_version', ['expires_at_ms']);
    await createTable(runner, 'item_heard', {
      columns: {
        item_id: text().primary(),
        n: integer().primary(),
        account_id: text().primary(),
        audio_sha256: text().primary(),
        at_ms: bigint(),
      },
    });
    await createTable(runner, 'approval_delegation', {
      columns: {
        id: text().primary(),
        from_id: text(),
        from_name: text(),
        to_id: text(),
        to_name: text(),
        area_id: text(),
        area_path: text(),
        from_ms: bigint(),
        until_ms: bigint(),
        reason: text(),
        created_by_id: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
        revoked_at_ms: bigint().nullable(),
      },
      indexes: [['to_id'], ['from_id']],
    });
    await createTable(runner, 'language_reviewer', {
      columns: { area_id: text().primary(), language: text().primary(), account_id: text().primary() },
    });
    await createTable(runner, 'emergency_policy', {
      columns: {
        area_id: text().primary(),
        area_path: text(),
        duty_account_ids: json(),
        pre_approved: boolean(),
        free_text: boolean(),
        review_within_minutes: integer(),
        changed_by_id: text(),
        changed_by_name: text(),
        changed_at_ms: bigint(),
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['emergency_policy', 'language_reviewer', 'approval_delegation', 'item_heard'])
      await dropTable(runner, table);
    await dropIndex(runner, 'item_version', ['expires_at_ms']);
    await runner.dropColumns('item_version', Object.keys(VERSION_COLUMNS));
  }
}

const VERSION_COLUMNS = {
  submitted_by_id: text().nullable(),
  submitted_by_name: text().nullable(),
  submitted_at_ms: bigint().nullable(),
  checklist: json().nullable(),
  reviewer_id: text().nullable(),
  reviewer_name: text().nullable(),
  reviewed_audio_sha256: text().nullable(),
  expires_at_ms: bigint().nullable(),
} as const;

export const approvalEntities: readonly EntityClass[] = [
  ItemHeard,
  ApprovalDelegation,
  LanguageReviewer,
  EmergencyPolicy,
];
export const approvalMigrations: readonly MigrationClass[] = [LibraryApproval1767225613000];
