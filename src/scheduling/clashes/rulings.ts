import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import type { ClashDecision } from '../engine/index.js';
import { ClashRow } from './clash.entity.js';
import { ClashNotices } from './clash.notices.js';

export type Order = Pick<ClashDecision, 'goesFirst' | 'other'>;

export const defaultOrder = ({ byDefault }: Pick<ClashRow, 'byDefault'>): Order => ({
  goesFirst: byDefault,
  other: 'append',
});

export const sameOrder = (a: Order, b: Order): boolean => a.goesFirst === b.goesFirst && a.other === b.other;

/** The order in which the two are played: as decided, else by default. */
export const orderOf = (clash: ClashRow): Order =>
  clash.goesFirst === null || clash.other === null
    ? defaultOrder(clash)
    : { goesFirst: clash.goesFirst, other: clash.other };

/** Writes down what is to happen in a clash: the row, the deed, the message to those who make plans. */
@Injectable()
export class Rulings {
  constructor(
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly notices: ClashNotices,
    private readonly clock: Clock,
  ) {}

  /** @param actor null: the service itself, because it is time */
  async record(tx: WriteTransaction, actor: Actor | null, clash: ClashRow, order: Order): Promise<ClashRow> {
    const ruled: ClashRow = {
      ...clash,
      goesFirst: order.goesFirst,
      other: order.other,
      automatic: actor === null,
      byId: actor?.accountId ?? null,
      byName: actor?.name ?? null,
      decidedAtMs: this.clock.nowMs(),
    };
    await tx.manager.save(ClashRow, ruled);
    await this.audit.add(tx, actor, {
      action: 'schedule.clashDecided',
      subject: clash.id,
      areaPath: clash.areaPath,
      detail: {
        occurrences: [clash.first, clash.second],
        titles: clash.parties.map(({ title }) => title),
        ...order,
        automatic: ruled.automatic,
        before: clash.decidedAtMs === null ? null : { ...orderOf(clash), byName: clash.byName },
      },
    });
    if (actor !== null && (await changesPlans(tx, clash, order))) await this.announce(tx, clash);
    await this.notices.settle(tx, clash);
    return ruled;
  }

  async announce(tx: WriteTransaction, { areaId, areaPath }: ClashRow): Promise<void> {
    await this.outbox.add(tx, { topic: 'schedule.changed', payload: { areaId, areaPath } });
  }
}

/** Where a third one clashes too, also saying that the default holds may put that one elsewhere. */
async function changesPlans(tx: WriteTransaction, clash: ClashRow, order: Order): Promise<boolean> {
  if (!sameOrder(orderOf(clash), order)) return true;
  const { areaPath, first, second } = clash;
  const touching = await tx.manager.countBy(ClashRow, [
    { areaPath, first },
    { areaPath, second },
    { areaPath, first: second },
    { areaPath, second: first },
  ]);
  return touching > 1;
}
