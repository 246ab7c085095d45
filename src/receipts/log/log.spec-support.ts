import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../platform/clock/index.js';
import { type Database, insertMany } from '../../platform/database/index.js';
import { KeyHistory, KeyRing, parseKeys, runKeys } from '../../platform/keys/index.js';
import { type Log, silentLog } from '../../platform/logging/log.js';
import { ReceiptRow } from '../receipt.entity.js';
import { CheckpointClock } from './checkpoint.clock.js';
import { LogLeaf } from './log.entity.js';
import { Sequencer } from './sequencer.js';
import { TransparencyLog } from './transparency-log.js';
import { hashed, waitForNumbers } from './unlogged.js';

/** Nine in the morning in Viet Nam. */
export const NINE = Date.parse('2026-01-05T09:00:00+07:00');

/** The log over a database, with keys of its own and a clock that stands. */
export class LogRoom {
  #receipts = 0;

  private constructor(
    readonly database: Database,
    readonly folder: string,
    readonly clock: ManualClock,
    readonly keys: KeyRing,
    readonly history: KeyHistory,
    private readonly log: Log,
  ) {}

  static async open(database: Database, log: Log = silentLog): Promise<LogRoom> {
    const folder = await mkdtemp(join(tmpdir(), 'vang-log-'));
    return LogRoom.at(database, folder, new ManualClock(NINE), log);
  }

  private static async at(database: Database, folder: string, clock: ManualClock, log: Log): Promise<LogRoom> {
    const keys = new KeyRing(folder, clock);
    await keys.start();
    const history = new KeyHistory(database, keys, clock, log);
    await history.start();
    return new LogRoom(database, folder, clock, keys, history, log);
  }

  /** `npm run keys`, and the service is started again. */
  async afterKeysCommand(...words: readonly string[]): Promise<LogRoom> {
    await runKeys(parseKeys([...words]), this.folder, this.clock);
    const room = await LogRoom.at(this.database, this.folder, this.clock, this.log);
    room.#receipts = this.#receipts;
    return room;
  }

  /** The same keys and the same clock over another database: another process, or a backup. */
  over(database: Database): Promise<LogRoom> {
    return LogRoom.at(database, this.folder, this.clock, this.log);
  }

  sequencer(database: Pick<Database, 'read' | 'write'> = this.database): Sequencer {
    return new Sequencer(database as Database, this.clock, this.log);
  }

  checkpoints(): CheckpointClock {
    return new CheckpointClock(this.database, this.keys, this.clock, this.log);
  }

  transparency(): TransparencyLog {
    return new TransparencyLog(this.database, this.keys, this.history, this.sequencer(), this.checkpoints());
  }

  /** So many receipts enter the ledger in one commit. */
  async receive(count: number, database = this.database): Promise<ReceiptRow[]> {
    const rows = Array.from({ length: count }, () => receiptRow(++this.#receipts));
    await this.enter(rows, database);
    return rows;
  }

  async enter(rows: readonly ReceiptRow[], database = this.database): Promise<void> {
    await database.write(async (tx) => {
      await insertMany(tx.manager, ReceiptRow, rows);
      await waitForNumbers(tx, rows.map(hashed));
    });
  }

  leaves(): Promise<LogLeaf[]> {
    return this.database.read((reader) => reader.find(LogLeaf, { order: { number: 'ASC' } }));
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

export function receiptRow(seq: number, device = 'd'): ReceiptRow {
  return {
    id: `${device}.1.${seq}`,
    ...{ controllerId: device, boot: 1, seq, play: `p${seq}` },
    text: `{"device":"${device}","seq":${seq},"title":"Tin phòng dịch"}`,
    ...{ link: '', batchId: '', receivedAtMs: NINE, backfill: false },
  };
}
