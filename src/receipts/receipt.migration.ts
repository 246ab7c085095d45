import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  bigint,
  boolean,
  createTable,
  dropTable,
  type EntityClass,
  type MigrationClass,
  requireValue,
  text,
} from '../platform/database/index.js';
import { logEntities, logMigrations } from './log/log.migration.js';
import {
  PlayOutcome,
  QuarantinedReceipt,
  ReceiptBatchRow,
  ReceiptChain,
  ReceiptGap,
  ReceiptRow,
} from './receipt.entity.js';

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

/** What was accepted before this had followed what the play was told last. */
class FollowedTellings1767225629000 implements MigrationInterface {
  readonly name = 'FollowedTellings1767225629000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'play_outcome', 'plan_version', bigint().nullable());
    await runner.query(
      'UPDATE play_outcome SET plan_version = (SELECT plan_version FROM planned_play WHERE planned_play.id = play_outcome.id)',
    );
    await requireValue(runner, 'play_outcome', 'plan_version');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('play_outcome', 'plan_version');
  }
}

/** No relay was told to anybody before this. */
class RelayedOutcomes1767225648000 implements MigrationInterface {
  readonly name = 'RelayedOutcomes1767225648000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'play_outcome', 'relay_heard_ms', bigint().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('play_outcome', 'relay_heard_ms');
  }
}

/** What had been missing before this is not known: the alarms tell of it. */
class ReceiptGaps1767225649000 implements MigrationInterface {
  readonly name = 'ReceiptGaps1767225649000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'receipt_gap', {
      columns: {
        controller_id: text().primary(),
        after_boot: bigint().primary(),
        after_seq: bigint().primary(),
        after_link: text(),
        before_boot: bigint(),
        before_seq: bigint(),
        before_link: text(),
        opened_at_ms: bigint(),
        asked_at_ms: bigint().nullable(),
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'receipt_gap');
  }
}

/** Of batches that are there, a key of the device's history will verify. */
class BatchKeys1767225654001 implements MigrationInterface {
  readonly name = 'BatchKeys1767225654001';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'receipt_batch', 'public_key', text().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('receipt_batch', 'public_key');
  }
}

export const receiptEntities: readonly EntityClass[] = [
  ReceiptRow,
  ReceiptBatchRow,
  QuarantinedReceipt,
  PlayOutcome,
  ReceiptChain,
  ReceiptGap,
  ...logEntities,
];
export const receiptMigrations: readonly MigrationClass[] = [
  Receipts1767225608000,
  FollowedTellings1767225629000,
  RelayedOutcomes1767225648000,
  ReceiptGaps1767225649000,
  BatchKeys1767225654001,
  ...logMigrations,
];
