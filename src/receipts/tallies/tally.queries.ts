import type { EntityManager } from 'typeorm';
import { among, insertMany, type WriteTransaction } from '../../platform/database/index.js';
import type { Period } from '../engine/epochs.js';
import { LIFE, type Said, spansWithin, TALLY_KINDS, type Tally, type TallyChanges } from '../engine/tally.js';
import { CoverageTally, type PlayOutcome } from '../receipt.entity.js';

export async function writeTallies(tx: WriteTransaction, changes: TallyChanges): Promise<void> {
  await insertMany(tx.manager, CoverageTally, changes.rows(), {
    of: ['itemId', 'span', 'clusterId'],
    add: TALLY_KINDS,
    least: ['firstDay'],
    greatest: ['lastDay'],
  });
}

export const saidBy = (row: PlayOutcome): Said => {
  const { itemId, clusterId, day, outcome, relayHeardMs, sensed, doubtedAtMs } = row;
  return { itemId, clusterId, day, outcome, relayHeardMs, sensed, doubted: doubtedAtMs !== null };
};

/**
 * Plays of items at clusters within a period, one row for each pair that has any. A pair whose whole life lies in the period is one row
 * read; only of the others the months and days are.
 */
export async function talliesWithin(
  reader: EntityManager,
  itemIds: readonly string[],
  clusterIds: readonly string[],
  { from, to }: Period,
): Promise<Omit<Tally, 'span'>[]> {
  const lives = await reader
    .createQueryBuilder(CoverageTally, 'tally')
    .where(...among(reader, 'tally.itemId', itemIds))
    .andWhere('tally.span = :life', { life: LIFE })
    .andWhere(...among(reader, 'tally.clusterId', clusterIds, 'clusters'))
    .getRawMany<Row>();
  const whole: Omit<Tally, 'span'>[] = [];
  const cut = new Set<string>();
  for (const row of lives.map(tallyOf)) {
    if (row.firstDay >= from && row.lastDay <= to) whole.push(row);
    else if (row.firstDay <= to && row.lastDay >= from) cut.add(row.itemId);
  }
  if (cut.size === 0) return whole;
  const isWhole = new Set(whole.map(({ itemId, clusterId }) => `${itemId} ${clusterId}`));
  const parts = await reader
    .createQueryBuilder(CoverageTally, 'tally')
    .select('tally.item_id', 'tally_item_id')
    .addSelect('tally.cluster_id', 'tally_cluster_id')
    .addSelect('SUM(tally.unknown)', 'tally_unknown')
    .addSelect('SUM(tally.not_played)', 'tally_not_played')
    .addSelect('SUM(tally.partial)', 'tally_partial')
    .addSelect('SUM(tally.completed)', 'tally_completed')
    .addSelect('SUM(tally.sensed)', 'tally_sensed')
    .addSelect('MIN(tally.first_day)', 'tally_first_day')
    .addSelect('MAX(tally.last_day)', 'tally_last_day')
    .where(...among(reader, 'tally.itemId', [...cut]))
    .andWhere(...among(reader, 'tally.span', spansWithin({ from, to }), 'spans'))
    .andWhere(...among(reader, 'tally.clusterId', clusterIds, 'clusters'))
    .groupBy('tally.item_id')
    .addGroupBy('tally.cluster_id')
    .getRawMany<Row>();
  return [...whole, ...parts.map(tallyOf).filter(({ itemId, clusterId }) => !isWhole.has(`${itemId} ${clusterId}`))];
}

type Row = Record<`tally_${'item_id' | 'cluster_id' | 'first_day' | 'last_day'}`, string> &
  Record<`tally_${'unknown' | 'not_played' | 'partial' | 'completed' | 'sensed'}`, string | number>;

const tallyOf = (row: Row): Omit<Tally, 'span'> => ({
  itemId: row.tally_item_id,
  clusterId: row.tally_cluster_id,
  unknown: Number(row.tally_unknown),
  notPlayed: Number(row.tally_not_played),
  partial: Number(row.tally_partial),
  completed: Number(row.tally_completed),
  sensed: Number(row.tally_sensed),
  firstDay: row.tally_first_day,
  lastDay: row.tally_last_day,
});
