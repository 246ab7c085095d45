import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { Outcome } from '../../devices/protocol/index.js';
import { FormerTelling, PlannedPlayRow } from '../dispatch/index.js';
import { Controller } from '../fleet/index.js';
import { among, beginsWith } from '../platform/database/index.js';
import { PlayOutcome, ReceiptRow } from './receipt.entity.js';

/** A planned play, one that followed a former telling, or one that a command summoned, with what is known of it. */
export interface EvidencePlay {
  readonly clusterId: string;
  readonly controllerId: string;
  readonly itemId: string;
  readonly itemVersion: number;
  /** Local day on which the device was told it. */
  readonly day: string;
  readonly outcome: Outcome | null;
  readonly cause: string | null;
  readonly relayHeardMs: number | null;
  /** Whether the line carried a signal; null: the device cannot tell. */
  readonly sensed: boolean | null;
  /** Its own; null: unknown, or the device played something else in its place. */
  readonly receiptId: string | null;
  readonly withdrawn: boolean;
  /** A receipt came, and its key was revoked for that time. */
  readonly doubted: boolean;
  /** What was played in its place, as a former plan said. */
  readonly followedItemId: string | null;
}

export interface EvidenceFilter {
  readonly itemIds: readonly string[];
  readonly clusterIds: readonly string[];
  /** Local days, both included. */
  readonly from: string;
  readonly to: string;
}

interface PlayRow {
  readonly clusterId: string;
  readonly controllerId: string;
  readonly plannedItemId: string;
  readonly itemVersion: string | number;
  readonly plannedDay: string;
  readonly withdrawnAtMs: string | number | null;
  readonly outcome: Outcome | null;
  readonly cause: string | null;
  readonly relayHeardMs: string | number | null;
  readonly sensed: boolean | number | null;
  readonly receiptId: string | null;
  readonly doubtedAtMs: string | number | null;
  readonly toldItemId: string | null;
  readonly toldVersion: string | number | null;
  readonly toldDay: string | null;
}

/** Plays of a period at some clusters, by the day that the device was told; cluster by cluster, so that nobody else waits for long. */
export async function evidencePlays(
  reader: EntityManager,
  { clusterIds, ...filter }: EvidenceFilter,
): Promise<EvidencePlay[]> {
  const plays: EvidencePlay[] = [];
  const wanted = new Set(filter.itemIds);
  for (const clusterId of clusterIds) {
    for (const row of await playRows(reader, { ...filter, clusterIds: [clusterId] }))
      for (const play of playsOf(row))
        if (wanted.has(play.itemId) && play.day >= filter.from && play.day <= filter.to) plays.push(play);
    plays.push(...(await summonedPlays(reader, { ...filter, clusterIds: [clusterId] })));
    // Statements of better-sqlite3 are synchronous: requests have their turn between them.
    await setImmediate();
  }
  return plays;
}

function playRows(reader: EntityManager, { itemIds, clusterIds, from, to }: EvidenceFilter): Promise<PlayRow[]> {
  const [ofPlan, plannedItems] = among(reader, 'planned.item_id', itemIds, 'plannedItems');
  const [ofTelling, toldItems] = among(reader, 'told.item_id', itemIds, 'toldItems');
  return reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .leftJoin(PlayOutcome, 'outcome', 'outcome.id = planned.id')
    .leftJoin(FormerTelling, 'told', 'told.id = outcome.id AND told.plan_version = outcome.plan_version')
    .select('planned.cluster_id', 'clusterId')
    .addSelect('planned.controller_id', 'controllerId')
    .addSelect('planned.item_id', 'plannedItemId')
    .addSelect('planned.item_version', 'itemVersion')
    .addSelect('planned.day', 'plannedDay')
    .addSelect('planned.withdrawn_at_ms', 'withdrawnAtMs')
    .addSelect('outcome.outcome', 'outcome')
    .addSelect('outcome.cause', 'cause')
    .addSelect('outcome.relay_heard_ms', 'relayHeardMs')
    .addSelect('outcome.sensed', 'sensed')
    .addSelect('outcome.receipt_id', 'receiptId')
    .addSelect('outcome.doubted_at_ms', 'doubtedAtMs')
    .addSelect('told.item_id', 'toldItemId')
    .addSelect('told.item_version', 'toldVersion')
    .addSelect('told.day', 'toldDay')
    .where('(planned.day BETWEEN :from AND :to OR told.day BETWEEN :from AND :to)', { from, to })
    .andWhere(...among(reader, 'planned.cluster_id', clusterIds, 'clusterIds'))
    .andWhere(`(${ofPlan} OR ${ofTelling})`, { ...plannedItems, ...toldItems })
    .orderBy('planned.id')
    .getRawMany<PlayRow>();
}

