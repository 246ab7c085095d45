import type { EntityManager, QueryRunner } from 'typeorm';
import type { WriteTransaction } from './database.options.js';
import { DatabaseUseError } from './errors.js';
import { SerialQueue } from './serial.queue.js';

// An idle transaction is one that was found idle so many times in a row: a process that was itself blocked (or a
// machine that slept) finds it idle once.
const LOOKS = 4;

/** A write transaction while it is open: counts its database work, and ends its manager with it. */
export class OpenTransaction implements WriteTransaction {
  readonly manager: EntityManager;
  readonly callbacks: (() => void)[] = [];
  // pg warns of, and will refuse, a second query on a connection before the first has ended.
  private readonly queue = new SerialQueue();
  private refusal: string | undefined;
  private running = 0;
  private worked = 0;
  private whenQuiet: (() => void) | undefined;
  private firstFailure: unknown;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly runner: QueryRunner) {
    // SQLite's query runner is shared by all transactions, so that a query that comes too late would land in somebody
    // else's. Hence every query passes here.
    const watched = new Proxy(runner, {
      get: (target, property, receiver) =>
        property === 'query' ? this.query : Reflect.get(target, property, receiver),
    });
    this.manager = runner.dataSource.createEntityManager(watched);
  }

  get open(): boolean {
    return this.refusal === undefined;
  }

  afterCommit(callback: () => void): void {
    if (this.refusal) throw new DatabaseUseError(this.refusal);
    this.callbacks.push(callback);
  }

  /** Rejects when the transaction has done no database work for `limitMs`; never resolves. */
  idleFor(limitMs: number): Promise<never> {
    return new Promise((_, reject) => {
      let seen = -1;
      let looks = 0;
      const look = () => {
        looks = this.running > 0 || seen !== this.worked ? 0 : looks + 1;
        seen = this.worked;
        if (looks >= LOOKS) {
          const sentence = `the write transaction did no database work for ${limitMs} ms: await nothing else inside write()`;
          this.refusal = `${sentence} (it was rolled back)`;
          reject(new DatabaseUseError(sentence));
        } else this.timer = setTimeout(look, limitMs / LOOKS);
      };
      look();
    });
  }

  /** No more queries; resolves when those under way have ended. @returns how many there were */
  async end(): Promise<number> {
    clearTimeout(this.timer);
    this.refusal ??= 'the write transaction has ended: a promise inside write() was not awaited';
    const left = this.running;
    if (left > 0) await new Promise<void>((resolve) => (this.whenQuiet = resolve));
    return left;
  }

  /**
   * PostgreSQL answers the COMMIT of a transaction in which a statement failed with a silent ROLLBACK. Work that caught
   * such a failure must not be told that it was committed.
   */
  async assertCommittable(): Promise<void> {
    if (this.firstFailure === undefined || this.runner.dataSource.options.type !== 'postgres') return;
    try {
      await this.runner.query('SELECT 1');
    } catch {
      throw this.firstFailure;
    }
  }

  private readonly query = async (sql: string, parameters?: unknown[], structured?: boolean): Promise<unknown> => {
    if (this.refusal) throw new DatabaseUseError(this.refusal);
    this.running++;
    this.worked++;
    try {
      return await this.queue.run(() =>
        structured ? this.runner.query(sql, parameters as [], true) : this.runner.query(sql, parameters as []),
      );
    } catch (error) {
      this.firstFailure ??= error;
      throw error;
    } finally {
      this.running--;
      this.worked++;
      if (this.running === 0) this.whenQuiet?.();
    }
  };
}
