import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, insertRow } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { CheckpointClock } from './checkpoint.clock.js';
import { LogEpoch, LogHead } from './log.entity.js';

/**
 * After an older backup was restored, checkpoints are out there that this log cannot continue. To sign on under the same name would look
 * like a forgery to whoever holds one; so the log gets a new name, and says since when and why.
 */
@Injectable()
export class EpochService {
  constructor(
    private readonly database: Database,
    private readonly checkpoints: CheckpointClock,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  begin(actor: Actor, reason: string): Promise<LogEpoch> {
    actor.demand('log.manage', '/');
    return this.database.write(async (tx) => {
      const { manager } = tx;
      const head = await manager.findOneByOrFail(LogHead, { id: 'log' });
      const number = head.epoch + 1;
      await manager.update(LogHead, { id: 'log' }, { epoch: number });
      const epoch = { number, beganAtMs: this.clock.nowMs(), size: head.size, reason, byName: actor.name };
      await insertRow(manager, LogEpoch, epoch);
      await this.checkpoints.signedIn(tx);
      await this.audit.add(tx, actor, {
        action: 'log.epoch',
        subject: String(number),
        areaPath: '/',
        detail: { reason },
      });
      return epoch;
    });
  }
}
