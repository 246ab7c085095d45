import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { IsNull, LessThanOrEqual } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { DueClock } from '../../platform/due/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { ClashRow } from './clash.entity.js';
import { defaultOrder, Rulings } from './rulings.js';

/** What nobody decided by the deadline goes by default, and that is recorded as automatic. */
@Injectable()
export class ClashClock extends DueClock<Pick<ClashRow, 'id'>> {
  constructor(
    private readonly database: Database,
    private readonly rulings: Rulings,
    private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    super(log);
  }

  @Cron('50 * * * * *')
  override tickSoon(): void {
    super.tickSoon();
  }

  protected due(most: number): Promise<ClashRow[]> {
    return this.database.read((reader) =>
      reader.find(ClashRow, { select: { id: true }, where: this.#undecided(), take: most }),
    );
  }

  protected take({ id }: Pick<ClashRow, 'id'>): Promise<boolean> {
    return this.database.write(async (tx) => {
      // Looked at again: a person, or another process, may have been faster.
      const clash = await tx.manager.findOneBy(ClashRow, { id, ...this.#undecided() });
      if (clash) await this.rulings.record(tx, null, clash, defaultOrder(clash));
      return clash !== null;
    });
  }

  #undecided() {
    return { deadlineMs: LessThanOrEqual(this.clock.nowMs()), decidedAtMs: IsNull(), goneAtMs: IsNull() };
  }
}
