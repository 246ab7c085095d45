import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  addIndex,
  bigint,
  createTable,
  dropIndex,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../../platform/database/index.js';
import { ActiveListRow, CommandCode, CommandDevice, CommandRow } from './command.entity.js';

class Commands1767225632000 implements MigrationInterface {
  readonly name = 'Commands1767225632000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'command', {
      columns: {
        id: text().primary(),
        request_key: text(),
        kind: text(),
        body: json(),
        area_id: text().nullable(),
        area_path: text(),
        cluster_ids: json().nullable(),
        issued_by_id: text().nullable(),
        issued_by_name: text(),
        reason: text(),
        issued_at_ms: bigint(),
        expires_at_ms: bigint(),
        signed: text().nullable(),
        published_at_ms: bigint().nullable(),
        active_until_ms: bigint().nullable(),
        ended_at_ms: bigint().nullable(),
      },
      uniqueIndexes: [['request_key']],
      indexes: [
        ['area_path', 'id'],
        ['area_id', 'active_until_ms'],
        ['published_at_ms', 'expires_at_ms'],
      ],
    });
    await createTable(runner, 'command_device', {
      columns: {
        command_id: text().primary(),
        controller_id: text().primary(),
        cluster_id: text(),
        state: text(),
        reason: text().nullable(),
        at_ms: bigint().nullable(),
        heard_at_ms: bigint().nullable(),
      },
      indexes: [['controller_id', 'command_id']],
      checks: ["state IN ('sent', 'received', 'done', 'refused', 'expired')"],
    });
    await createTable(runner, 'active_list', {
      columns: {
        area_id: text().primary(),
        version: bigint(),
        command_ids: json(),
        until_ms: bigint().nullable(),
        signed: text(),
      },
    });
    await createTable(runner, 'command_code', {
      columns: {
        id: text().primary(),
        account_id: text(),
        fingerprint: text(),
        code_hash: text(),
        attempts: integer(),
        created_at_ms: bigint(),
        expires_at_ms: bigint(),
        used_at_ms: bigint().nullable(),
      },
      indexes: [['account_id', 'expires_at_ms']],
    });
    // What a device was last told is spoken to it: it chooses by this among the plays of a command.
    await addColumn(runner, 'plan_head', 'languages', json().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('plan_head', 'languages');
    for (const table of ['command_code', 'active_list', 'command_device', 'command']) await dropTable(runner, table);
  }
}

/** What somebody ordered lately is looked at together. */
class CommandsOfPeople1767225640000 implements MigrationInterface {
  readonly name = 'CommandsOfPeople1767225640000';

  async up(runner: QueryRunner): Promise<void> {
    await addIndex(runner, 'command', ['issued_by_id', 'issued_at_ms']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'command', ['issued_by_id', 'issued_at_ms']);
  }
}

export const commandEntities: readonly EntityClass[] = [CommandRow, CommandDevice, ActiveListRow, CommandCode];
export const commandMigrations: readonly MigrationClass[] = [Commands1767225632000, CommandsOfPeople1767225640000];
