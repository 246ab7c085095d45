import {
  type DeclaredRecord,
  FILES,
  type HeardAnswer,
  type ReceiptRun,
  type ServedHamlet,
  type TextRecord,
} from '../../proof/pack/contents.js';
import { COVERAGE_COLUMNS } from '../../proof/pack/coverage.js';
import type { PackSource } from '../../proof/pack/writer.js';
import type { ApprovedText } from '../library/index.js';
import { BYTE_ORDER_MARK, csvLine } from '../platform/csv/index.js';
import type { Database } from '../platform/database/index.js';
import type { ContentStore } from '../platform/storage/index.js';
import { type ArchivedReceipts, entryOf, evidenceRuns, type PackLog } from '../receipts/index.js';
import type { PackCoverage } from './coverage-of-pack.js';
import type { PackDevice } from './devices-of-pack.js';
import { coverageCells, coverageLines, type RankedCause } from './engine/tables.js';

/** Everything that a pack is made of, looked up; the receipts themselves are read while it is written. */
export interface PackMaterial {
  readonly coverage: PackCoverage;
  readonly causes: readonly RankedCause[];
  readonly texts: readonly ApprovedText[];
  readonly devices: readonly PackDevice[];
  readonly log: PackLog;
  readonly keySets: readonly { readonly version: number; readonly signed: string }[];
  /** Raw, base64url. */
  readonly root: string;
  /** Ids of the receipts, by device. */
  readonly receipts: ReadonlyMap<string, readonly string[]>;
  readonly report: Uint8Array;
}

interface Rooms {
  readonly database: Database;
  readonly store: ContentStore;
  readonly archived: ArchivedReceipts;
}

/** The files of a pack, in the order in which they stand in it: what people read first. */
export async function* packFiles(
  material: PackMaterial,
  { database, store, archived }: Rooms,
  told: (receipts: number) => void,
): AsyncGenerator<PackSource> {
  const { coverage, causes, texts, devices, log } = material;
  yield { name: FILES.report, content: material.report };
  yield { name: FILES.coverage, content: coverageTable(coverage) };
  yield { name: FILES.missing, content: missingTable(causes) };
  yield { name: FILES.hamlets, content: Buffer.from(JSON.stringify(coverage.hamlets.map(servedHamletOf))) };
  yield { name: FILES.heard, content: Buffer.from(JSON.stringify(coverage.heard.map(heardAnswerOf))) };
  yield* declaredFiles(coverage.declared, store);
  yield { name: FILES.texts, content: Buffer.from(JSON.stringify(texts.map(textRecordOf))) };
  for (const text of texts)
    if (text.text !== null)
      yield { name: FILES.text(text.itemId, text.version), content: Buffer.from(text.text.normalize('NFC')) };
  yield { name: FILES.root, content: Buffer.from(material.root) };
  for (const { version, signed } of material.keySets)
    yield { name: FILES.keySet(version), content: Buffer.from(signed) };
  yield { name: FILES.checkpoint, content: Buffer.from(log.checkpoint) };
  if (log.proof) yield { name: FILES.proof, content: Buffer.from(JSON.stringify(log.proof)) };
  for (const { record, pictures } of devices) {
    const there: string[] = [];
    for (const { name, sha256 } of pictures)
      if (await store.has(sha256)) {
        there.push(name);
        yield { name, content: await store.open(sha256) };
      }
    yield { name: FILES.device(record.device), content: Buffer.from(JSON.stringify(withPictures(record, there))) };
  }
  for (const { record } of devices) {
    const ids = material.receipts.get(record.device) ?? [];
    if (ids.length > 0)
      yield { name: FILES.receipts(record.device), content: runsOf({ database, archived }, record, ids, log, told) };
  }
}

type PackHamlet = PackCoverage['hamlets'][number];

const servedHamletOf = ({ id, name, communeId, communeName, links }: PackHamlet): ServedHamlet => ({
  ...{ id, name, commune: { id: communeId, name: communeName } },
  clusters: links.map(({ clusterId, reach, validFrom, validTo }) => ({
    ...{ id: clusterId, reach, from: validFrom, to: validTo },
  })),
});

