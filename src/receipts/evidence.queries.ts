import type { EntityManager } from 'typeorm';
import {
  chainOf,
  fromBase64Url,
  fromHex,
  type Outcome,
  signedBatchBytes,
  toHex,
} from '../../devices/protocol/index.js';
import { isHashOnly, type ReceiptRun } from '../../proof/pack/contents.js';
import { FormerTelling, PlannedPlayRow } from '../dispatch/index.js';
import { Cluster } from '../fleet/index.js';
import { among, type Database } from '../platform/database/index.js';
import { nodeCrypto } from '../platform/keys/index.js';
import { PlayOutcome, QuarantinedReceipt, ReceiptBatchRow, ReceiptRow } from './receipt.entity.js';
import { receiptId } from './receipt-id.js';
import type { ArchivedReceipts } from './retention/archived.reader.js';

/** A planned play, or one that followed a former telling, with what is known of it. */
export interface EvidencePlay {
  readonly clusterId: string;
  readonly controllerId: string;
  readonly itemId: string;
  readonly itemVersion: number;
  readonly reach: Cluster['reach'] | null;
  readonly outcome: Outcome | null;
  readonly cause: string | null;
  readonly relayHeardMs: number | null;
  /** Whether the line carried a signal; null: the device cannot tell. */
  readonly sensed: boolean | null;
  /** Its own; null: unknown, or the device played something else in its place. */
  readonly receiptId: string | null;
  readonly withdrawn: boolean;
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

interface PlayRow extends Omit<EvidencePlay, 'withdrawn' | 'relayHeardMs' | 'sensed' | 'itemVersion'> {
  readonly itemVersion: string | number;
  readonly relayHeardMs: string | number | null;
  readonly sensed: boolean | number | null;
  readonly withdrawnAtMs: string | number | null;
  readonly toldItemId: string | null;
  readonly toldVersion: string | number | null;
  readonly toldDay: string | null;
  readonly plannedDay: string;
  readonly plannedItemId: string;
}

/** Plays of a period at some clusters, by the day that the device was told. */
export async function evidencePlays(
  reader: EntityManager,
  { itemIds, clusterIds, from, to }: EvidenceFilter,
): Promise<EvidencePlay[]> {
  const rows = await reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .leftJoin(PlayOutcome, 'outcome', 'outcome.id = planned.id AND outcome.doubted_at_ms IS NULL')
    .leftJoin(FormerTelling, 'told', 'told.id = outcome.id AND told.plan_version = outcome.plan_version')
    .leftJoin(Cluster, 'cluster', 'cluster.id = planned.cluster_id')
    .select('planned.cluster_id', 'clusterId')
    .addSelect('planned.controller_id', 'controllerId')
    .addSelect('planned.item_id', 'plannedItemId')
    .addSelect('planned.item_version', 'itemVersion')
    .addSelect('planned.day', 'plannedDay')
    .addSelect('planned.withdrawn_at_ms', 'withdrawnAtMs')
    .addSelect('cluster.reach', 'reach')
    .addSelect('outcome.outcome', 'outcome')
    .addSelect('outcome.cause', 'cause')
    .addSelect('outcome.relay_heard_ms', 'relayHeardMs')
    .addSelect('outcome.sensed', 'sensed')
    .addSelect('outcome.receipt_id', 'receiptId')
    .addSelect('told.item_id', 'toldItemId')
    .addSelect('told.item_version', 'toldVersion')
    .addSelect('told.day', 'toldDay')
    .where('(planned.day BETWEEN :from AND :to OR told.day BETWEEN :from AND :to)', { from, to })
    .andWhere(...among(reader, 'planned.cluster_id', clusterIds, 'clusterIds'))
    .andWhere(`planned.id IN (${OF_ITEMS(...among(reader, 'x.item_id', itemIds, 'itemIds'))})`, {
      ...among(reader, 'x.item_id', itemIds, 'itemIds')[1],
    })
    .orderBy('planned.id')
    .getRawMany<PlayRow>();
  const wanted = new Set(itemIds);
  const within = (day: string) => day >= from && day <= to;
  return rows
    .flatMap((row) => playsOf(row).filter(({ play, day }) => wanted.has(play.itemId) && within(day)))
    .map(({ play }) => play);
}

const OF_ITEMS = (condition: string, _parameters: unknown): string =>
  `SELECT x.id FROM planned_play x WHERE ${condition} UNION SELECT x.id FROM planned_play_told x WHERE ${condition}`;

/** What a row says of the item that is planned by now, and of the one that was played in its place. */
function playsOf(row: PlayRow): { readonly play: EvidencePlay; readonly day: string }[] {
  const { plannedItemId, toldItemId, toldVersion, toldDay, plannedDay, withdrawnAtMs, ...rest } = row;
  const { clusterId, controllerId, reach, outcome, cause, receiptId } = rest;
  const relayHeardMs = rest.relayHeardMs === null ? null : Number(rest.relayHeardMs);
  const sensed = rest.sensed === null ? null : Boolean(rest.sensed);
  const common = { clusterId, controllerId, reach, relayHeardMs, sensed };
  const planned = {
    ...common,
    itemId: plannedItemId,
    itemVersion: Number(rest.itemVersion),
    withdrawn: withdrawnAtMs !== null,
  };
  if (toldItemId === null || toldItemId === plannedItemId) {
    const itemVersion = Number(toldVersion ?? rest.itemVersion);
    const play = { ...planned, itemVersion, outcome, cause, receiptId, followedItemId: null };
    return [{ play, day: toldDay ?? plannedDay }];
  }
  const former = { ...common, itemId: toldItemId, itemVersion: Number(toldVersion), withdrawn: true };
  return [
    {
      play: { ...planned, outcome: 'notPlayed', cause: null, receiptId: null, followedItemId: toldItemId },
      day: plannedDay,
    },
    { play: { ...former, outcome, cause, receiptId, followedItemId: null }, day: toldDay ?? plannedDay },
  ];
}

export interface EvidenceRun {
  /** Id null: out of an archive. */
  readonly batch: Pick<
    ReceiptBatchRow,
    'boot' | 'first' | 'last' | 'previous' | 'link' | 'signature' | 'receivedAtMs'
  > & {
    readonly id: string | null;
  };
  /** Public key that verified it, base64url. */
  readonly key: string;
  /** In order; `wanted`: it belongs to the evidence, the others are its neighbours, of which an archive may hold the hash alone. */
  readonly receipts: readonly { readonly id: string; readonly text: string; readonly wanted: boolean }[];
}

/** Runs whose texts are read together: at most 20 × 200 receipts. */
const RUNS_AT_ONCE = 20;
/** Numbers with two texts (one is in quarantine) that are tried against the chain. */
const MOST_WAYS = 256;

/** How a receipt stands in a run that is shown: what belongs elsewhere as its hash, which is all that the chain needs. */
export const entryOf = ({ text, wanted }: EvidenceRun['receipts'][number]): string =>
  wanted || isHashOnly(text) ? text : toHex(nodeCrypto.sha256(Buffer.from(text)));

interface Sources {
  readonly database: Database;
  /** Where texts are that left the database. */
  readonly archived: Pick<ArchivedReceipts, 'runsOf' | 'textsOf'>;
  /** Told of a run of which not everything is here any more, which is then left out. */
  readonly onLost?: (run: Pick<ReceiptBatchRow, 'controllerId' | 'boot' | 'first' | 'last'>) => void;
}

/**
 * Signed runs of one device with what they covered, in the order of its life. @throws RangeError for a run of which not everything is
 * here any more: its signature proves nothing then
 */
export async function* evidenceRuns(
  sources: Sources,
  controllerId: string,
  receiptIds: readonly string[],
  keys: readonly string[],
): AsyncGenerator<EvidenceRun> {
  const left = await leftRuns(sources, controllerId, receiptIds);
  for await (const run of keptRuns(sources, controllerId, receiptIds, keys)) {
    for (let [first] = left; first && isBefore(first, run); [first] = left) yield left.shift() as EvidenceRun;
    yield run;
  }
  yield* left;
}

const isBefore = ({ batch: a }: EvidenceRun, { batch: b }: EvidenceRun): boolean =>
  a.boot < b.boot || (a.boot === b.boot && (a.first < b.first || (a.first === b.first && a.last < b.last)));

/** Those that left for archives, in the same order. */
async function leftRuns(
  { database, archived }: Sources,
  controllerId: string,
  receiptIds: readonly string[],
): Promise<EvidenceRun[]> {
  const rows = await database.read((reader) =>
    reader
      .createQueryBuilder(ReceiptRow, 'receipt')
      .select('receipt.id', 'id')
      .where(...among(reader, 'receipt.id', receiptIds))
      .getRawMany<{ id: string }>(),
  );
  const here = new Set(rows.map(({ id }) => id));
  const wanted = new Set(receiptIds.filter((id) => !here.has(id)));
  const runs = await archived.runsOf(controllerId, wanted);
  const found = runs.map((run) => leftRun(controllerId, run, wanted));
  const ids = new Set(found.flatMap(({ receipts }) => receipts.flatMap(({ id, wanted: own }) => (own ? [id] : []))));
  // Neither here nor where it went: a pack without it would be no proof, and nobody would see why.
  const lost = [...wanted].find((id) => !ids.has(id));
  if (lost !== undefined) throw new RangeError(`receipt ${lost}`);
  return found.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

function leftRun(
  controllerId: string,
  { key, leaves: _, receipts, ...batch }: ReceiptRun,
  wanted: ReadonlySet<string>,
) {
  return {
    batch: { ...batch, id: null },
    key,
    receipts: receipts.map((text, n) => {
      const id = receiptId(controllerId, batch.boot, batch.first + n);
      return { id, text, wanted: wanted.has(id) && !isHashOnly(text) };
    }),
  };
}

async function* keptRuns(
  { database, archived, onLost }: Sources,
  controllerId: string,
  receiptIds: readonly string[],
  keys: readonly string[],
): AsyncGenerator<EvidenceRun> {
  const wanted = new Set(receiptIds);
  const batches = await database.read(async (reader) => {
    const rows = await reader
      .createQueryBuilder(ReceiptRow, 'receipt')
      .select('DISTINCT receipt.batch_id', 'batchId')
      .where(...among(reader, 'receipt.id', receiptIds))
      .getRawMany<{ batchId: string }>();
    return reader
      .createQueryBuilder(ReceiptBatchRow, 'batch')
      .where(
        ...among(
          reader,
          'batch.id',
          rows.map(({ batchId }) => batchId),
        ),
      )
      .orderBy('batch.boot')
      .addOrderBy('batch.first')
      .addOrderBy('batch.last')
      .getMany();
  });
  for (let from = 0; from < batches.length; from += RUNS_AT_ONCE) {
    const some = batches.slice(from, from + RUNS_AT_ONCE);
    const ids = some.flatMap((batch) => numbersOf(batch).map((seq) => receiptId(controllerId, batch.boot, seq)));
    const rows = await database.read((reader) =>
      reader
        .createQueryBuilder(ReceiptRow, 'receipt')
        .where(...among(reader, 'receipt.id', [...new Set(ids)]))
        .getMany(),
    );
    const known = new Map<string, KnownText>(rows.map((row) => [row.id, row]));
    const missing = new Set(ids.filter((id) => !known.has(id)));
    // A number that came in a run before this one may have left with that one.
    for (const [id, text] of await archived.textsOf(controllerId, missing)) known.set(id, { text, batchId: null });
    const apart = ids.every((id) => known.has(id)) ? new Map() : await quarantined(database, controllerId);
    for (const batch of some) {
      const texts = textsOf(batch, known, apart) ?? textsOf(batch, known, await quarantined(database, controllerId));
      const key = texts && keyOf(batch, keys);
      if (!texts || !key) {
        if (!onLost) throw new RangeError(`run ${batch.boot}/${batch.first}–${batch.last} of ${controllerId}`);
        onLost(batch);
        continue;
      }
      const receipts = texts.map((text, n) => {
        const id = receiptId(controllerId, batch.boot, batch.first + n);
        const row = known.get(id);
        return { id, text, wanted: wanted.has(id) && row?.batchId === batch.id && row.text === text };
      });
      yield { batch, key, receipts };
    }
  }
}

const numbersOf = ({ first, last }: ReceiptBatchRow): number[] =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);

interface KnownText {
  readonly text: string;
  /** Null: it left. */
  readonly batchId: string | null;
}

/** The texts that the chain of the run goes through; null: they are not all here. */
function textsOf(
  batch: ReceiptBatchRow,
  known: ReadonlyMap<string, KnownText>,
  apart: ReadonlyMap<string, readonly string[]>,
): string[] | null {
  let ways: string[][] = [[]];
  for (const seq of numbersOf(batch)) {
    const row = known.get(receiptId(batch.controllerId, batch.boot, seq));
    // What this run brought in is what it covered; of a number that came before, or was put apart, there may be another text.
    const own = row?.batchId === batch.id ? [row.text] : null;
    const candidates = own ?? [...(row ? [row.text] : []), ...(apart.get(`${batch.boot}.${seq}`) ?? [])];
    ways = ways.flatMap((way) => candidates.map((text) => [...way, text])).slice(0, MOST_WAYS);
  }
  return ways.find((way) => chainOf(fromHex(batch.previous), way, nodeCrypto).at(-1) === batch.link) ?? null;
}

/** Texts of a device that were put apart, by boot and number as they say themselves. */
async function quarantined(database: Database, controllerId: string): Promise<Map<string, string[]>> {
  const rows = await database.read((reader) => reader.findBy(QuarantinedReceipt, { controllerId }));
  const texts = new Map<string, string[]>();
  for (const { payload } of rows) {
    const said = /"boot":(\d+).*?"seq":(\d+)/s.exec(payload);
    if (said) texts.set(`${said[1]}.${said[2]}`, [...(texts.get(`${said[1]}.${said[2]}`) ?? []), payload]);
  }
  return texts;
}

/** Of a batch from before the key was written down: one of the device's history. */
function keyOf(batch: ReceiptBatchRow, keys: readonly string[]): string | null {
  if (batch.publicKey !== null) return batch.publicKey;
  const message = signedBatchBytes({ ...batch, device: batch.controllerId });
  const signature = fromBase64Url(batch.signature);
  return keys.find((key) => nodeCrypto.verifyEd25519(fromBase64Url(key), message, signature)) ?? null;
}
