import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  boolean,
  createTable,
  dropTable,
  type EntityClass,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { PlayOutcome, QuarantinedReceipt, ReceiptBatchRow, ReceiptChain, ReceiptRow } from './receipt.entity.js';

class Receipts1767225608000 implements MigrationInterface {
  readonly name = 'Receipts1767225608000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'receipt', {
      columns: {
        id: text().primary(),
        controller_id: text(),
        boot: bigint(),
        seq: bigint(),
        play: text(),
        text: text(),
        link: text(),
        batch_id: text(),
        received_at_ms: bigint(),
        backfill: boolean(),
      },
      indexes: [['play']],
    });
    await createTable(runner, 'receipt_batch', {
      columns: {
        id: text().primary(),
        controller_id: text(),
        boot: bigint(),
        first: bigint(),
        last: bigint(),
        previous: text(),
        link: text(),
        signature: text(),
        received_at_ms: bigint(),
      },
      indexes: [['controller_id', 'boot', 'first']],
    });
    await createTable(runner, 'receipt_quarantine', {
      columns: {
        id: text().primary(),
        controller_id: text(),
        reason: text(),
        payload: text(),
        payload_sha256: text(),
        received_at_ms: bigint(),
      },
      indexes: [['controller_id']],
      uniqueIndexes: [['payload_sha256']],
    });
    await createTable(runner, 'play_outcome', {
      columns: {
        id: text().primary(),
        outcome: text(),
        cause: text().nullable(),
        grade: text(),
        played_ms: bigint(),
        receipt_id: text(),
      },
    });
    await createTable(runner, 'receipt_chain', {
      columns: { controller_id: text().primary(), boot: bigint(), seq: bigint(), link: text() },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['receipt_chain', 'play_outcome', 'receipt_quarantine', 'receipt_batch', 'receipt'])
      await dropTable(runner, table);
  }
}

export const receiptEntities: readonly EntityClass[] = [
  ReceiptRow,
  ReceiptBatchRow,
  QuarantinedReceipt,
  PlayOutcome,
  ReceiptChain,
];
export const receiptMigrations: readonly MigrationClass[] = [Receipts1767225608000];
