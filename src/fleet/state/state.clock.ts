import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { LessThanOrEqual } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { DueClock } from '../../platform/due/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { ControllerState } from './state.entity.js';
import { StateService } from './state.service.js';

/** What silence makes of a controller: offline after its own bound, and in time a fault. */
@Injectable()
export class StateClock extends DueClock<Pick<ControllerState, 'controllerId'>> {
  constructor(
    private readonly database: Database,
    private readonly states: StateService,
    private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    super(log);
  }

  @Cron('*/20 * * * * *')
  override tickSoon(): void {
    super.tickSoon();
  }

  protected due(most: number): Promise<Pick<ControllerState, 'controllerId'>[]> {
    return this.database.read((reader) =>
      reader.find(ControllerState, {
        select: { controllerId: true },
        where: { recheckAtMs: LessThanOrEqual(this.clock.nowMs()) },
        order: { recheckAtMs: 'ASC' },
        take: most,
      }),
    );
  }

  protected take({ controllerId }: Pick<ControllerState, 'controllerId'>): Promise<boolean> {
    return this.database.write(async (tx) => {
      const row = await tx.manager.findOneBy(ControllerState, { controllerId });
      if (!row || row.recheckAtMs === null || row.recheckAtMs > this.clock.nowMs()) return false;
      await this.states.learn(tx, new Map([[controllerId, []]]));
      return true;
    });
  }
}
