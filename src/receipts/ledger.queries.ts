import type { EntityManager } from 'typeorm';
import { FormerTelling, PlannedPlayRow, plannedPlayId } from '../dispatch/index.js';
import { Cluster } from '../fleet/index.js';
import { PlayOutcome, ReceiptRow } from './receipt.entity.js';

export interface ReceiptFilter {
  readonly scopes: readonly string[];
  readonly itemId?: string | undefined;
  readonly clusterId?: string | undefined;
  readonly outcome?: string | undefined;
  readonly limit: number;
}

export interface FoundReceipt {
  readonly receipt: ReceiptRow;
  /** The device was offline when the play was moved or got other content, and followed what it was told before. */
  readonly followedFormer: boolean;
  /** False: a relay, of which nobody knows what its source sent. */
  readonly contentVerified: boolean;
  /** How far it proves anything: what a transmitter played was brought to it, no more. */
  readonly reach: Cluster['reach'];
}

const TOLD_OF_ITEM =
  'SELECT id FROM planned_play WHERE item_id = :itemId UNION SELECT id FROM planned_play_told WHERE item_id = :itemId';

/** Receipts of accepted plays under the given area paths, newest first. `itemId`: what was played. */
export async function findReceipts(reader: EntityManager, filter: ReceiptFilter): Promise<FoundReceipt[]> {
  if (filter.scopes.length === 0) return [];
  const scopes = filter.scopes.map((_, i) => `planned.area_path LIKE :scope${i}`).join(' OR ');
  const select = reader
    .createQueryBuilder(ReceiptRow, 'receipt')
    .innerJoin(PlayOutcome, 'outcome', 'outcome.receipt_id = receipt.id')
    .innerJoin(PlannedPlayRow, 'planned', 'planned.id = outcome.id')
    .leftJoin(FormerTelling, 'told', 'told.id = outcome.id AND told.plan_version = outcome.plan_version')
    .leftJoin(Cluster, 'cluster', 'cluster.id = planned.cluster_id')
    .addSelect('cluster.reach', 'reach')
    .addSelect('told.id', 'told_id')
    .addSelect('outcome.relay_heard_ms', 'relay_heard_ms')
    .where(`(${scopes})`, Object.fromEntries(filter.scopes.map((scope, i) => [`scope${i}`, `${scope}%`])));
  if (filter.itemId)
    select
      // Found by index in both; which of them the device followed its outcome says.
      .andWhere(`outcome.id IN (${TOLD_OF_ITEM})`)
      .andWhere('outcome.item_id = :itemId', { itemId: filter.itemId });
  if (filter.clusterId) select.andWhere('planned.cluster_id = :clusterId', { clusterId: filter.clusterId });
  if (filter.outcome) select.andWhere('outcome.outcome = :outcome', { outcome: filter.outcome });
  select.orderBy('receipt.receivedAtMs', 'DESC').addOrderBy('receipt.id').limit(filter.limit);
  const { entities, raw } = await select.getRawAndEntities<{
    told_id: string | null;
    relay_heard_ms: unknown;
    reach: Cluster['reach'] | null;
  }>();
  return entities.map((receipt, at) => ({
    receipt,
    followedFormer: (raw[at]?.told_id ?? null) !== null,
    contentVerified: (raw[at]?.relay_heard_ms ?? null) === null,
    reach: raw[at]?.reach ?? 'horn',
  }));
}

/** Whether the play that a receipt tells of was planned at or below one of the given areas. */
export async function isUnder(
  reader: EntityManager,
  { controllerId, play }: Pick<ReceiptRow, 'controllerId' | 'play'>,
  scopes: readonly string[],
): Promise<boolean> {
  const planned = await reader.findOneBy(PlannedPlayRow, { id: plannedPlayId(controllerId, play) });
  return planned !== null && scopes.some((scope) => planned.areaPath.startsWith(scope));
}
