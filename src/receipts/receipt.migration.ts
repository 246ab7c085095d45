import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  bigint,
  boolean,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  type MigrationClass,
  requireValue,
  text,
} from '../platform/database/index.js';
import { confirmationEntities, confirmationMigrations } from './confirmations/confirmation.migration.js';
import { Declaration } from './declared/declaration.entity.js';
import { DeclaredAndMadeUp1767225656000 } from './declared-and-made-up.migration.js';
import { PlayOutcomeChange, ReceiptDoubt } from './doubts/doubt.entity.js';
import { logEntities, logMigrations } from './log/log.migration.js';
import { MakeUp, MakeUpAcceptance, MakeUpCell } from './makeups/make-up.entity.js';
import {
  CoverageTally,
  PlayOutcome,
  QuarantinedReceipt,
  ReceiptBatchRow,
  ReceiptChain,
  ReceiptGap,
  ReceiptRow,
  ReceiptTail,
} from './receipt.entity.js';
import { ReceiptsByIdOnly1767225663000, ReceiptTails1767225662000 } from './receipt-tails.migration.js';
import { retentionEntities, retentionMigrations } from './retention/retention.migration.js';
import { COUNT_TALLIES } from './tallies/recount.queries.js';

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

/** What was heard is said by the outcome itself, and plays are counted as they change. */
class CoverageTallies1767225657000 implements MigrationInterface {
  readonly name = 'CoverageTallies1767225657000';

  async up(runner: QueryRunner): Promise<void> {
    const facts = { item_id: text(), cluster_id: text(), day: text() };
    for (const [name, column] of Object.entries(facts))
      await addColumn(runner, 'play_outcome', name, column.nullable());
    await addColumn(runner, 'play_outcome', 'sensed', boolean().nullable());
    await addColumn(runner, 'play_outcome', 'doubted_at_ms', bigint().nullable());
    for (const name of ['item_id', 'day'])
      await runner.query(
        `UPDATE play_outcome SET ${name} = (SELECT told.${name} FROM planned_play_told told WHERE told.id = play_outcome.id AND told.plan_version = play_outcome.plan_version)`,
      );
    for (const name of Object.keys(facts))
      await runner.query(
        `UPDATE play_outcome SET ${name} = COALESCE(${name}, (SELECT planned.${name} FROM planned_play planned WHERE planned.id = play_outcome.id))`,
      );
    await factsOfSummoned(runner);
    for (const name of Object.keys(facts)) await requireValue(runner, 'play_outcome', name);
    await createTable(runner, 'coverage_tally', {
      columns: {
        item_id: text().primary(),
        span: text().primary(),
        cluster_id: text().primary(),
        ...{ unknown: integer(), not_played: integer(), partial: integer(), completed: integer(), sensed: integer() },
        ...{ first_day: text(), last_day: text() },
      },
    });
    await runner.query(COUNT_TALLIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'coverage_tally');
    for (const name of ['doubted_at_ms', 'sensed', 'day', 'cluster_id', 'item_id'])
      await runner.dropColumn('play_outcome', name);
  }
}

class Doubts1767225658000 implements MigrationInterface {
  readonly name = 'Doubts1767225658000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'receipt_doubt', { columns: { controller_id: text().primary(), from_ms: bigint() } });
    await createTable(runner, 'play_outcome_change', {
      columns: {
        ...{ id: text().primary(), play_id: text(), outcome_before: text(), outcome_after: text() },
        ...{ reason: text(), changed_by: text(), changed_at_ms: bigint() },
      },
      indexes: [['play_id']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'play_outcome_change');
    await dropTable(runner, 'receipt_doubt');
  }
}

/** Of plays that a command summoned and no plan ever told, only the receipt says what they were. */
async function factsOfSummoned(runner: QueryRunner): Promise<void> {
  const rows: { id: string; text: string }[] = await runner.query(
    'SELECT outcome.id, receipt.text FROM play_outcome outcome JOIN receipt ON receipt.id = outcome.receipt_id WHERE outcome.item_id IS NULL',
  );
  const [item, cluster, day, id] = runner.dataSource.options.type === 'postgres' ? ['$1', '$2', '$3', '$4'] : '????';
  for (const row of rows) {
    const said = JSON.parse(row.text) as { item: { id: string }; cluster: { id: string }; day: string };
    await runner.query(
      `UPDATE play_outcome SET item_id = ${item}, cluster_id = ${cluster}, day = ${day} WHERE id = ${id}`,
      [said.item.id, said.cluster.id, said.day, row.id],
    );
  }
}

export const receiptEntities: readonly EntityClass[] = [
  ReceiptRow,
  ReceiptBatchRow,
  QuarantinedReceipt,
  PlayOutcome,
  ReceiptChain,
  ReceiptGap,
  ReceiptTail,
  ...logEntities,
  ...confirmationEntities,
  Declaration,
  MakeUpAcceptance,
  MakeUp,
  MakeUpCell,
  CoverageTally,
  ReceiptDoubt,
  PlayOutcomeChange,
  ...retentionEntities,
];
export const receiptMigrations: readonly MigrationClass[] = [
  Receipts1767225608000,
  FollowedTellings1767225629000,
  RelayedOutcomes1767225648000,
  ReceiptGaps1767225649000,
  BatchKeys1767225654001,
  ...logMigrations,
  ...confirmationMigrations,
  DeclaredAndMadeUp1767225656000,
  CoverageTallies1767225657000,
  Doubts1767225658000,
  ...retentionMigrations,
  ReceiptsByIdOnly1767225663000,
  ReceiptTails1767225662000,
];
