import type { EntityManager } from 'typeorm';
import { FormerTelling, PlannedPlayRow } from '../dispatch/index.js';
import { Cluster } from '../fleet/index.js';
import type { PlayFact } from './engine/cells.js';
import { plannedFact, provenBy } from './engine/followed.js';
import { PlayOutcome } from './receipt.entity.js';

/** Every planned play of these items, with its present outcome (no outcome is unknown), and every play that followed a former telling of them. */
export async function playFacts(reader: EntityManager, itemIds: readonly string[]): Promise<PlayFact[]> {
  if (itemIds.length === 0) return [];
  const planned = await reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .leftJoin(PlayOutcome, 'outcome', 'outcome.id = planned.id')
    .leftJoin(FormerTelling, 'told', 'told.id = outcome.id AND told.plan_version = outcome.plan_version')
    .leftJoin(Cluster, 'cluster', 'cluster.id = planned.cluster_id')
    .select('planned.cluster_id', 'clusterId')
    .addSelect('cluster.reach', 'reach')
    .addSelect('planned.item_id', 'itemId')
    .addSelect('planned.withdrawn_at_ms', 'withdrawnAtMs')
    .addSelect('outcome.outcome', 'outcome')
    .addSelect('outcome.relay_heard_ms', 'relayHeardMs')
    .addSelect('told.item_id', 'followedItemId')
    .where('planned.item_id IN (:...itemIds)', { itemIds })
    .getRawMany<Row & { withdrawnAtMs: string | number | null; followedItemId: string | null }>();
  const followed = await reader
    .createQueryBuilder(FormerTelling, 'told')
    .innerJoin(PlayOutcome, 'outcome', 'outcome.id = told.id AND outcome.plan_version = told.plan_version')
    .innerJoin(PlannedPlayRow, 'planned', 'planned.id = told.id')
    .leftJoin(Cluster, 'cluster', 'cluster.id = planned.cluster_id')
    .select('planned.cluster_id', 'clusterId')
    .addSelect('cluster.reach', 'reach')
    .addSelect('told.item_id', 'itemId')
    .addSelect('outcome.outcome', 'outcome')
    .addSelect('outcome.relay_heard_ms', 'relayHeardMs')
    .where('told.item_id IN (:...itemIds) AND told.item_id <> planned.item_id', { itemIds })
    .getRawMany<Row>();
  return [
    ...planned.map(({ withdrawnAtMs, ...row }) => plannedFact({ ...proven(row), withdrawn: withdrawnAtMs !== null })),
    // Nobody plans it there any more: it counts as what was withdrawn does (case 18).
    ...followed.map((row) => ({ ...proven(row), withdrawn: true })),
  ];
}

type Row = Pick<PlayFact, 'clusterId' | 'itemId' | 'outcome'> & {
  readonly reach: string | null;
  readonly relayHeardMs: string | number | null;
};

const proven = <Found extends Row>({ relayHeardMs, reach, ...row }: Found) => ({
  ...row,
  outcome: provenBy(row.outcome, {
    relayHeardMs: relayHeardMs === null ? null : Number(relayHeardMs),
    toTransmitter: reach === 'transmitter',
  }),
});
