import type { EntityManager } from 'typeorm';
import type { Cause, Outcome } from '../../../devices/protocol/index.js';
import { PlannedPlayRow } from '../../dispatch/index.js';
import { Cluster, devicesAt } from '../../fleet/index.js';
import { among, beginsWith } from '../../platform/database/index.js';
import { type RankedReason, ranked, type Shortfall } from '../engine/reasons.js';
import { PlayOutcome } from '../receipt.entity.js';

export interface ReasonsQuestion {
  readonly itemIds: readonly string[];
  /** Default: all. */
  readonly clusterIds?: readonly string[];
  /** Path: only plays of clusters that stood at or below it. Default: everywhere. */
  readonly areaPath?: string;
  /** Of planned starts, the end excluded. What has not begun misses nothing: the caller gives no end later than now. */
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Why plays of these items are not complete, ranked. What a plan took out before its start, and was not heard, is no shortfall; what is
 * *unknown* is grouped by what its cluster's device is now. One statement counts by cluster, device and cause: thousands of plays of a
 * silent loudspeaker are one row.
 */
export async function rankedReasons(reader: EntityManager, question: ReasonsQuestion): Promise<RankedReason[]> {
  const shortfalls = await shortfallsOf(reader, question);
  const clusterIds = new Set(shortfalls.filter(({ outcome }) => outcome === null).map(({ clusterId }) => clusterId));
  const devices = await devicesAt(reader, [...clusterIds]);
  return ranked(shortfalls, new Map(devices.map((device) => [device.clusterId, device])));
}

const TO_TRANSMITTER = "COALESCE(cluster.reach = 'transmitter', FALSE)";
const RELAYED = 'outcome.relay_heard_ms IS NOT NULL';
const SILENT = 'NOT COALESCE(outcome.sensed, TRUE)';
const OTHER_CONTENT = 'COALESCE(outcome.item_id <> planned.item_id, FALSE)';
/** As `OUTCOME_RULES` say. */
const WHOLE = `(outcome.outcome = 'complete' AND NOT (${RELAYED}) AND NOT (${SILENT}) AND NOT ${TO_TRANSMITTER} AND NOT ${OTHER_CONTENT})`;

async function shortfallsOf(reader: EntityManager, question: ReasonsQuestion): Promise<Shortfall[]> {
  const { itemIds, clusterIds, areaPath, fromMs, toMs } = question;
  const flag = (condition: string) => `CASE WHEN ${condition} THEN 1 ELSE 0 END`;
  const select = reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .leftJoin(PlayOutcome, 'outcome', 'outcome.id = planned.id AND outcome.doubted_at_ms IS NULL')
    .leftJoin(Cluster, 'cluster', 'cluster.id = planned.cluster_id')
    .select('planned.cluster_id', 'clusterId')
    .addSelect('planned.controller_id', 'controllerId')
    .addSelect('outcome.outcome', 'outcome')
    .addSelect('outcome.cause', 'cause')
    .addSelect(flag(RELAYED), 'relayed')
    .addSelect(flag(SILENT), 'lineSilent')
    .addSelect(flag(TO_TRANSMITTER), 'toTransmitter')
    .addSelect(flag(OTHER_CONTENT), 'otherContent')
    .addSelect('COUNT(*)', 'plays')
    .where(...among(reader, 'planned.item_id', itemIds, 'items'))
    .andWhere('planned.start_ms >= :fromMs AND planned.start_ms < :toMs', { fromMs, toMs })
    .andWhere(`(outcome.outcome IS NULL OR NOT ${WHOLE})`)
    .andWhere("(planned.withdrawn_at_ms IS NULL OR outcome.outcome IN ('complete', 'partial'))");
  if (clusterIds) select.andWhere(...among(reader, 'planned.cluster_id', clusterIds, 'clusters'));
  if (areaPath !== undefined) select.andWhere(...beginsWith(reader, 'planned.area_path', areaPath));
  const keys = ['planned.cluster_id', 'planned.controller_id', 'outcome.outcome', 'outcome.cause'];
  for (const key of [...keys, flag(RELAYED), flag(SILENT), flag(TO_TRANSMITTER), flag(OTHER_CONTENT)])
    select.addGroupBy(key);
  const rows = await select.getRawMany<
    Record<'relayed' | 'lineSilent' | 'toTransmitter' | 'otherContent' | 'plays', string | number> & {
      clusterId: string;
      controllerId: string;
      outcome: Outcome | null;
      cause: Cause | null;
    }
  >();
  return rows.map(({ relayed, lineSilent, toTransmitter, otherContent, plays, ...row }) => ({
    ...row,
    relayed: Number(relayed) === 1,
    lineSilent: Number(lineSilent) === 1,
    toTransmitter: Number(toTransmitter) === 1,
    otherContent: Number(otherContent) === 1,
    plays: Number(plays),
  }));
}
