import { Injectable } from '@nestjs/common';
import { Inflate } from 'fflate';
import { FILES, isHashOnly, type ReceiptRun } from '../../../proof/pack/contents.js';
import { contentAt, listEntries } from '../../../proof/pack/zip.js';
import { linesOf } from '../../../proof/verify/lines.js';
import { runOf } from '../../../proof/verify/receipts.js';
import { among, Database } from '../../platform/database/index.js';
import { placeOf, receiptId } from '../receipt-id.js';
import { ArchiveFolder } from './archive.folder.js';
import { holds } from './left.queries.js';
import { ArchivedRange, ReceiptArchive } from './retention.entity.js';

/** Reads what left the database, out of the files. */
@Injectable()
export class ArchivedReceipts {
  constructor(
    private readonly database: Database,
    private readonly folder: ArchiveFolder,
  ) {}

  /**
   * Signed runs of a device that hold any of these receipts, as they stand in archives. Of receipts that never left: none.
   * @throws retention.archiveGone, retention.archiveAltered
   */
  async runsOf(controllerId: string, receiptIds: ReadonlySet<string>): Promise<ReceiptRun[]> {
    const runs: ReceiptRun[] = [];
    for (const archive of await this.#archivesOf(controllerId, receiptIds)) {
      const file = await this.folder.read(archive);
      for (const run of runsIn(file, controllerId))
        if (run.receipts.some((text, n) => !isHashOnly(text) && receiptIds.has(idOf(controllerId, run, n))))
          runs.push(run);
    }
    return runs;
  }

  /** The signed texts of such receipts, by id. @throws retention.archiveGone, retention.archiveAltered */
  async textsOf(controllerId: string, receiptIds: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const run of await this.runsOf(controllerId, receiptIds))
      for (const [n, text] of run.receipts.entries()) {
        const id = idOf(controllerId, run, n);
        if (!isHashOnly(text) && receiptIds.has(id)) texts.set(id, text);
      }
    return texts;
  }

  /** Names of the files that may hold receipts, by receipt: those whose numbers go around it. */
  async namesOf(receiptIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const devices = [...new Set(receiptIds.map((id) => placeOf(id).device))];
    return this.database.read(async (reader) => {
      const ranges = await reader
        .createQueryBuilder(ArchivedRange, 'range')
        .where(...among(reader, 'range.controllerId', devices))
        .getMany();
      const archives = new Map((await reader.find(ReceiptArchive)).map(({ id, name }) => [id, name]));
      const names = new Map<string, string>();
      for (const id of receiptIds) {
        const place = placeOf(id);
        for (const range of ranges)
          if (holds(range, place)) names.set(id, archives.get(range.archiveId) ?? range.archiveId);
      }
      return names;
    });
  }

  async #archivesOf(controllerId: string, receiptIds: ReadonlySet<string>): Promise<ReceiptArchive[]> {
    if (receiptIds.size === 0) return [];
    return this.database.read(async (reader) => {
      const ranges = await reader.findBy(ArchivedRange, { controllerId });
      if (ranges.length === 0) return [];
      const places = [...receiptIds].map(placeOf);
      const wanted = ranges.filter((range) => places.some((place) => holds(range, place)));
      return reader
        .createQueryBuilder(ReceiptArchive, 'archive')
        .where(...among(reader, 'archive.id', [...new Set(wanted.map(({ archiveId }) => archiveId))]))
        .orderBy('archive.id')
        .getMany();
    });
  }
}

const idOf = (controllerId: string, { boot, first }: ReceiptRun, n: number): string =>
  receiptId(controllerId, boot, first + n);

/** Of a file whose hash was compared: that binds every byte of it. */
function* runsIn(file: Uint8Array, controllerId: string): Generator<ReceiptRun> {
  const listed = listEntries(file);
  const name = FILES.receipts(controllerId);
  const entry = listed.ok ? listed.entries.find((each) => each.name === name) : undefined;
  if (!entry) return;
  const at = contentAt(entry);
  for (const line of linesOf(inflated(file.subarray(at, at + entry.packedBytes)))) {
    const run = runOf(line);
    if (run) yield run;
  }
}

function inflated(packed: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  new Inflate((chunk) => chunks.push(chunk)).push(packed, true);
  return chunks;
}
