import type { EntityManager } from 'typeorm';
import { PlannedPlayRow } from '../dispatch/index.js';
import { PlayOutcome } from './receipt.entity.js';

export interface PlaysOfCluster {
  /** Of the cluster, as it was when the play was planned. */
  readonly areaPath: string;
  readonly planned: number;
  readonly complete: number;
  readonly partial: number;
  readonly lastStartMs: number | null;
}

/** Plays of an item that were told to devices and not taken back, and what came of them, by the place of the device. */
export async function playsByPlace(reader: EntityManager, itemId: string): Promise<PlaysOfCluster[]> {
  const rows = await reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .leftJoin(PlayOutcome, 'outcome', 'outcome.id = planned.id')
    .select('planned.area_path', 'areaPath')
    .addSelect('COUNT(*)', 'planned')
    .addSelect("SUM(CASE WHEN outcome.outcome = 'complete' THEN 1 ELSE 0 END)", 'complete')
    .addSelect("SUM(CASE WHEN outcome.outcome = 'partial' THEN 1 ELSE 0 END)", 'partial')
    .addSelect("MAX(CASE WHEN outcome.outcome IN ('complete', 'partial') THEN planned.start_ms END)", 'lastStartMs')
    .where('planned.item_id = :itemId', { itemId })
    .andWhere("(planned.withdrawn_at_ms IS NULL OR outcome.outcome IN ('complete', 'partial'))")
    .groupBy('planned.area_path')
    .getRawMany<
      Record<'planned' | 'complete' | 'partial', string | number> & { areaPath: string; lastStartMs: unknown }
    >();
  return rows.map(({ areaPath, planned, complete, partial, lastStartMs }) => ({
    areaPath,
    planned: Number(planned),
    complete: Number(complete),
    partial: Number(partial),
    lastStartMs: lastStartMs === null ? null : Number(lastStartMs),
  }));
}