const heardAnswerOf = ({ itemId, hamletId, sessionId, day, kind }: PackCoverage['heard'][number]): HeardAnswer => ({
  ...{ item: itemId, hamlet: hamletId, session: sessionId, day, kind },
});

/** Khai báo with its photographs; two that show the same picture share its file. */
async function* declaredFiles(declared: PackCoverage['declared'], store: ContentStore): AsyncGenerator<PackSource> {
  const files = new Map<string, string | null>();
  const records: DeclaredRecord[] = [];
  for (const row of declared) {
    const { photoSha256: sha256, photoType } = row;
    if (!files.has(sha256)) {
      const file = (await store.has(sha256)) ? FILES.declaredPhoto(files.size + 1, photoType) : null;
      files.set(sha256, file);
      if (file !== null) yield { name: file, content: await store.open(sha256) };
    }
    records.push(declaredRecordOf(row, files.get(sha256) ?? null));
  }
  yield { name: FILES.declared, content: Buffer.from(JSON.stringify(records)) };
}

const declaredRecordOf = (row: PackCoverage['declared'][number], file: string | null): DeclaredRecord => ({
  ...{ id: row.id, item: row.itemId, title: row.itemTitle, hamlet: row.hamletId, hamletName: row.hamletName },
  ...{ communeName: row.communeName, day: row.day, means: row.means, person: row.person, note: row.note },
  ...{ enteredBy: row.enteredByName, enteredAtMs: row.enteredAtMs, photo: { sha256: row.photoSha256, file } },
});

/** A picture that the store has lost is not promised. */
const withPictures = (record: PackDevice['record'], there: readonly string[]): PackDevice['record'] =>
  record.handover === null
    ? record
    : {
        ...record,
        handover: {
          ...record.handover,
          photos: record.handover.photos.filter((name) => there.includes(name)),
          signature: there.find((name) => name === record.handover?.signature) ?? null,
        },
      };

function* coverageTable({ cells, rule }: PackCoverage): Generator<Uint8Array> {
  yield Buffer.from(`${BYTE_ORDER_MARK}${csvLine(COVERAGE_COLUMNS)}`);
  for (const cell of cells)
    yield Buffer.from(
      coverageLines(cell, rule.leastGrade)
        .map((line) => csvLine(coverageCells(line)))
        .join(''),
    );
}

function missingTable(causes: readonly RankedCause[]): Uint8Array {
  const head = csvLine(['hang', 'ma_nguyen_nhan', 'nguyen_nhan', 'so_o', 'so_luot_phat']);
  const lines = causes.map(({ code, words, cells, plays }, n) => csvLine([n + 1, code, words, cells, plays]));
  return Buffer.from(`${BYTE_ORDER_MARK}${head}${lines.join('')}`);
}

function textRecordOf(text: ApprovedText): TextRecord {
  const {
    itemId: item,
    version,
    title,
    language,
    textSha256,
    audioSha256,
    author,
    approver,
    approvedAtMs,
    current,
  } = text;
  const file = text.text === null ? null : FILES.text(item, version);
  return { item, version, title, language, file, textSha256, audioSha256, author, approver, approvedAtMs, current };
}

async function* runsOf(
  sources: Pick<Rooms, 'database' | 'archived'>,
  { device, keys }: PackDevice['record'],
  ids: readonly string[],
  log: PackLog,
  told: (receipts: number) => void,
): AsyncGenerator<Uint8Array> {
  const history = keys.map(({ publicKey }) => publicKey);
  for await (const { batch, key, receipts } of evidenceRuns(sources, device, ids, history)) {
    const { boot, first, last, previous, link, signature, receivedAtMs } = batch;
    const wanted = receipts.filter((entry) => entry.wanted);
    const run: ReceiptRun = {
      ...{ boot, first, last, previous, link, key, signature, receivedAtMs },
      receipts: receipts.map(entryOf),
      apart: receipts.flatMap(({ apart }, n) => (apart ? [first + n] : [])),
      leaves: wanted.map(({ id }) => log.numbers.get(id) ?? null),
    };
    told(wanted.length);
    yield Buffer.from(`${JSON.stringify(run)}\n`);
  }
}
