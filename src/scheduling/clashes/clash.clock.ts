import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { IsNull, LessThanOrEqual } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { ClashRow } from './clash.entity.js';
import { defaultOrder, Rulings } from './rulings.js';

/** Looked at in one go; the rest at the next. */
const AT_ONCE = 200;

/** What nobody decided by the deadline goes by default, and that is recorded as automatic. */
@Injectable()
export class ClashClock {
  #running: Promise<unknown> | null = null;
  #started = false;

  constructor(
    private readonly database: Database,
    private readonly rulings: Rulings,
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
  @Cron('50 * * * * *')
  tickSoon(): void {
    if (!this.#started) return;
    this.#running ??= this.tick()
      .catch((error: unknown) => this.log.error({ err: error }, 'clashes whose time has come could not be looked at'))
      .finally(() => {
        this.#running = null;
      });
  }

  /** May run in several processes, and at any time again. @returns how many defaults it recorded */
  async tick(): Promise<number> {
    let taken = 0;
    for (;;) {
      const due = await this.database.read((reader) =>
        reader.find(ClashRow, { select: { id: true }, where: this.#due(), take: AT_ONCE }),
      );
      let here = 0;
      for (const { id } of due) if (await this.#takeOne(id)) here += 1;
      taken += here;
      // Fewer than asked for: that was all. None taken: others take them, or they fail, and the next tick looks again.
      if (due.length < AT_ONCE || here === 0) return taken;
    }
  }

  #due() {
    return { deadlineMs: LessThanOrEqual(this.clock.nowMs()), decidedAtMs: IsNull(), goneAtMs: IsNull() };
  }

  async #takeOne(id: string): Promise<boolean> {
    try {
      return await this.database.write(async (tx) => {
        // Looked at again: a person, or another process, may have been faster.
        const clash = await tx.manager.findOneBy(ClashRow, { id, ...this.#due() });
        if (clash) await this.rulings.record(tx, null, clash, defaultOrder(clash));
        return clash !== null;
      });
    } catch (error) {
      // One that cannot be recorded must not keep the others from it.
      this.log.error({ err: error, clashId: id }, 'the default of a clash could not be recorded');
      return false;
    }
  }
}
