import { setImmediate as nextTurn } from 'node:timers/promises';
import { shardOf } from '../../devices/protocol/index.js';
import type { Database } from '../platform/database/index.js';
import type { Log } from '../platform/logging/index.js';

/**
 * What shares one commit: many small messages cost one flush to the disk and the same few statements, and yet no more of them than keep
 * somebody else waiting for some hundredths of a second. Whoever waits for PostgreSQL keeps nobody waiting, and it writes of several
 * devices at the same time: while it does, this thread judges and counts for another lane. SQLite has one writer, on this thread.
 */
const LANES = { sqlite: 1, postgres: 2 };
const MESSAGES_PER_COMMIT = 200;
const BYTES_PER_COMMIT = 512 * 1_024;

export interface Arrived {
  readonly device: string;
  readonly payload: Buffer;
}

interface Work<Judged> {
  /** Told of what leaves the queue. */
  readonly left: (arrived: readonly Arrived[]) => void;
  readonly judge: (arrived: readonly Arrived[]) => Promise<readonly Judged[]>;
  /** Written and acknowledged. */
  readonly enter: (judged: readonly Judged[]) => Promise<void>;
  readonly log: Log;
}

/** Each device has its lane, so that its messages keep their order. */
export class IntakeLanes<Judged extends { readonly device: string }> {
  readonly #lanes: readonly Lane<Judged>[];

  constructor(kind: Database['kind'], work: Work<Judged>) {
    this.#lanes = Array.from({ length: LANES[kind] }, () => new Lane(work));
  }

  add(arrived: Arrived): void {
    this.#lanes[shardOf(arrived.device) % this.#lanes.length]?.add(arrived);
  }

  /** Until nothing waits any more. */
  async empty(): Promise<void> {
    for (const lane of this.#lanes) await lane.empty();
  }
}

/** One message behind the other; the next ones are judged while these are written. */
class Lane<Judged extends { readonly device: string }> {
  #waiting: Arrived[] = [];
  #draining: Promise<void> | null = null;

  constructor(private readonly work: Work<Judged>) {}

  add(arrived: Arrived): void {
    this.#waiting.push(arrived);
    this.#begin();
  }

  async empty(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  #begin(): void {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = null;
      // Arrived in the very moment in which the last round ended.
      if (this.#waiting.length > 0) this.#begin();
    });
  }

  async #drain(): Promise<void> {
    let judging = this.#judgeNext();
    while (judging) {
      const judged = await judging;
      // Other threads verify the next signatures while this one writes.
      judging = this.#judgeNext();
      try {
        await this.work.enter(judged);
      } catch (error) {
        this.work.log.error(
          { err: error, batches: judged.length },
          'receipts could not be written together; trying one by one',
        );
        for (const one of judged) await this.#enterAlone(one);
      }
      // SQLite answers in the same turn: without this, whoever asks something waits for all that has arrived.
      await nextTurn();
      judging ??= this.#judgeNext();
    }
  }

  #judgeNext(): Promise<readonly Judged[]> | null {
    if (this.#waiting.length === 0) return null;
    const arrived = this.#nextRound();
    return this.work.judge(arrived).catch((error: unknown) => {
      // Not acknowledged: their devices keep them and send them again.
      this.work.log.error({ err: error, batches: arrived.length }, 'receipts could not be judged');
      return [];
    });
  }

  #nextRound(): Arrived[] {
    let bytes = 0;
    let count = 0;
    for (const { payload } of this.#waiting) {
      if (count > 0 && (count === MESSAGES_PER_COMMIT || bytes + payload.length > BYTES_PER_COMMIT)) break;
      bytes += payload.length;
      count++;
    }
    const round = this.#waiting.splice(0, count);
    this.work.left(round);
    return round;
  }

  async #enterAlone(one: Judged): Promise<void> {
    try {
      await this.work.enter([one]);
    } catch (error) {
      // Not acknowledged: the device keeps it and sends it again (a full disk must lose nothing).
      this.work.log.error(
        { err: error, device: one.device },
        'receipts of a device could not be written; it will send them again',
      );
    }
  }
}
