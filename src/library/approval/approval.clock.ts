import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { LessThanOrEqual } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { type ApprovalAction, CLOCK_STANDING, decide } from '../engine/approval.js';
import { dueAction } from '../engine/approval-clock.js';
import { Item, ItemVersion } from '../items/item.entity.js';
import { versionsOf } from '../items/item.queries.js';
import { Decisions } from './decisions.js';

/** Looked at in one go; the rest at the next. */
const AT_ONCE = 200;

const REASONS: Partial<Record<ApprovalAction, string>> = {
  expire: 'Hết hiệu lực.',
  lapse: 'Quá hạn hậu kiểm: không ai duyệt đúng hạn.',
};

/** The steps of the table that nobody takes: what is no longer valid expires, what nobody judged in time is taken off. */
@Injectable()
export class ApprovalClock {
  #running: Promise<unknown> | null = null;
  #started = false;

  constructor(
    private readonly database: Database,
    private readonly decisions: Decisions,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** What became due while no process ran is done at once. */
  async start(): Promise<void> {
    this.#started = true;
    this.tickSoon();
  }

  async stop(): Promise<void> {
    this.#started = false;
    await this.#running;
  }

  /** The timer only ticks: what is due is decided by looking. */
  @Cron('35 * * * * *')
  tickSoon(): void {
    if (!this.#started) return;
    this.#running ??= this.tick()
      .catch((error: unknown) => this.log.error({ err: error }, 'what is due could not be looked at'))
      .finally(() => {
        this.#running = null;
      });
  }

  /** Takes every step that is due. May run in several processes, and at any time again. @returns how many steps it took */
  async tick(): Promise<number> {
    let taken = 0;
    for (;;) {
      const due = await this.#due();
      let here = 0;
      for (const key of due) if (await this.#takeOne(key)) here += 1;
      taken += here;
      // Fewer than asked for: that was all. None taken: others take them, or they fail, and the next tick looks again.
      if (due.length < AT_ONCE || here === 0) return taken;
    }
  }

  async #due(): Promise<Pick<ItemVersion, 'itemId' | 'n'>[]> {
    const due = LessThanOrEqual(this.clock.nowMs());
    return this.database.read((reader) =>
      reader.find(ItemVersion, {
        select: { itemId: true, n: true },
        where: [
          { status: 'provisional', reviewDueAtMs: due },
          { status: 'approved', expiresAtMs: due },
        ],
        take: AT_ONCE,
      }),
    );
  }

  async #takeOne({ itemId, n }: Pick<ItemVersion, 'itemId' | 'n'>): Promise<boolean> {
    try {
      return await this.database.write(async (tx) => {
        const item = await tx.manager.findOneByOrFail(Item, { id: itemId });
        const versions = await versionsOf(tx.manager, itemId);
        const version = versions.find((each) => each.n === n);
        // Looked at again: a person, or another process, may have been faster.
        const action = version ? dueAction(version, this.clock.nowMs()) : null;
        if (!version || !action) return false;
        const decision = decide(version.status, action, CLOCK_STANDING);
        if (!decision.allowed) return false;
        const step = { actor: null, onBehalfOf: null, item, version, versions, action, to: decision.to };
        await this.decisions.record(tx, { ...step, reason: REASONS[action] ?? null });
        return true;
      });
    } catch (error) {
      // One that cannot be taken must not keep the others on air.
      this.log.error({ err: error, itemId, version: n }, 'a version whose time has come could not be taken off');
      return false;
    }
  }
}
