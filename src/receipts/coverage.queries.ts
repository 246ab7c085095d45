import type { EntityManager } from 'typeorm';
import { PlannedPlayRow } from '../dispatch/index.js';
import type { PlayFact } from './engine/cells.js';
import { PlayOutcome } from './receipt.entity.js';

/** Every planned play of these items in a span of starts, with its present outcome; no outcome is unknown. */
export async function playFacts(reader: EntityManager, itemIds: readonly string[]): Promise<PlayFact[]> {
  if (itemIds.length === 0) return [];
  const rows = await reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .leftJoin(PlayOutcome, 'outcome', 'outcome.id = planned.id')
    .select('planned.cluster_id', 'clusterId')
    .addSelect('planned.item_id', 'itemId')
    .addSelect('planned.withdrawn_at_ms', 'withdrawnAtMs')
    .addSelect('outcome.outcome', 'outcome')
    .where('planned.item_id IN (:...itemIds)', { itemIds })
    .getRawMany<{
      clusterId: string;
      itemId: string;
      withdrawnAtMs: string | number | null;
      outcome: PlayFact['outcome'];
    }>();
  return rows.map(({ clusterId, itemId, withdrawnAtMs, outcome }) => ({
    clusterId,
    itemId,
    outcome,
    withdrawn: withdrawnAtMs !== null,
  }));
}
