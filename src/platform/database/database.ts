import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import type { Log } from '../logging/log.js';
import type { DatabaseOptions, WriteOptions, WriteTransaction } from './database.options.js';
import { DatabaseUseError, sqlState } from './errors.js';
import { InstallationEntity } from './installation.entity.js';
import { settleDemoFlag } from './installation.js';
import { Installation1767225600000 } from './installation.migration.js';
import { SnakeNaming } from './naming.strategy.js';
import { openPostgres } from './postgres.sides.js';
import { SerialQueue } from './serial.queue.js';
import type { Sides } from './sides.js';
import { openSqlite } from './sqlite.sides.js';
import { OpenTransaction } from './transaction.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
// More than the pool has connections, so that even a row that all of them want is had by each in the end.
const ATTEMPTS = 15;

/** In whose transaction something runs. One for all databases: each such storage costs every promise of the process. */
const current = new AsyncLocalStorage<{ readonly owner: Database; readonly tx: OpenTransaction }>();

/** The only way to the database (invariant 10): `read` cannot write, `write` is one transaction. */
export class Database {
  private sides: Sides | undefined;
  private stopping: Promise<void> | undefined;
  private demo = false;
  private underWay = 0;
  private whenQuiet: (() => void) | undefined;
  private readonly queue = new SerialQueue();

  constructor(
    readonly options: DatabaseOptions,
    private readonly log: Log,
  ) {}

  get kind(): 'sqlite' | 'postgres' {
    return this.options.file === undefined ? 'postgres' : 'sqlite';
  }

  /** Opens both sides and runs the migrations. @throws DatabasePlaceError with what the administrator must do */
  async start(): Promise<void> {
    if (this.sides) throw new DatabaseUseError('the database is already started');
    const common = {
      entities: [InstallationEntity, ...this.options.entities],
      migrations: [Installation1767225600000, ...this.options.migrations],
      namingStrategy: new SnakeNaming(),
    };
    this.sides =
      this.options.file === undefined
        ? await openPostgres(this.options.url, this.options.poolSize ?? 10, common)
        : await openSqlite(this.options.file, common);
    this.stopping = undefined;
    try {
      this.demo = await this.write((tx) => settleDemoFlag(tx.manager, this.options.demo));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Refuses new work, waits for what is under way or queued, closes. */
  stop(): Promise<void> {
    this.stopping ??= this.close();
    return this.stopping;
  }

  /** Set once, when the database was created (invariant 13). */
  isDemo(): boolean {
    this.opened();
    return this.demo;
  }

  /**
   * Inside a `write` it joins that transaction and sees its changes. Elsewhere each statement sees the commits before
   * it; several statements are no snapshot.
   */
  async read<T>(work: (reader: EntityManager) => Promise<T>): Promise<T> {
    const joined = this.ownTransaction();
    if (joined?.open) return work(joined.manager);
    const { reading } = this.opened();
    return this.counted(() => work(reading.manager));
  }

  /**
   * One transaction. Nothing but database work may be awaited inside. On PostgreSQL the work may run several times (its
   * transaction lost against another), so what is to happen once belongs in `afterCommit`.
   */
  async write<T>(work: (tx: WriteTransaction) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    if (this.ownTransaction()?.open)
      throw new DatabaseUseError('write() inside write(): pass the transaction on to what is called inside');
    const sides = this.opened();
    const { result, callbacks } = await this.counted(() =>
      sides.writers === 'one'
        ? this.queue.run(() => this.transaction(sides, work))
        : this.retried(() => this.transaction(sides, work, options.isolation ?? 'repeatable read')),
    );
    for (const callback of callbacks) {
      try {
        callback();
      } catch (error) {
        this.log.error({ err: error }, 'what should follow a commit failed; the commit stands');
      }
    }
    return result;
  }

  private async transaction<T>(
    sides: Sides,
    work: (tx: WriteTransaction) => Promise<T>,
    isolation?: NonNullable<WriteOptions['isolation']>,
  ): Promise<{ result: T; callbacks: readonly (() => void)[] }> {
    const runner = sides.openWriter();
    let clean = true;
    try {
      await runner.startTransaction(isolation && (isolation.toUpperCase() as Uppercase<typeof isolation>));
      const tx = new OpenTransaction(runner);
      try {
        const result = await Promise.race([
          current.run({ owner: this, tx }, () => work(tx)),
          tx.idleFor(this.options.idleLimitMs ?? 5_000),
        ]);
        if ((await tx.end()) > 0)
          throw new DatabaseUseError('write() ended while its database work was still running: an await is missing');
        await tx.assertCommittable();
        await runner.commitTransaction();
        return { result, callbacks: tx.callbacks };
      } catch (error) {
        await tx.end();
        throw error;
      }
    } catch (error) {
      clean = await runner.rollbackTransaction().then(
        () => true,
        () => false,
      );
      if (error instanceof DatabaseUseError) this.log.error({ err: error }, 'a write transaction was rolled back');
      throw error;
    } finally {
      await sides.closeWriter(runner, clean);
    }
  }

  private async retried<T>(attempt: () => Promise<T>): Promise<T> {
    for (let number = 1; ; number++) {
      try {
        return await attempt();
      } catch (error) {
        const state = sqlState(error);
        if (number === ATTEMPTS || (state !== SERIALIZATION_FAILURE && state !== DEADLOCK)) throw error;
        // Spread, so that those who collided do not meet again.
        await wait(Math.random() * Math.min(5 * number, 50));
      }
    }
  }

  private ownTransaction(): OpenTransaction | undefined {
    const joined = current.getStore();
    return joined?.owner === this ? joined.tx : undefined;
  }

  private opened(): Sides {
    if (this.stopping) throw new DatabaseUseError('the database is stopping or stopped: it takes no more work');
    if (!this.sides) throw new DatabaseUseError('the database is not started');
    return this.sides;
  }

  private async counted<T>(work: () => Promise<T>): Promise<T> {
    this.underWay++;
    try {
      return await work();
    } finally {
      this.underWay--;
      if (this.underWay === 0) this.whenQuiet?.();
    }
  }

  private async close(): Promise<void> {
    if (this.underWay > 0)
      await new Promise<void>((resolve) => {
        this.whenQuiet = resolve;
      });
    await this.sides?.close();
    this.sides = undefined;
  }
}
