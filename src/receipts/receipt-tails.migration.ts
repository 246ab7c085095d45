import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  addIndex,
  bigint,
  createTable,
  dropIndex,
  dropTable,
  integer,
  requireValue,
  text,
} from '../platform/database/index.js';

/** Who was asked before this is asked once more, soon. */
export class ReceiptTails1767225662000 implements MigrationInterface {
  readonly name = 'ReceiptTails1767225662000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'receipt_gap', 'ask_at_ms', bigint().nullable());
    await runner.query('UPDATE receipt_gap SET ask_at_ms = opened_at_ms');
    await requireValue(runner, 'receipt_gap', 'ask_at_ms');
    await addColumn(runner, 'receipt_gap', 'asks', integer().nullable());
    await runner.query('UPDATE receipt_gap SET asks = 0');
    await requireValue(runner, 'receipt_gap', 'asks');
    await createTable(runner, 'receipt_tail', {
      columns: {
        ...{ controller_id: text().primary(), boot: bigint(), seq: bigint() },
        ...{ noticed_at_ms: bigint(), ask_at_ms: bigint(), asks: integer() },
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'receipt_tail');
    for (const name of ['asks', 'ask_at_ms']) await runner.dropColumn('receipt_gap', name);
  }
}

/** Receipts are found by their ids, which the outcomes of plays name: an index by play only made each of them dearer. */
export class ReceiptsByIdOnly1767225663000 implements MigrationInterface {
  readonly name = 'ReceiptsByIdOnly1767225663000';

  async up(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'receipt', ['play']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await addIndex(runner, 'receipt', ['play']);
  }
}
