import type { Receipt } from '../../devices/protocol/index.js';
import { FormerTelling, PlannedPlayRow, plannedPlayId, tellingOf, wasSummoned } from '../dispatch/index.js';
import { Controller } from '../fleet/index.js';
import { among, type WriteTransaction } from '../platform/database/index.js';
import { doubtsOf } from './doubts/doubt.queries.js';
import type { JudgedReceipt } from './engine/judge.js';
import type { Said, Told } from './engine/tally.js';
import { PlayOutcome, ReceiptRow } from './receipt.entity.js';
import { receiptId } from './receipt-id.js';
import { learnWhatLeft } from './retention/left.queries.js';

interface Judged {
  readonly device: string;
  readonly boot: number;
  readonly receipts: readonly JudgedReceipt[];
}

type KnownTelling = Pick<PlannedPlayRow, 'startMs' | 'itemId' | 'itemVersion' | 'planVersion' | 'day'>;

/** Where a play belongs that was told. */
export type Followed = Pick<Said, 'itemId' | 'clusterId' | 'day'> & { readonly planVersion: number };

/** What the ledger and the plans already hold of a round's receipts; what the round itself adds is noted here too. */
export interface Known {
  /** By the id of the row: the text that stands there, or stood there before it left for an archive. */
  readonly texts: Map<string, string>;
  /** By planned play: all that its device was ever told of it. */
  readonly tellings: ReadonlyMap<string, readonly KnownTelling[]>;
  /** By planned play: what its device is told by now. */
  readonly told: ReadonlyMap<string, Told>;
  /** By planned play that was told by a command, as the receipt states it: the cluster of its device. */
  readonly summoned: ReadonlyMap<string, string>;
  /** By controller that was revoked for it: from when on it is not believed. */
  readonly doubts: ReadonlyMap<string, number>;
  /** Planned plays that have their one final receipt. */
  readonly finals: Set<string>;
}

/** Six statements for a whole round, and one more for each receipt of a play that a command summoned. */
export async function whatIsKnownOf(tx: WriteTransaction, batches: readonly Judged[]): Promise<Known> {
  const { manager } = tx;
  const rowIds: string[] = [];
  const playIds: string[] = [];
  const summoned = new Map<string, string>();
  for (const { device, boot, receipts } of batches)
    for (const { seq, verdict } of receipts) {
      rowIds.push(receiptId(device, boot, seq));
      if (!verdict.ok) continue;
      const id = plannedPlayId(device, verdict.receipt.play);
      playIds.push(id);
      const { command } = verdict.receipt;
      if (command !== undefined && (await isSummoned(tx, device, verdict.receipt, command)))
        summoned.set(id, await clusterOf(tx, device));
    }
  const rows = await manager
    .createQueryBuilder(ReceiptRow, 'receipt')
    .select('receipt.id', 'id')
    .addSelect('receipt.text', 'text')
    .where(...among(manager, 'receipt.id', rowIds))
    .getRawMany<{ id: string; text: string }>();
  const texts = new Map(rows.map(({ id, text }) => [id, text]));
  await learnWhatLeft(manager, batches, texts);
  const planned = await manager
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .select('planned.id', 'id')
    .addSelect('planned.item_id', 'itemId')
    .addSelect('planned.item_version', 'itemVersion')
    .addSelect('planned.start_ms', 'startMs')
    .addSelect('planned.plan_version', 'planVersion')
    .addSelect('planned.day', 'day')
    .addSelect('planned.cluster_id', 'clusterId')
    .addSelect('planned.withdrawn_at_ms', 'withdrawnAtMs')
    .where(...among(manager, 'planned.id', playIds))
    .getRawMany<
      Record<'startMs' | 'planVersion', number | string> &
        Omit<KnownTelling, 'startMs' | 'planVersion'> & { id: string; clusterId: string; withdrawnAtMs: unknown }
    >();
  const tellings = new Map<string, KnownTelling[]>(
    planned.map(({ id, ...row }) => [
      id,
      [{ ...row, startMs: Number(row.startMs), planVersion: Number(row.planVersion) }],
    ]),
  );
  const told = new Map(
    planned.map(({ id, itemId, clusterId, day, withdrawnAtMs }) => [
      id,
      { itemId, clusterId, day, withdrawn: withdrawnAtMs !== null },
    ]),
  );
  const former = await manager
    .createQueryBuilder(FormerTelling, 'told')
    .where(...among(manager, 'told.id', playIds))
    .getMany();
  for (const row of former) tellings.get(row.id)?.push(row);
  const finals = await manager
    .createQueryBuilder(PlayOutcome, 'outcome')
    .select('outcome.id', 'id')
    .where(...among(manager, 'outcome.id', playIds))
    .getRawMany<{ id: string }>();
  return {
    texts,
    tellings,
    told,
    summoned,
    doubts: await doubtsOf(manager, [...new Set(batches.map(({ device }) => device))]),
    finals: new Set(finals.map(({ id }) => id)),
  };
}

/** An emergency goes ahead of the plans, and one that is stopped at once never gets into any. */
function isSummoned(
  { manager }: WriteTransaction,
  device: string,
  receipt: Receipt,
  command: string,
): Promise<boolean> {
  return wasSummoned(manager, device, { play: receipt.play, ...statedBy(receipt) }, command);
}

async function clusterOf({ manager }: WriteTransaction, device: string): Promise<string> {
  const { clusterId } = await manager.findOneOrFail(Controller, { select: { clusterId: true }, where: { id: device } });
  return clusterId;
}

/**
 * The telling that a receipt states, null if its device was never told so. A device that was offline followed what it was told; the name of
 * a play around something that was never told proves nothing.
 */
export function followedBy(device: string, receipt: Receipt, known: Known): Followed | null {
  const id = plannedPlayId(device, receipt.play);
  const found = tellingOf(statedBy(receipt), receipt.planVersion, known.tellings.get(id) ?? []);
  const told = known.told.get(id);
  if (found && told) {
    const { itemId, day, planVersion } = found;
    return { itemId, day, planVersion, clusterId: told.clusterId };
  }
  const clusterId = known.summoned.get(id);
  const { item, day, planVersion } = receipt;
  return clusterId === undefined ? null : { itemId: item.id, day, planVersion, clusterId };
}

const statedBy = ({ item, planned }: Receipt) => ({
  startMs: planned.startMs,
  itemId: item.id,
  itemVersion: item.version,
});
