import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { CommandIssuer } from '../dispatch/index.js';
import { Cluster, Controller } from '../fleet/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { DueClock } from '../platform/due/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { gapOf } from './chain-book.js';
import { rangeOf } from './engine/chain.js';
import { askableGaps } from './gap.queries.js';
import { ReceiptGap } from './receipt.entity.js';

/** A backlog comes in order, and yet in pieces: what is missing for so long does not come by itself. */
const PATIENCE_MS = 10 * 60_000;
/** The order itself waits a day for its device. */
const AGAIN_MS = 24 * 3_600_000;
/** Asked for at a time where nobody knows how many there are. */
const MOST_ASKED = 200;

type DueGap = Pick<ReceiptGap, 'controllerId' | 'afterBoot' | 'afterSeq'>;

/** Asks devices for the receipts that are missing in their chains, out of the archive of those that keep one (invariant 6). */
@Injectable()
export class GapClock extends DueClock<DueGap> {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandIssuer,
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
    return this.database.read((reader) => askableGaps(reader, this.#times(), most));
  }

  protected take({ controllerId, afterBoot, afterSeq }: DueGap): Promise<boolean> {
    return this.database.write(async (tx) => {
      const { manager } = tx;
      const gap = await manager.findOneBy(ReceiptGap, { controllerId, afterBoot, afterSeq });
      const controller = await manager.findOneBy(Controller, { id: controllerId });
      const cluster = controller && (await manager.findOneBy(Cluster, { id: controller.clusterId }));
      const { askedBeforeMs } = this.#times();
      // Closed, or asked for, meanwhile.
      if (!gap || !cluster || (gap.askedAtMs !== null && gap.askedAtMs > askedBeforeMs)) return false;
      const askedAtMs = this.clock.nowMs();
      await manager.update(ReceiptGap, { controllerId, afterBoot, afterSeq }, { askedAtMs });
      await this.commands.issue(tx, {
        requestKey: `gap:${controllerId}:${afterBoot}.${afterSeq}:${askedAtMs}`,
        body: { kind: 'resendReceipts', ...rangeOf(gapOf(gap), MOST_ASKED) },
        areaId: null,
        areaPath: cluster.areaPath,
        clusterIds: [cluster.id],
        by: null,
        reason: 'Thiếu xác nhận phát ở giữa chuỗi',
        activeUntilMs: null,
      });
      return true;
    });
  }

  #times() {
    const nowMs = this.clock.nowMs();
    return { openedBeforeMs: nowMs - PATIENCE_MS, askedBeforeMs: nowMs - AGAIN_MS };
  }
}
