import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  bigint,
  boolean,
  createTable,
  dropTable,
  type EntityClass,
  json,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { Account, AccountGrant, AuditEntry, LoginSession } from './account.entity.js';

class Accounts1767225602000 implements MigrationInterface {
  readonly name = 'Accounts1767225602000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'account', {
      columns: {
        id: text().primary(),
        login: text(),
        name: text(),
        password_hash: text(),
        disabled: boolean(),
        created_at_ms: bigint(),
      },
      uniqueIndexes: [['login']],
    });
    await createTable(runner, 'account_grant', {
      columns: {
        id: text().primary(),
        account_id: text(),
        role: text(),
        area_id: text().nullable(),
        area_path: text(),
      },
      indexes: [['account_id']],
    });
    await createTable(runner, 'login_session', {
      columns: { token_sha256: text().primary(), account_id: text(), created_at_ms: bigint(), expires_at_ms: bigint() },
      indexes: [['account_id']],
    });
    await createTable(runner, 'audit_entry', {
      columns: {
        id: text().primary(),
        at_ms: bigint(),
        account_id: text().nullable(),
        actor_name: text(),
        action: text(),
        subject: text(),
        area_path: text(),
        detail: json(),
      },
      indexes: [['at_ms']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_entry', 'login_session', 'account_grant', 'account']) await dropTable(runner, table);
  }
}

class AccountEmail1767225609000 implements MigrationInterface {
  readonly name = 'AccountEmail1767225609000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'account', 'email', text().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('account', 'email');
  }
}

export const accountEntities: readonly EntityClass[] = [Account, AccountGrant, LoginSession, AuditEntry];
export const accountMigrations: readonly MigrationClass[] = [Accounts1767225602000, AccountEmail1767225609000];
