import type { EntityManager } from 'typeorm';
import { PlannedPlayRow } from '../dispatch/index.js';
import { PlayOutcome, ReceiptRow } from './receipt.entity.js';

export interface ReceiptFilter {
  readonly scopes: readonly string[];
  readonly itemId?: string | undefined;
  readonly clusterId?: string | undefined;
  readonly outcome?: string | undefined;
  readonly limit: number;
}

/** Receipts of accepted plays under the given area paths, newest first. */
export async function findReceipts(reader: EntityManager, filter: ReceiptFilter): Promise<ReceiptRow[]> {
  if (filter.scopes.length === 0) return [];
  const scopes = filter.scopes.map((_, i) => `planned.area_path LIKE :scope${i}`).join(' OR ');
  const select = reader
    .createQueryBuilder(ReceiptRow, 'receipt')
    .innerJoin(PlayOutcome, 'outcome', 'outcome.receipt_id = receipt.id')
    .innerJoin(PlannedPlayRow, 'planned', 'planned.id = outcome.id')
    .where(`(${scopes})`, Object.fromEntries(filter.scopes.map((scope, i) => [`scope${i}`, `${scope}%`])));
  if (filter.itemId) select.andWhere('planned.item_id = :itemId', { itemId: filter.itemId });
  if (filter.clusterId) select.andWhere('planned.cluster_id = :clusterId', { clusterId: filter.clusterId });
  if (filter.outcome) select.andWhere('outcome.outcome = :outcome', { outcome: filter.outcome });
  return select.orderBy('receipt.receivedAtMs', 'DESC').addOrderBy('receipt.id').limit(filter.limit).getMany();
}
