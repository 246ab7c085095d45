import { In, MoreThanOrEqual } from 'typeorm';
import type { PlannedPlay } from '../../devices/protocol/index.js';
import type { Cluster, Controller } from '../fleet/index.js';
import type { WriteTransaction } from '../platform/database/index.js';
import { PlannedPlayRow, plannedPlayId } from './dispatch.entity.js';
import { changesAhead } from './engine/day-parts.js';

const ROWS_AT_ONCE = 200;

/**
 * Writes down what a controller is told from `fromMs` (the start of today) on: new plays, those taken out, those back again, those at another time (they keep their name).
 * A play that has begun is never added: it was told before, or not at all.
 */
export async function writePlannedPlays(
  tx: WriteTransaction,
  controller: Controller,
  cluster: Cluster,
  plays: readonly { readonly play: PlannedPlay; readonly day: string }[],
  fromMs: number,
  version: number,
  nowMs: number,
): Promise<void> {
  const told = await toldRows(tx, controller.id, plays, fromMs);
  const changes = changesAhead(
    told.map(({ play, withdrawnAtMs, startMs }) => ({ play, withdrawn: withdrawnAtMs !== null, startMs })),
    new Map(plays.map(({ play }) => [play.play, play.startMs])),
    fromMs,
  );
  const planned = new Map(plays.map((each) => [each.play.play, each]));
  const fresh = changes.added.flatMap((name): PlannedPlayRow[] => {
    const each = planned.get(name);
    if (!each || each.play.startMs < nowMs) return [];
    const { play, day } = each;
    return [
      {
        id: plannedPlayId(controller.id, play.play),
        controllerId: controller.id,
        play: play.play,
        clusterId: cluster.id,
        areaPath: cluster.areaPath,
        entryId: entryOf(play),
        itemId: play.item.id,
        itemVersion: play.item.version,
        day,
        startMs: play.startMs,
        planVersion: version,
        withdrawnAtMs: null,
      },
    ];
  });
  for (let from = 0; from < fresh.length; from += ROWS_AT_ONCE)
    await tx.manager.insert(PlannedPlayRow, fresh.slice(from, from + ROWS_AT_ONCE));
  const idsOf = (names: readonly string[]) => In(names.map((play) => plannedPlayId(controller.id, play)));
  if (changes.withdrawn.length > 0)
    await tx.manager.update(PlannedPlayRow, { id: idsOf(changes.withdrawn) }, { withdrawnAtMs: nowMs });
  if (changes.revived.length > 0)
    await tx.manager.update(PlannedPlayRow, { id: idsOf(changes.revived) }, { withdrawnAtMs: null });
  for (const name of changes.moved) {
    const each = planned.get(name);
    const place = each && { startMs: each.play.startMs, day: each.day };
    if (place) await tx.manager.update(PlannedPlayRow, { id: plannedPlayId(controller.id, name) }, place);
  }
  // An edit of the running order, or a version in another language, may put other content in the same place.
  for (const { play, startMs, itemId, itemVersion } of told) {
    const each = planned.get(play);
    if (!each || startMs < nowMs || (each.play.item.id === itemId && each.play.item.version === itemVersion)) continue;
    const content = { itemId: each.play.item.id, itemVersion: each.play.item.version };
    await tx.manager.update(PlannedPlayRow, { id: plannedPlayId(controller.id, play) }, content);
  }
  // Case 17: what lies ahead belongs to the area in which the cluster lies by now; what began, to that of its time.
  const elsewhere = told.filter(
    ({ play, startMs, areaPath }) => planned.has(play) && startMs >= nowMs && areaPath !== cluster.areaPath,
  );
  if (elsewhere.length > 0)
    await tx.manager.update(
      PlannedPlayRow,
      { id: idsOf(elsewhere.map(({ play }) => play)) },
      { areaPath: cluster.areaPath },
    );
}

/** What was told from `fromMs` on, and where else a play of the plan stood before: it may have been moved over that instant. */
async function toldRows(
  tx: WriteTransaction,
  controllerId: string,
  plays: readonly { readonly play: PlannedPlay }[],
  fromMs: number,
): Promise<PlannedPlayRow[]> {
  const rows = await tx.manager.findBy(PlannedPlayRow, { controllerId, startMs: MoreThanOrEqual(fromMs) });
  const known = new Set(rows.map(({ play }) => play));
  const others = plays.flatMap(({ play }) => (known.has(play.play) ? [] : [plannedPlayId(controllerId, play.play)]));
  for (let from = 0; from < others.length; from += ROWS_AT_ONCE)
    rows.push(...(await tx.manager.findBy(PlannedPlayRow, { id: In(others.slice(from, from + ROWS_AT_ONCE)) })));
  return rows;
}

/** The entry is the first part of an occurrence's identity (invariant 2). */
const entryOf = (play: PlannedPlay): string => play.occurrence.split('-')[0] ?? play.occurrence;
