import { Injectable } from '@nestjs/common';
import { type ArchiveEntry, DocumentProblem, type RefusedEntry, readArchive } from '../../../documents/index.js';
import { Database, newId } from '../../platform/database/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { LIBRARY_ENTRY } from '../engine/file-family.js';
import { showableName } from '../engine/file-name.js';
import { MOST_IMPORT_BYTES, MOST_LIBRARY_ITEMS, MOST_LINES } from '../engine/limits.js';
import { BulkImport, ImportLine } from './import.entity.js';
import { ImportLedger } from './import.ledger.js';
import { LibraryListing } from './library.listing.js';
import { hashed, LIBRARY_LIMITS, type Listed, ListingRefused } from './listed.js';

const LINES_AT_ONCE = 200;

/**
 * Reads an archive from end to end before anything in it is taken: a bomb, or one that promises too much, is refused as a
 * whole. One commit makes the lines of everything in it.
 */
@Injectable()
export class ArchiveListing {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly ledger: ImportLedger,
    private readonly library: LibraryListing,
  ) {}

  /** @returns what kind of archive it is; null: it was refused */
  async list(line: ImportLine, signal: AbortSignal): Promise<'archive' | 'library' | null> {
    if (line.sha256 === null || !(await this.store.has(line.sha256))) return this.#refuse(line, 'bulk.fileLost');
    const path = this.store.path(line.sha256);
    try {
      const kind = (await holdsLibrary(path, signal)) ? 'library' : 'archive';
      const listed = kind === 'library' ? await this.library.list(path, signal) : await filesIn(path, signal);
      if (listed.length === 0) return this.#refuse(line, 'document.empty');
      const refusal = await this.#commit(line, kind, listed);
      return refusal === null ? kind : this.#refuse(line, refusal);
    } catch (error) {
      if (!(error instanceof DocumentProblem) && !(error instanceof ListingRefused)) throw error;
      return this.#refuse(line, error.code);
    }
  }

  async #refuse(line: ImportLine, code: string): Promise<null> {
    await this.ledger.refuse(line, code);
    return null;
  }

  /** @returns why there is no room for it; null: there was */
  #commit(line: ImportLine, kind: 'archive' | 'library', listed: readonly Listed[]): Promise<string | null> {
    const { id: parentId, importId } = line;
    const grown = Math.max(0, listed.reduce((sum, { bytes }) => sum + bytes, 0) - line.bytes);
    return this.database.write(async ({ manager }) => {
      const found = await manager.findOneByOrFail(BulkImport, { id: importId });
      if (kind === 'archive' && found.lineCount + listed.length > MOST_LINES) return 'bulk.tooManyLines';
      if (kind === 'library' && listed.length > MOST_LIBRARY_ITEMS) return 'bulk.tooManyItems';
      if (found.bytes + grown > MOST_IMPORT_BYTES) return 'bulk.tooLarge';
      const { affected } = await manager.update(ImportLine, { id: parentId, listed: false }, { listed: true, kind });
      if (!affected) return null;
      // An export has a limit of its own.
      const lines = kind === 'archive' ? listed.length : 0;
      const more = { lineCount: () => `line_count + ${lines}`, bytes: () => `bytes + ${grown}` };
      await manager.update(BulkImport, { id: importId }, more);
      const rows = listed.map(({ code, ...each }) => ({
        ...each,
        id: newId(),
        importId,
        parentId,
        state: code === null ? ('waiting' as const) : ('refused' as const),
        code,
        itemId: null,
        notes: [],
        excerpt: null,
        listed: false,
      }));
      for (let from = 0; from < rows.length; from += LINES_AT_ONCE)
        await manager.insert(ImportLine, rows.slice(from, from + LINES_AT_ONCE));
      return null;
    });
  }
}

/** Looks at names only; nothing is unpacked. */
async function holdsLibrary(path: string, signal: AbortSignal): Promise<boolean> {
  let found = false;
  const onEntry = async ({ name }: ArchiveEntry) => {
    found ||= name === LIBRARY_ENTRY;
  };
  await readArchive({ path, signal, limits: LIBRARY_LIMITS, onEntry, onRefused: () => {} });
  return found;
}

async function filesIn(path: string, signal: AbortSignal): Promise<Listed[]> {
  const listed: Listed[] = [];
  const none = { kind: 'entry', place: 0, groupRef: null } as const;
  await readArchive({
    path,
    signal,
    limits: { maxEntries: MOST_LINES, maxTotalBytes: MOST_IMPORT_BYTES },
    onEntry: async (entry) => {
      const { sha256, bytes } = await hashed(entry);
      listed.push({ ...none, name: entry.name, bytes, sha256, code: null });
    },
    onRefused: ({ name, code }: RefusedEntry) => {
      listed.push({ ...none, name: showableName(name), bytes: 0, sha256: null, code });
    },
  });
  return listed;
}
