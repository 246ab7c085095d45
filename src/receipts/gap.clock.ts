import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { DueClock } from '../platform/due/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { gapOf } from './chain-book.js';
import { nextAsk, rangesOf } from './engine/chain.js';
import { askableGaps } from './gap.queries.js';
import { ReceiptGap } from './receipt.entity.js';
import { MOST_ASKED, Resending } from './resending.js';

type DueGap = Pick<ReceiptGap, 'controllerId' | 'afterBoot' | 'afterSeq'>;

/** Asks devices for the receipts that are missing in their chains, out of the archive of those that keep one (invariant 6). */
@Injectable()
export class GapClock extends DueClock<DueGap> {
  constructor(
    private readonly database: Database,
    private readonly resending: Resending,
    private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    super(log);
  }

  @Cron('40 * * * * *')
  override tickSoon(): void {
    super.tickSoon();
  }

  protected due(most: number): Promise<DueGap[]> {
    return this.database.read((reader) => askableGaps(reader, this.clock.nowMs(), most));
  }

  protected take({ controllerId, afterBoot, afterSeq }: DueGap): Promise<boolean> {
    return this.database.write(async (tx) => {
      const { manager } = tx;
      const nowMs = this.clock.nowMs();
      const gap = await manager.findOneBy(ReceiptGap, { controllerId, afterBoot, afterSeq });
      // Closed, or asked for, meanwhile.
      if (!gap || gap.askAtMs > nowMs) return false;
      const ranges = rangesOf(gapOf(gap), MOST_ASKED);
      if (!(await this.resending.ask(tx, controllerId, `${afterBoot}.${afterSeq}`, ranges))) return false;
      const asked = { askedAtMs: nowMs, ...nextAsk(gap.asks + 1, nowMs) };
      await manager.update(ReceiptGap, { controllerId, afterBoot, afterSeq }, asked);
      return true;
    });
  }
}
