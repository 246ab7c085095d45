import { chainOf, fromBase64Url, fromHex, signedBatchBytes, toHex } from '../../devices/protocol/index.js';
import { isHashOnly, type ReceiptRun } from '../../proof/pack/contents.js';
import { among, type Database } from '../platform/database/index.js';
import { nodeCrypto } from '../platform/keys/index.js';
import { QuarantinedReceipt, ReceiptBatchRow, ReceiptRow } from './receipt.entity.js';
import { receiptId } from './receipt-id.js';
import type { ArchivedReceipts } from './retention/archived.reader.js';

export interface EvidenceReceipt {
  readonly id: string;
  /** Of what left for an archive perhaps its hash alone. */
  readonly text: string;
  readonly wanted: boolean;
  /** Put in quarantine: signed, and counted nowhere. */
  readonly apart: boolean;
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
  /** In order; `wanted`: it belongs to the evidence, the others are its neighbours. */
  readonly receipts: readonly EvidenceReceipt[];
}

/** Runs whose texts are read together: at most 5 × 200 receipts, some hundredths of a second in which nobody else is answered. */
const RUNS_AT_ONCE = 5;
/** Numbers with two texts (one is in quarantine) that are tried against the chain. */
const MOST_WAYS = 256;

/** How a receipt stands in a run that is shown: what belongs elsewhere as its hash, which is all that the chain needs. */
export const entryOf = ({ text, wanted }: EvidenceReceipt): string =>
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
  { key, leaves: _, receipts, apart, ...batch }: ReceiptRun,
  wanted: ReadonlySet<string>,
): EvidenceRun {
  return {
    batch: { ...batch, id: null },
    key,
    receipts: receipts.map((text, n) => {
      const id = receiptId(controllerId, batch.boot, batch.first + n);
      return { id, text, wanted: wanted.has(id) && !isHashOnly(text), apart: apart.includes(batch.first + n) };
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
        const apart = row?.text !== text;
        return { id, text, wanted: wanted.has(id) && row?.batchId === batch.id && !apart, apart };
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
