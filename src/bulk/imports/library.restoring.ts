import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { readArchive } from '../../../documents/index.js';
import { type Area, AreaService, covers } from '../../areas/index.js';
import { type ArchivedItem, filesOf, LibraryArchive, pathOf } from '../../library/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { LIBRARY_ENTRY } from '../engine/file-family.js';
import { isItem, type LibraryHeader, readLibrary } from '../library-file.js';
import type { LineNote } from '../words.js';
import { type BulkImport, type DecisionElsewhere, ImportLine, ItemOrigin } from './import.entity.js';
import { ImportLedger } from './import.ledger.js';
import { hashInName } from './library.listing.js';
import { LIBRARY_LIMITS } from './listed.js';
import { picturesAreClean } from './picture.check.js';

export interface Restoring {
  readonly actor: Actor;
  readonly into: Pick<BulkImport, 'id' | 'areaId' | 'areaPath'>;
  /** Line of the archive. */
  readonly archive: ImportLine;
  /** Lines of items that wait, by their place in the export. */
  readonly waiting: ReadonlyMap<number, ImportLine>;
  readonly path: string;
  readonly signal: AbortSignal;
  /** After each line. */
  readonly settled: (line: ImportLine) => void;
}

interface Found {
  readonly header: LibraryHeader;
  readonly line: ImportLine;
  readonly item: ArchivedItem;
}

const VIETNAM_DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' });

