import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  type MigrationClass,
  newId,
  text,
} from '../../platform/database/index.js';
import { LogCheckpoint, LogEpoch, LogHead, LogLeaf, LogTile, UnloggedReceipts } from './log.entity.js';
import { hashed, unloggedOf } from './unlogged.js';

class TransparencyLog1767225650000 implements MigrationInterface {
  readonly name = 'TransparencyLog1767225650000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'receipt_unlogged', {
      columns: { id: text().primary(), count: integer(), receipts: text() },
    });
    await createTable(runner, 'log_head', {
      columns: {
        id: text().primary(),
        size: bigint(),
        epoch: bigint(),
        checkpoint: bigint(),
        holder: text(),
        held_until_ms: bigint(),
      },
    });
    await runner.query(`INSERT INTO log_head VALUES ('log', 0, 1, 0, '', 0)`);
    await createTable(runner, 'log_leaf', {
      columns: { number: bigint().primary(), receipt_id: text(), leaf: text() },
      indexes: [['receipt_id']],
      uniqueIndexes: [['leaf']],
    });
    await createTable(runner, 'log_tile', {
      columns: { level: integer().primary(), number: bigint().primary(), hashes: text() },
    });
    await createTable(runner, 'log_checkpoint', {
      columns: {
        number: bigint().primary(),
        epoch: bigint(),
        size: bigint(),
        root: text(),
        signed_at_ms: bigint(),
        kid: text(),
        signed: text(),
      },
    });
    await createTable(runner, 'log_epoch', {
      columns: { number: bigint().primary(), began_at_ms: bigint(), size: bigint(), reason: text(), by_name: text() },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['log_epoch', 'log_checkpoint', 'log_tile', 'log_leaf', 'log_head', 'receipt_unlogged'])
      await dropTable(runner, table);
  }
}

const AT_ONCE = 1_000;

/** What was accepted before there was a log enters it too. */
class FormerReceiptsLogged1767225651000 implements MigrationInterface {
  readonly name = 'FormerReceiptsLogged1767225651000';

  async up(runner: QueryRunner): Promise<void> {
    const postgres = runner.dataSource.options.type === 'postgres';
    const [after, id, count, receipts] = postgres ? ['$1', '$1', '$2', '$3'] : ['?', '?', '?', '?'];
    for (let last = ''; ; ) {
      const rows: { id: string; text: string }[] = await runner.query(
        `SELECT id, text FROM receipt WHERE id > ${after} ORDER BY id LIMIT ${AT_ONCE}`,
        [last],
      );
      const end = rows.at(-1);
      if (!end) return;
      const row = unloggedOf(newId(), rows.map(hashed));
      await runner.query(`INSERT INTO receipt_unlogged (id, count, receipts) VALUES (${id}, ${count}, ${receipts})`, [
        row.id,
        row.count,
        row.receipts,
      ]);
      last = end.id;
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM receipt_unlogged');
  }
}

export const logEntities: readonly EntityClass[] = [
  UnloggedReceipts,
  LogHead,
  LogLeaf,
  LogTile,
  LogCheckpoint,
  LogEpoch,
];
export const logMigrations: readonly MigrationClass[] = [
  TransparencyLog1767225650000,
  FormerReceiptsLogged1767225651000,
];
