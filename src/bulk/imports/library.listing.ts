import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ArchiveEntry, readArchive } from '../../../documents/index.js';
import { type ArchivedItem, contentOfArchived, filesOf, pathOf } from '../../library/index.js';
import { LIBRARY_ENTRY } from '../engine/file-family.js';
import { showableName } from '../engine/file-name.js';
import { MOST_IMPORT_BYTES, MOST_LIBRARY_ITEMS } from '../engine/limits.js';
import { isItem, LibraryFileUnreadable, readLibrary } from '../library-file.js';
import { hashed, LIBRARY_LIMITS, type Listed, ListingRefused } from './listed.js';

interface Wanted {
  readonly listed: Listed;
  /** Paths of the files that belong to it. */
  readonly files: readonly string[];
}

/** What an export holds: one line for each item, and whether the files that it needs are there and whole. */
@Injectable()
export class LibraryListing {
  /** @throws ListingRefused, DocumentProblem */
  async list(path: string, signal: AbortSignal): Promise<Listed[]> {
    const wanted: Wanted[] = [];
    /** Whether the bytes of a file are those that its name says. */
    const whole = new Map<string, boolean>();
    await readArchive({
      path,
      signal,
      limits: { ...LIBRARY_LIMITS, maxTotalBytes: MOST_IMPORT_BYTES },
      onEntry: async (entry) => {
        if (entry.name === LIBRARY_ENTRY) await readItems(entry, wanted);
        else whole.set(entry.name, (await hashed(entry)).sha256 === hashInName(entry.name));
      },
      onRefused: ({ name }) => {
        if (name === LIBRARY_ENTRY) throw new ListingRefused('bulk.libraryUnreadable');
        whole.set(name, false);
      },
    });
    return wanted.map(({ listed, files }) => ({ ...listed, code: listed.code ?? faultIn(files, whole) }));
  }
}

async function readItems(entry: ArchiveEntry, wanted: Wanted[]): Promise<void> {
  try {
    for await (const read of readLibrary(await entry.open())) {
      if (!isItem(read)) continue;
      if (read.place >= MOST_LIBRARY_ITEMS) throw new ListingRefused('bulk.tooManyItems');
      const { place, item, bytes } = read;
      wanted.push({
        listed: {
          kind: 'item',
          name: showableName(item?.versions.at(-1)?.metadata.title ?? `#${place + 1}`),
          bytes,
          sha256: item && identityOf(item),
          code: item ? null : 'bulk.itemUnreadable',
          place,
          groupRef: item?.groupId ?? null,
        },
        files: item ? [...new Set(filesOf(item).map(pathOf))] : [],
      });
    }
  } catch (error) {
    throw error instanceof LibraryFileUnreadable ? new ListingRefused('bulk.libraryUnreadable') : error;
  }
}

function faultIn(files: readonly string[], whole: ReadonlyMap<string, boolean>): string | null {
  if (files.some((file) => whole.get(file) === false)) return 'bulk.hashMismatch';
  return files.some((file) => !whole.has(file)) ? 'bulk.fileMissing' : null;
}

export const identityOf = (item: ArchivedItem): string =>
  createHash('sha256').update(contentOfArchived(item), 'utf8').digest('hex');

export const hashInName = (name: string): string | null =>
  /^(?:audio|uploads|media)\/([0-9a-f]{64})(?:\.ogg|\.mp3)?$/.exec(name)?.[1] ?? null;
