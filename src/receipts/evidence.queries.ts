import { chainOf, fromBase64Url, fromHex, signedBatchBytes } from '../../devices/protocol/index.js';
import { among, type Database } from '../platform/database/index.js';
import { nodeCrypto } from '../platform/keys/index.js';
import { receiptId } from './known.queries.js';
import { QuarantinedReceipt, ReceiptBatchRow, ReceiptRow } from './receipt.entity.js';

export interface EvidenceReceipt {
  readonly id: string;
  readonly text: string;
  readonly wanted: boolean;
  /** Put in quarantine: signed, and counted nowhere. */
  readonly apart: boolean;
}

export interface EvidenceRun {
  readonly batch: ReceiptBatchRow;
  /** Public key that verified it, base64url. */
  readonly key: string;
  /** In order; `wanted`: it belongs to the evidence, the others are its neighbours. */
  readonly receipts: readonly EvidenceReceipt[];
}

/** Runs whose texts are read together: at most 5 × 200 receipts, some hundredths of a second in which nobody else is answered. */
const RUNS_AT_ONCE = 5;
/** Numbers with two texts (one is in quarantine) that are tried against the chain. */
const MOST_WAYS = 256;

/**
 * Signed runs of one device with what they covered, in the order of its life. @throws RangeError for a run of which not everything is
 * here any more: its signature proves nothing then
 */
export async function* evidenceRuns(
  database: Database,
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
    const known = new Map(rows.map((row) => [row.id, row]));
    const apart = ids.every((id) => known.has(id)) ? new Map() : await quarantined(database, controllerId);
    for (const batch of some) {
      const texts = textsOf(batch, known, apart) ?? textsOf(batch, known, await quarantined(database, controllerId));
      const key = texts && keyOf(batch, keys);
      if (!texts || !key) throw new RangeError(`run ${batch.boot}/${batch.first}–${batch.last} of ${controllerId}`);
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

/** The texts that the chain of the run goes through; null: they are not all here. */
function textsOf(
  batch: ReceiptBatchRow,
  known: ReadonlyMap<string, ReceiptRow>,
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
