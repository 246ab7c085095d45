import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import type { EntityManager } from 'typeorm';
import { fromBase64Url, sameBytes } from '../../../devices/protocol/index.js';
import { logOrigin, signCheckpoint, toBase64 } from '../../../proof/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, insertRow, type WriteTransaction } from '../../platform/database/index.js';
import { KeyRing, nodeCrypto } from '../../platform/keys/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { LogCheckpoint, LogHead } from './log.entity.js';
import { rootAt } from './tile.queries.js';

const MINUTE_MS = 60_000;
/** A tree that grew is told soon, so that little is without a checkpoint. */
const GROWN_MS = 10 * MINUTE_MS;
/** "At least every hour" with the minute between two looks. */
const QUIET_MS = 58 * MINUTE_MS;

/** Signs how far the log has come. Only what continues the checkpoint before it is ever signed. */
@Injectable()
export class CheckpointClock {
  #started = false;
  #running: Promise<unknown> | null = null;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  start(): void {
    this.#started = true;
    this.tickSoon();
  }

  async stop(): Promise<void> {
    this.#started = false;
    await this.#running;
  }

  @Cron('20 * * * * *')
  tickSoon(): void {
    if (!this.#started) return;
    this.#running ??= this.tick()
      .catch((error: unknown) => this.log.error({ err: error }, 'no checkpoint of the transparency log was signed'))
      .finally(() => {
        this.#running = null;
      });
  }

  /** Signs if it is time. May run in several processes: one of them signs. @returns what it signed */
  tick(): Promise<LogCheckpoint | null> {
    return this.database.write((tx) => this.#sign(tx, (head, last, nowMs) => isDue(head, last, nowMs)));
  }

  /** Signs unless the last checkpoint says all there is. @returns the last one then */
  async signed(): Promise<LogCheckpoint> {
    return this.database.write((tx) => this.signedIn(tx));
  }

  async signedIn(tx: WriteTransaction): Promise<LogCheckpoint> {
    const made = await this.#sign(tx, (head, last) => saysLess(head, last));
    return made ?? ((await lastCheckpoint(tx.manager)) as LogCheckpoint);
  }

  async #sign(
    { manager }: WriteTransaction,
    due: (head: LogHead, last: LogCheckpoint | null, nowMs: number) => boolean,
  ): Promise<LogCheckpoint | null> {
    const head = await manager.findOneByOrFail(LogHead, { id: 'log' });
    const last = await lastCheckpoint(manager);
    const signedAtMs = this.clock.nowMs();
    if (!due(head, last, signedAtMs)) return null;
    const { size, epoch } = head;
    // Whoever changed the tables by hand would have us sign two histories under one name: then we sign nothing, and say so.
    if (last && (size < last.size || !sameBytes(await rootAt(manager, last.size), Buffer.from(last.root, 'base64'))))
      throw new Error(`the log no longer continues its checkpoint of ${last.size} receipts: its tables were changed`);
    const root = await rootAt(manager, size);
    const key = this.keys.noteSigner;
    const origin = logOrigin(fromBase64Url(this.keys.rootPublicKey), epoch, nodeCrypto);
    const signed = signCheckpoint({ origin, size, root, signedAtMs, demo: this.database.isDemo() }, key, nodeCrypto);
    const number = (last?.number ?? 0) + 1;
    const row = { number, epoch, size, root: toBase64(root), signedAtMs, kid: key.kid, signed };
    // First: on PostgreSQL it is here that two processes meet, and one of them looks again.
    await manager.update(LogHead, { id: 'log' }, { checkpoint: number });
    await insertRow(manager, LogCheckpoint, row);
    return row;
  }
}

export async function lastCheckpoint(reader: EntityManager): Promise<LogCheckpoint | null> {
  const [last] = await reader.find(LogCheckpoint, { order: { number: 'DESC' }, take: 1 });
  return last ?? null;
}

const saysLess = (head: LogHead, last: LogCheckpoint | null): boolean =>
  last === null || last.epoch < head.epoch || last.size < head.size;

function isDue(head: LogHead, last: LogCheckpoint | null, nowMs: number): boolean {
  if (last === null || last.epoch < head.epoch) return true;
  const ageMs = nowMs - last.signedAtMs;
  // A clock that was set back: once, and then by the clock that is.
  return ageMs < 0 || ageMs >= (saysLess(head, last) ? GROWN_MS : QUIET_MS);
}
