import { Injectable } from '@nestjs/common';
import { CommandIssuer } from '../dispatch/index.js';
import { Cluster, Controller } from '../fleet/index.js';
import { Clock } from '../platform/clock/index.js';
import type { WriteTransaction } from '../platform/database/index.js';
import type { Range } from './engine/chain.js';

/** Asked for at a time of a boot of which nobody knows how far it counted. */
export const MOST_ASKED = 200;

/** Asks a device for receipts of its archive (invariant 6). */
@Injectable()
export class Resending {
  constructor(
    private readonly commands: CommandIssuer,
    private readonly clock: Clock,
  ) {}

  /** @param why what is missing, in words without spaces: asked for twice at one time is asked for once. @returns false: nobody is there to be asked */
  async ask(tx: WriteTransaction, controllerId: string, why: string, ranges: readonly Range[]): Promise<boolean> {
    const controller = await tx.manager.findOneBy(Controller, { id: controllerId });
    const cluster = controller && (await tx.manager.findOneBy(Cluster, { id: controller.clusterId }));
    if (!cluster) return false;
    const nowMs = this.clock.nowMs();
    for (const range of ranges)
      await this.commands.issue(tx, {
        requestKey: `gap:${controllerId}:${why}:${range.boot}.${range.first}:${nowMs}`,
        body: { kind: 'resendReceipts', ...range },
        areaId: null,
        areaPath: cluster.areaPath,
        clusterIds: [cluster.id],
        by: null,
        reason: 'Thiếu xác nhận phát trong chuỗi',
        activeUntilMs: null,
      });
    return true;
  }
}
