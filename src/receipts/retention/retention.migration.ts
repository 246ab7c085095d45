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
} from '../../platform/database/index.js';
import { ArchivedRange, ArchivedUntil, ReceiptArchive, RetentionTurn } from './retention.entity.js';

class Retention1767225659000 implements MigrationInterface {
  readonly name = 'Retention1767225659000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'receipt_archive', {
      columns: {
        ...{ id: text().primary(), name: text(), state: text() },
        ...{ sha256: text().nullable(), bytes: bigint().nullable(), made_at_ms: bigint(), rule: json() },
        ...{ devices: integer(), runs: integer(), receipts: integer(), sessions: integer(), answers: integer() },
        ...{ received_from_ms: bigint().nullable(), received_to_ms: bigint().nullable() },
        ...{ log_size: bigint().nullable(), checkpoint: text().nullable() },
      },
      uniqueIndexes: [['name']],
      checks: ["state IN ('writing', 'kept')", "state <> 'kept' OR sha256 IS NOT NULL"],
    });
    await createTable(runner, 'receipt_archive_range', {
      columns: {
        ...{ archive_id: text().primary(), controller_id: text().primary(), boot: bigint().primary() },
        ...{ first: bigint(), last: bigint(), receipts: integer() },
      },
      indexes: [['controller_id']],
    });
    await createTable(runner, 'receipt_archived_until', {
      columns: { controller_id: text().primary(), boot: bigint(), seq: bigint() },
    });
    await createTable(runner, 'retention_turn', {
      columns: {
        ...{ id: text().primary(), holder: text(), held_until_ms: bigint() },
        ...{ looked_at_ms: bigint().nullable(), problem: text().nullable() },
      },
    });
    await runner.query(`INSERT INTO retention_turn (id, holder, held_until_ms) VALUES ('retention', '', 0)`);
    await addColumn(runner, 'confirmation', 'archive', text().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('confirmation', 'archive');
    for (const table of ['retention_turn', 'receipt_archived_until', 'receipt_archive_range', 'receipt_archive'])
      await dropTable(runner, table);
  }
}

export const retentionEntities: readonly EntityClass[] = [ReceiptArchive, ArchivedRange, ArchivedUntil, RetentionTurn];
export const retentionMigrations: readonly MigrationClass[] = [Retention1767225659000];
