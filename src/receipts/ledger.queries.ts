import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { FormerTelling, PlannedPlayRow, plannedPlayId } from '../dispatch/index.js';
import { Cluster } from '../fleet/index.js';
import { beginsWith } from '../platform/database/index.js';
import { PlayOutcome, ReceiptRow } from './receipt.entity.js';
import { placeOf } from './receipt-id.js';
import { ArchivedUntil } from './retention/retention.entity.js';

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
  const select = reader
    .createQueryBuilder(ReceiptRow, 'receipt')
    .innerJoin(PlayOutcome, 'outcome', 'outcome.receipt_id = receipt.id');
  narrowed(select, filter);
  select.orderBy('receipt.receivedAtMs', 'DESC').addOrderBy('receipt.id').limit(filter.limit);
  const { entities, raw } = await select.getRawAndEntities<SaidRow>();
  return entities.map((receipt, at) => ({ receipt, ...saidOf(raw[at]) }));
}

/** Those that left the database, by the day of their plays, newest first: what they counted for is still here. */
export async function findLeft(
  reader: EntityManager,
  filter: ReceiptFilter,
): Promise<(Omit<FoundReceipt, 'receipt'> & { readonly id: string })[]> {
  if (filter.scopes.length === 0 || filter.limit < 1 || !(await reader.existsBy(ArchivedUntil, {}))) return [];
  const select = reader
    .createQueryBuilder(PlayOutcome, 'outcome')
    .leftJoin(ReceiptRow, 'receipt', 'receipt.id = outcome.receipt_id')
    .select('outcome.receipt_id', 'id')
    .where('receipt.id IS NULL');
  narrowed(select, filter);
  const rows = await select
    .orderBy('outcome.day', 'DESC')
    .addOrderBy('outcome.id')
    .limit(filter.limit)
    .getRawMany<SaidRow & { id: string }>();
  return rows.map((row) => ({ id: row.id, ...saidOf(row) }));
}

interface SaidRow {
  readonly told_id: string | null;
  readonly relay_heard_ms: unknown;
  readonly reach: Cluster['reach'] | null;
}

const saidOf = (row: SaidRow | undefined) => ({
  followedFormer: (row?.told_id ?? null) !== null,
  contentVerified: (row?.relay_heard_ms ?? null) === null,
  reach: row?.reach ?? ('horn' as const),
});

/** To the plays that are asked for, with what is known of them. */
function narrowed<Row extends ObjectLiteral>(select: SelectQueryBuilder<Row>, filter: ReceiptFilter): void {
  const scopes = filter.scopes.map((_, i) => `planned.area_path LIKE :scope${i}`).join(' OR ');
  select
    .innerJoin(PlannedPlayRow, 'planned', 'planned.id = outcome.id')
    .leftJoin(FormerTelling, 'told', 'told.id = outcome.id AND told.plan_version = outcome.plan_version')
    .leftJoin(Cluster, 'cluster', 'cluster.id = planned.cluster_id')
    .addSelect('cluster.reach', 'reach')
    .addSelect('told.id', 'told_id')
    .addSelect('outcome.relay_heard_ms', 'relay_heard_ms')
    .andWhere(`(${scopes})`, Object.fromEntries(filter.scopes.map((scope, i) => [`scope${i}`, `${scope}%`])));
  if (filter.itemId)
    select
      // Found by index in both; which of them the device followed its outcome says.
      .andWhere(`outcome.id IN (${TOLD_OF_ITEM})`)
      .andWhere('outcome.item_id = :itemId', { itemId: filter.itemId });
  if (filter.clusterId) select.andWhere('planned.cluster_id = :clusterId', { clusterId: filter.clusterId });
  if (filter.outcome) select.andWhere('outcome.outcome = :outcome', { outcome: filter.outcome });
}

/** Whether the play that a receipt tells of was planned at or below one of the given areas; also of one that left the database. */
export async function isUnder(reader: EntityManager, id: string, scopes: readonly string[]): Promise<boolean> {
  const receipt = await reader.findOneBy(ReceiptRow, { id });
  const playId = receipt ? plannedPlayId(receipt.controllerId, receipt.play) : await playOfLeft(reader, id);
  const planned = playId === null ? null : await reader.findOneBy(PlannedPlayRow, { id: playId });
  return planned !== null && scopes.some((scope) => planned.areaPath.startsWith(scope));
}

/** Found among the plays of its device. */
async function playOfLeft(reader: EntityManager, id: string): Promise<string | null> {
  const outcome = await reader
    .createQueryBuilder(PlayOutcome, 'outcome')
    .where(...beginsWith(reader, 'outcome.id', `${placeOf(id).device}.`))
    .andWhere('outcome.receiptId = :id', { id })
    .getOne();
  return outcome?.id ?? null;
}