/** What a row says of the item that is planned by now, and of the one that was played in its place. */
function playsOf(row: PlayRow): EvidencePlay[] {
  const { clusterId, controllerId, plannedItemId, toldItemId, toldVersion, toldDay, plannedDay, withdrawnAtMs } = row;
  const planned = {
    ...{ clusterId, controllerId, itemId: plannedItemId, day: plannedDay, itemVersion: Number(row.itemVersion) },
    withdrawn: withdrawnAtMs !== null,
  };
  // What a doubted key signed tells nothing: the play is as one without a receipt.
  if (row.outcome === null || row.doubtedAtMs !== null)
    return [{ ...planned, ...SILENT, doubted: row.doubtedAtMs !== null }];
  const { outcome, cause, receiptId } = row;
  const relayHeardMs = row.relayHeardMs === null ? null : Number(row.relayHeardMs);
  const sensed = row.sensed === null ? null : Boolean(row.sensed);
  const said = { outcome, cause, receiptId, relayHeardMs, sensed, doubted: false, followedItemId: null };
  if (toldItemId === null || toldItemId === plannedItemId)
    return [{ ...planned, itemVersion: Number(toldVersion ?? row.itemVersion), day: toldDay ?? plannedDay, ...said }];
  const former = { ...planned, itemId: toldItemId, itemVersion: Number(toldVersion), day: toldDay ?? plannedDay };
  return [
    { ...planned, ...SILENT, doubted: false, outcome: 'notPlayed', followedItemId: toldItemId },
    { ...former, ...said, withdrawn: true },
  ];
}

const SILENT = {
  ...{ outcome: null, cause: null, receiptId: null, relayHeardMs: null, sensed: null, followedItemId: null },
} as const;

interface SummonedRow
  extends Pick<PlayRow, 'clusterId' | 'outcome' | 'cause' | 'relayHeardMs' | 'sensed' | 'receiptId'> {
  readonly itemId: string;
  readonly day: string;
  readonly text: string;
}

/** Plays that no plan ever told: only their receipts say what they were, and one of a doubted key says nothing. */
async function summonedPlays(
  reader: EntityManager,
  { itemIds, clusterIds, from, to }: EvidenceFilter,
): Promise<EvidencePlay[]> {
  const controllers = await reader
    .createQueryBuilder(Controller, 'controller')
    .where(...among(reader, 'controller.clusterId', clusterIds))
    .orderBy('controller.id')
    .getMany();
  const plays: EvidencePlay[] = [];
  for (const { id: controllerId } of controllers) {
    const rows = await reader
      .createQueryBuilder(PlayOutcome, 'outcome')
      .leftJoin(PlannedPlayRow, 'planned', 'planned.id = outcome.id')
      .innerJoin(ReceiptRow, 'receipt', 'receipt.id = outcome.receipt_id')
      .select('outcome.cluster_id', 'clusterId')
      .addSelect('outcome.item_id', 'itemId')
      .addSelect('outcome.day', 'day')
      .addSelect('outcome.outcome', 'outcome')
      .addSelect('outcome.cause', 'cause')
      .addSelect('outcome.relay_heard_ms', 'relayHeardMs')
      .addSelect('outcome.sensed', 'sensed')
      .addSelect('outcome.receipt_id', 'receiptId')
      .addSelect('receipt.text', 'text')
      .where(...beginsWith(reader, 'outcome.id', `${controllerId}.`))
      .andWhere('planned.id IS NULL AND outcome.doubted_at_ms IS NULL')
      .andWhere('outcome.day BETWEEN :from AND :to', { from, to })
      .andWhere(...among(reader, 'outcome.item_id', itemIds, 'itemIds'))
      .orderBy('outcome.id')
      .getRawMany<SummonedRow>();
    for (const { text, ...row } of rows)
      plays.push({
        ...row,
        ...{ controllerId, itemVersion: versionIn(text), withdrawn: true, doubted: false, followedItemId: null },
        relayHeardMs: row.relayHeardMs === null ? null : Number(row.relayHeardMs),
        sensed: row.sensed === null ? null : Boolean(row.sensed),
      });
  }
  return plays;
}

const itemOf = z.object({ item: z.object({ version: z.int() }) });
const versionIn = (text: string): number => itemOf.parse(JSON.parse(text)).item.version;