/** Makes the items of an export again: first their files into the store, then one commit for each item. */
@Injectable()
export class LibraryRestoring {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly areas: AreaService,
    private readonly archive: LibraryArchive,
    private readonly ledger: ImportLedger,
  ) {}

  async restore(work: Restoring): Promise<void> {
    const needed = new Set<string>();
    await this.#eachWaiting(work, async ({ item }) => {
      for (const file of filesOf(item)) needed.add(pathOf(file));
    });
    const kept = await this.#keepFiles(work, needed);
    await this.#eachWaiting(work, async (found) => {
      await this.#restoreOne(work, found, kept);
      work.settled(found.line);
    });
  }

  async #eachWaiting({ path, signal, waiting }: Restoring, work: (found: Found) => Promise<void>): Promise<void> {
    await readArchive({
      path,
      signal,
      limits: LIBRARY_LIMITS,
      onEntry: async (entry) => {
        if (entry.name !== LIBRARY_ENTRY) return;
        let header: LibraryHeader | null = null;
        for await (const read of readLibrary(await entry.open())) {
          signal.throwIfAborted();
          if (!isItem(read)) header = read;
          else {
            const line = waiting.get(read.place);
            if (line && header && read.item) await work({ header, line, item: read.item });
          }
        }
      },
      onRefused: () => {},
    });
  }

  /** @returns hashes of those that are in the store now */
  async #keepFiles({ path, signal }: Restoring, needed: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const kept = new Set<string>();
    await readArchive({
      path,
      signal,
      limits: LIBRARY_LIMITS,
      onEntry: async (entry) => {
        const sha256 = hashInName(entry.name);
        if (sha256 === null || !needed.has(entry.name)) return;
        if (!(await this.store.has(sha256))) await this.store.put(await entry.open());
        // What else it may have been was told when the archive was listed.
        if (await this.store.has(sha256)) kept.add(sha256);
      },
      onRefused: () => {},
    });
    return kept;
  }

  async #restoreOne({ actor, into, archive }: Restoring, found: Found, kept: ReadonlySet<string>): Promise<void> {
    const { line, item, header } = found;
    const { area, home, here, group } = await this.database.read(async (reader) => {
      const target = await this.#areaOf(reader, actor, into, item);
      const here = await this.#here(reader, target.area, item);
      return { ...target, here, group: await this.#groupOf(reader, target.area, archive, item) };
    });
    if (here !== null) return this.ledger.duplicate(line, here);
    if (!(await picturesAreClean(this.store, item))) return this.ledger.refuse(line, 'library.archiveWrong');
    await this.ledger.settle(line, area, async (tx) => {
      const has = (sha256: string) => kept.has(sha256);
      const made = await this.archive.restore(tx, actor, area, item, { group, has });
      await this.#rememberOrigin(tx, made.id, into.id, header, item);
      return {
        itemId: made.id,
        notes: notesOf(item, header, { home, alone: group !== null && made.groupId !== group }),
      };
    });
  }

  /** The area of the same code, within that of the import; else that of the import. */
  async #areaOf(
    reader: EntityManager,
    actor: Actor,
    { areaId, areaPath }: Restoring['into'],
    { areaCode }: ArchivedItem,
  ): Promise<{ readonly area: Pick<Area, 'id' | 'path'>; readonly home: boolean }> {
    const found = areaCode === '' ? null : await this.areas.byCode(reader, areaCode);
    const home = found !== null && covers(areaPath, found.path) && actor.may('library.write', found.path);
    return home ? { area: found, home } : { area: { id: areaId, path: areaPath }, home };
  }

  /** The item itself, or the one that it was made from, if it never left the area. */
  async #here(reader: EntityManager, area: Pick<Area, 'id'>, { id, origin }: ArchivedItem): Promise<string | null> {
    for (const known of origin === null ? [id] : [id, origin.itemId])
      if ((await this.archive.placeOf(reader, known))?.areaId === area.id) return known;
    return null;
  }

  /** The group of a language version that has come already, now or in an earlier import. */
  async #groupOf(
    reader: EntityManager,
    { id: areaId }: Pick<Area, 'id'>,
    { id: parentId }: ImportLine,
    { groupId }: ArchivedItem,
  ): Promise<string | null> {
    const siblings = await reader.findBy(ImportLine, { parentId, groupRef: groupId, sha256: Not(IsNull()) });
    for (const { itemId, sha256 } of siblings) {
      const known = itemId ?? (await this.ledger.known(reader, areaId, sha256 ?? ''))?.itemId;
      const place = known === undefined ? null : await this.archive.placeOf(reader, known);
      if (place !== null) return place.groupId;
    }
    return null;
  }

  async #rememberOrigin(
    tx: WriteTransaction,
    itemId: string,
    importId: string,
    { installation, exportedAtMs }: LibraryHeader,
    item: ArchivedItem,
  ): Promise<void> {
    await tx.manager.save(ItemOrigin, {
      itemId,
      importId,
      installation,
      originItemId: item.id,
      areaCode: item.areaCode,
      exportedAtMs,
      decisions: [...(item.origin?.decisions ?? []), ...decisionsOn(item)],
    });
  }
}

const decisionsOn = ({ versions }: ArchivedItem): DecisionElsewhere[] =>
  versions.flatMap(({ n, status, approverName, onBehalfOf, decidedAtMs }) =>
    decidedAtMs === null ? [] : [{ version: n, status, approverName, onBehalfOf, decidedAtMs }],
  );

function notesOf(
  item: ArchivedItem,
  { area }: LibraryHeader,
  { home, alone }: { readonly home: boolean; readonly alone: boolean },
): LineNote[] {
  const notes: LineNote[] = [];
  const approved = item.versions.find(({ n }) => n === item.approvedVersion);
  if (approved) {
    const day = approved.decidedAtMs === null ? '' : `, ${VIETNAM_DAY.format(approved.decidedAtMs)}`;
    notes.push({ code: 'approvedElsewhere', detail: `${approved.approverName ?? area.name}${day}` });
  }
  if (!home) notes.push({ code: 'areaUnknown', detail: item.areaName || item.areaCode });
  if (item.planLineId !== null) notes.push({ code: 'planLineDropped' });
  const newest = item.versions.at(-1);
  if (item.kind === 'recording' && newest && !newest.audio && !newest.upload) notes.push({ code: 'soundNotIncluded' });
  if (item.versions.length > 1) notes.push({ code: 'olderStatusesDropped' });
  if (alone) notes.push({ code: 'groupTaken' });
  return notes;
}
