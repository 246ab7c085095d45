import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addPrefixIndex,
  bigint,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../../platform/database/index.js';
import { Confirmation, ConfirmationLink, ConfirmationSession } from './confirmation.entity.js';

class Confirmations1767225653000 implements MigrationInterface {
  readonly name = 'Confirmations1767225653000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'confirmation_link', {
      columns: {
        id: text().primary(),
        token_sha256: text(),
        hamlet_id: text(),
        area_path: text(),
        head_name: text(),
        contact: text().nullable(),
        valid_until_ms: bigint(),
        revoked_at_ms: bigint().nullable(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
        last_used_at_ms: bigint().nullable(),
      },
      indexes: [['hamlet_id']],
      uniqueIndexes: [['token_sha256']],
    });
    await createTable(runner, 'confirmation_session', {
      columns: {
        id: text().primary(),
        hamlet_id: text(),
        area_path: text(),
        hamlet_name: text(),
        commune_name: text(),
        day: text(),
        start_ms: bigint(),
        end_ms: bigint(),
        clusters: json(),
        plays: json(),
      },
      indexes: [['hamlet_id', 'day'], ['start_ms']],
    });
    for (const table of ['confirmation_link', 'confirmation_session']) await addPrefixIndex(runner, table, 'area_path');
    await createTable(runner, 'confirmation', {
      columns: {
        id: text().primary(),
        session_id: text(),
        kind: text(),
        n: integer(),
        answer: text(),
        at_ms: bigint(),
        by_id: text(),
        by_name: text(),
        told_by: text().nullable(),
        superseded_at_ms: bigint().nullable(),
      },
      indexes: [['at_ms']],
      uniques: [['session_id', 'kind', 'n']],
      checks: [
        "kind IN ('head', 'telephone')",
        "answer IN ('clear', 'unclear', 'notHeard')",
        "kind = 'head' OR told_by IS NOT NULL",
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['confirmation', 'confirmation_session', 'confirmation_link']) await dropTable(runner, table);
  }
}

export const confirmationEntities: readonly EntityClass[] = [ConfirmationLink, ConfirmationSession, Confirmation];
export const confirmationMigrations: readonly MigrationClass[] = [Confirmations1767225653000];
