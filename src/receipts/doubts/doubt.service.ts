import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { PlannedPlayRow } from '../../dispatch/index.js';
import { seenController } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { among, Database, insertMany, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { contributionsOf, TallyChanges } from '../engine/tally.js';
import { receiptProblem } from '../problems.js';
import { PlayOutcome } from '../receipt.entity.js';
import { toldBy } from '../tallies/replanned.js';
import { saidBy, writeTallies } from '../tallies/tally.queries.js';
import type { DoubtView, NewDoubt } from './doubt.api.js';
import { PlayOutcomeChange, ReceiptDoubt } from './doubt.entity.js';
import { believedSince } from './doubt.queries.js';

const AT_ONCE = 500;

/**
 * What a revoked controller signed while its key may have been in other hands proves nothing: its plays are *unknown* again, with their history.
 * Its receipts stay as they came, and so does the transparency log.
 */
@Injectable()
export class DoubtService {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Of a controller that is in use: revoke it first. A later doubt reaches back further, never less far. */
  async doubt(actor: Actor, controllerId: string, { fromMs, reason }: NewDoubt): Promise<DoubtView> {
    return this.database.write(async (tx) => {
      const { controller, cluster } = await seenController(tx.manager, actor, 'fleet.manage', controllerId);
      if (controller.revokedAtMs === null) throw receiptProblem('receipt.doubtInUse');
      const known = await tx.manager.findOneBy(ReceiptDoubt, { controllerId });
      const sinceMs = Math.min(fromMs, known?.fromMs ?? fromMs);
      await tx.manager.save(ReceiptDoubt, { controllerId, fromMs: sinceMs });
      const fallen = await believedSince(tx.manager, controllerId, sinceMs);
      for (let from = 0; from < fallen.length; from += AT_ONCE)
        await this.#fall(tx, fallen.slice(from, from + AT_ONCE), { reason, by: actor.accountId });
      await this.audit.add(tx, actor, {
        action: 'receipt.doubted',
        subject: controllerId,
        areaPath: cluster.areaPath,
        detail: { fromMs: sinceMs, reason, plays: fallen.length },
      });
      return { controllerId, fromMs: sinceMs, plays: fallen.length };
    });
  }

  async #fall(
    tx: WriteTransaction,
    outcomes: readonly PlayOutcome[],
    { reason, by }: { readonly reason: string; readonly by: string },
  ): Promise<void> {
    const ids = outcomes.map(({ id }) => id);
    const nowMs = this.clock.nowMs();
    const planned = await tx.manager
      .createQueryBuilder(PlannedPlayRow, 'planned')
      .where(...among(tx.manager, 'planned.id', ids))
      .getMany();
    const told = new Map(planned.map((row) => [row.id, toldBy(row)]));
    const tallies = new TallyChanges();
    for (const outcome of outcomes) {
      const plan = told.get(outcome.id) ?? null;
      const said = saidBy(outcome);
      tallies.change(contributionsOf(plan, said), contributionsOf(plan, { ...said, doubted: true }));
    }
    await tx.manager
      .createQueryBuilder()
      .update(PlayOutcome)
      .set({ doubtedAtMs: nowMs })
      .where(...among(tx.manager, 'id', ids))
      .execute();
    await insertMany(
      tx.manager,
      PlayOutcomeChange,
      outcomes.map(({ id, outcome }) => ({
        ...{ id: newId(), playId: id, outcomeBefore: outcome, outcomeAfter: 'unknown' },
        ...{ reason, changedBy: by, changedAtMs: nowMs },
      })),
    );
    await writeTallies(tx, tallies);
  }

  /** How the outcome of a play changed after it was written down, the latest first. */
  async historyOf(actor: Actor, playId: string): Promise<PlayOutcomeChange[]> {
    return this.database.read(async (reader) => {
      const planned = await reader.findOneBy(PlannedPlayRow, { id: playId });
      if (!planned || !actor.may('coverage.read', planned.areaPath)) throw receiptProblem('receipt.playUnknown');
      return reader.find(PlayOutcomeChange, { where: { playId }, order: { changedAtMs: 'DESC', id: 'DESC' } });
    });
  }
}
