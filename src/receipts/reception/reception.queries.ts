import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { FormerTelling, PlannedPlayRow } from '../../dispatch/index.js';
import { Cluster } from '../../fleet/index.js';
import { PlayOutcome } from '../receipt.entity.js';

export interface PlaysOfCluster {
  /** Of the cluster, as it was when the play was planned. */
  readonly areaPath: string;
  readonly planned: number;
  readonly complete: number;
  readonly partial: number;
  /** Of the partial ones those that were whole at a transmitter: đưa tới máy phát. */
  readonly toTransmitter: number;
  readonly lastStartMs: number | null;
}

/**
 * Plays of an item that were told to devices and not taken back, and what came of them, by the place of the device. What was heard in
 * them counts for the item that was heard, also where a device followed a former telling.
 */
export async function playsByPlace(reader: EntityManager, itemId: string): Promise<PlaysOfCluster[]> {
  const planned = reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .leftJoin(PlayOutcome, 'outcome', 'outcome.id = planned.id')
    // Only for its start: what was played the outcome says.
    .leftJoin(FormerTelling, 'told', 'told.id = outcome.id AND told.plan_version = outcome.plan_version')
    .where('planned.item_id = :itemId', { itemId })
    .andWhere(`(planned.withdrawn_at_ms IS NULL OR ${HEARD})`);
  const followed = reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .innerJoin(FormerTelling, 'told', 'told.id = planned.id')
    .innerJoin(PlayOutcome, 'outcome', 'outcome.id = told.id AND outcome.plan_version = told.plan_version')
    .where('told.item_id = :itemId AND planned.item_id <> told.item_id', { itemId })
    .andWhere(HEARD);
  return [...(await counted(planned)), ...(await counted(followed))];
}

/** Of the item itself: a device that was offline may have played in its place what was planned there before. */
const HEARD =
  "(outcome.outcome IN ('complete', 'partial') AND outcome.doubted_at_ms IS NULL AND outcome.item_id = :itemId)";

const TO_TRANSMITTER = "cluster.reach = 'transmitter'";
/** As `OUTCOME_RULES` say: a silent line, what a relay sent, the receivers of a transmitter. A place that is gone proves what it did. */
const ONLY_IN_PART = `outcome.outcome = 'partial' OR outcome.relay_heard_ms IS NOT NULL OR NOT COALESCE(outcome.sensed, TRUE) OR COALESCE(${TO_TRANSMITTER}, FALSE)`;

async function counted(select: SelectQueryBuilder<PlannedPlayRow>): Promise<PlaysOfCluster[]> {
  const sumOf = (proven: string) => `SUM(CASE WHEN ${proven} AND ${HEARD} THEN 1 ELSE 0 END)`;
  const rows = await select
    .leftJoin(Cluster, 'cluster', 'cluster.id = planned.cluster_id')
    .select('planned.area_path', 'areaPath')
    .addSelect('COUNT(*)', 'planned')
    .addSelect(sumOf(`NOT (${ONLY_IN_PART})`), 'complete')
    .addSelect(sumOf(`(${ONLY_IN_PART})`), 'partial')
    .addSelect(sumOf(`outcome.outcome = 'complete' AND ${TO_TRANSMITTER}`), 'toTransmitter')
    .addSelect(`MAX(CASE WHEN ${HEARD} THEN COALESCE(told.start_ms, planned.start_ms) END)`, 'lastStartMs')
    .groupBy('planned.area_path')
    .getRawMany<
      Record<'planned' | 'complete' | 'partial' | 'toTransmitter', string | number> & {
        areaPath: string;
        lastStartMs: unknown;
      }
    >();
  return rows.map(({ areaPath, planned, complete, partial, toTransmitter, lastStartMs }) => ({
    areaPath,
    planned: Number(planned),
    complete: Number(complete),
    partial: Number(partial),
    toTransmitter: Number(toTransmitter),
    lastStartMs: lastStartMs === null ? null : Number(lastStartMs),
  }));
}
