import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Clock } from '../platform/clock/index.js';
import { Database, insertMany } from '../platform/database/index.js';
import { DueClock } from '../platform/due/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { nextAsk, rangesOf } from './engine/chain.js';
import { ReceiptTail } from './receipt.entity.js';
import { MOST_ASKED, Resending } from './resending.js';
import { type Behind, behind } from './tail.queries.js';

/**
 * A gap is seen by what comes behind it. Where nothing does, because a restored backup lacks the last receipts of a device that has none to
 * send any more, the device's own word shows that there were some: `lastReceipt` of its state.
 */
@Injectable()
export class TailClock extends DueClock<Pick<Behind, 'controllerId'>> {
  constructor(
    private readonly database: Database,
    private readonly resending: Resending,
    private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    super(log);
  }

  @Cron('50 * * * * *')
  override tickSoon(): void {
    super.tickSoon();
  }

  protected async due(most: number): Promise<Pick<Behind, 'controllerId'>[]> {
    const found = await this.database.read((reader) => behind(reader, this.clock.nowMs(), { most }));
    return found.map(({ controllerId }) => ({ controllerId }));
  }

  protected take({ controllerId }: Pick<Behind, 'controllerId'>): Promise<boolean> {
    return this.database.write(async (tx) => {
      const nowMs = this.clock.nowMs();
      const [found] = await behind(tx.manager, nowMs, { controllerId });
      // It came, or was asked for, meanwhile.
      if (!found) return false;
      const { tip, last, asks } = found;
      const { boot, seq } = tip;
      // What was just written is on its way: at first it is only noticed.
      if (asks === null) {
        const row: ReceiptTail = { controllerId, boot, seq, noticedAtMs: nowMs, ...nextAsk(0, nowMs) };
        const replace = ['boot', 'seq', 'noticedAtMs', 'askAtMs', 'asks'] as const;
        await insertMany(tx.manager, ReceiptTail, [row], { of: ['controllerId'], replace });
        return true;
      }
      const before = { boot: last.boot, seq: last.seq + 1, link: '' };
      const ranges = rangesOf({ after: { boot, seq, link: '' }, before }, MOST_ASKED);
      if (!(await this.resending.ask(tx, controllerId, `${boot}.${seq}`, ranges))) return false;
      await tx.manager.update(ReceiptTail, { controllerId }, nextAsk(asks + 1, nowMs));
      return true;
    });
  }
}
