import { In, MoreThanOrEqual } from 'typeorm';
import type { PlannedPlay } from '../../devices/protocol/index.js';
import type { Cluster, Controller } from '../fleet/index.js';
import type { WriteTransaction } from '../platform/database/index.js';
import { PlannedPlayRow, plannedPlayId } from './dispatch.entity.js';
import { changesAhead } from './engine/day-parts.js';

const ROWS_PER_INSERT = 200;

/**
 * Writes down what a controller is told from `fromMs` (the start of today) on: new plays, those taken out, those back again.
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
  const rows = await tx.manager.findBy(PlannedPlayRow, {
    controllerId: controller.id,
    startMs: MoreThanOrEqual(fromMs),
  });
  const changes = changesAhead(
    rows.map((row) => ({ play: row.play, withdrawn: row.withdrawnAtMs !== null })),
    new Set(plays.map(({ play }) => play.play)),
  );
  const added = new Set(changes.added);
  const fresh = plays
    .filter(({ play }) => added.has(play.play) && play.startMs >= nowMs)
    .map(({ play, day }) => ({
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
    }));
  for (let from = 0; from < fresh.length; from += ROWS_PER_INSERT)
    await tx.manager.insert(PlannedPlayRow, fresh.slice(from, from + ROWS_PER_INSERT));
  const idsOf = (names: readonly string[]) => In(names.map((play) => plannedPlayId(controller.id, play)));
  if (changes.withdrawn.length > 0)
    await tx.manager.update(PlannedPlayRow, { id: idsOf(changes.withdrawn) }, { withdrawnAtMs: nowMs });
  if (changes.revived.length > 0)
    await tx.manager.update(PlannedPlayRow, { id: idsOf(changes.revived) }, { withdrawnAtMs: null });
}

/** The entry is the first part of an occurrence's identity (invariant 2). */
const entryOf = (play: PlannedPlay): string => play.occurrence.split('-')[0] ?? play.occurrence;
