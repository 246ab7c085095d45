import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { LessThanOrEqual } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { DueClock } from '../../platform/due/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { type ApprovalAction, CLOCK_STANDING, decide } from '../engine/approval.js';
import { dueAction } from '../engine/approval-clock.js';
import { Item, ItemVersion } from '../items/item.entity.js';
import { versionsOf } from '../items/item.queries.js';
import { Decisions } from './decisions.js';

const REASONS: Partial<Record<ApprovalAction, string>> = {
  expire: 'Hết hiệu lực.',
  lapse: 'Quá hạn hậu kiểm: không ai duyệt đúng hạn.',
};

type DueVersion = Pick<ItemVersion, 'itemId' | 'n'>;

/** The steps of the table that nobody takes: what is no longer valid expires, what nobody judged in time is taken off. */
@Injectable()
export class ApprovalClock extends DueClock<DueVersion> {
  constructor(
    private readonly database: Database,
    private readonly decisions: Decisions,
    private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    super(log);
  }

  @Cron('35 * * * * *')
  override tickSoon(): void {
    super.tickSoon();
  }

  protected due(most: number): Promise<DueVersion[]> {
    const due = LessThanOrEqual(this.clock.nowMs());
    return this.database.read((reader) =>
      reader.find(ItemVersion, {
        select: { itemId: true, n: true },
        where: [
          { status: 'provisional', reviewDueAtMs: due },
          { status: 'approved', expiresAtMs: due },
        ],
        take: most,
      }),
    );
  }

  protected take({ itemId, n }: DueVersion): Promise<boolean> {
    return this.database.write(async (tx) => {
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
  }
}
