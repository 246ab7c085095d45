import { open } from 'node:fs/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from '../limits.js';
import { ArchiveEntryProblem, type ArchiveProblemCode, DocumentProblem } from '../problem.js';
import { cleanEntryName, decodeEntryName, isRubbish, showableName } from './entry-name.js';
import { entryBytes, type Inflated, isArchiveName } from './entry-stream.js';

export interface ArchiveEntry {
  /** Relative, with `/`, of plain segments in NFC. */
  readonly name: string;
  /** As the archive says; the stream is counted and ends with a problem when it is not true. */
  readonly bytes: number;
  /** Once, and only until `onEntry` has returned. */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface RefusedEntry {
  readonly name: string;
  readonly code: ArchiveProblemCode;
}

export interface ReadArchiveRequest {
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<ArchiveLimits>;
  /** One at a time, in the order of the archive's directory. An error thrown here ends the reading and is thrown on. */
  onEntry(entry: ArchiveEntry): Promise<void>;
  onRefused(refused: RefusedEntry): Promise<void> | void;
}

/**
 * Looks into a ZIP archive without unpacking it anywhere. Throws `DocumentProblem` when the archive as a whole cannot be trusted; a
 * bad entry is reported and the rest goes on, even when its bytes turn out bad while `onEntry` reads them.
 */
export async function readArchive(request: ReadArchiveRequest): Promise<void> {
  const { path, signal, onEntry, onRefused } = request;
  signal?.throwIfAborted();
  const limits = { ...DEFAULT_ARCHIVE_LIMITS, ...request.limits };
  const archive = await openArchive(path);
  try {
    const files = await listFiles(archive, limits);
    if (files.length > 0 && files.every((entry) => entry.isEncrypted())) {
      throw new DocumentProblem('archive.encrypted', 'every entry is encrypted');
    }
    const seen = new Set<string>();
    const inflated: Inflated = { bytes: 0 };
    for (const entry of files) {
      signal?.throwIfAborted();
      let name: string;
      try {
        name = acceptEntry(entry, limits, seen);
      } catch (error) {
        if (!(error instanceof ArchiveEntryProblem)) throw error;
        await onRefused({ name: showableName(entry.fileNameRaw), code: error.code });
        continue;
      }
      const problem = await handOver(archive, entry, name, limits, inflated, signal, onEntry);
      if (problem !== null) await onRefused({ name, code: problem.code });
    }
  } finally {
    archive.close();
  }
}

async function openArchive(path: string): Promise<ZipFile> {
  const file = await open(path, 'r');
  const head = Buffer.alloc(2);
  try {
    await file.read(head, 0, 2, 0);
  } finally {
    await file.close();
  }
  if (head.toString('latin1') !== 'PK') throw new DocumentProblem('archive.notArchive', 'does not begin like a ZIP');
  try {
    // Names are checked here, sizes while inflating: left to yauzl, one bad entry would end the whole archive.
    return await openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: false });
  } catch (error) {
    throw new DocumentProblem('archive.damaged', (error as Error).message, { cause: error });
  }
}

/** The directory of the archive: bounded, without overlaps, without folders and rubbish. */
async function listFiles(archive: ZipFile, limits: ArchiveLimits): Promise<readonly Entry[]> {
  const tooMany = () => new DocumentProblem('archive.tooManyEntries', `over ${limits.maxEntries} entries`);
  if (archive.entryCount > limits.maxEntries) throw tooMany();
  const entries: Entry[] = [];
  try {
    for await (const entry of archive.eachEntry()) {
      entries.push(entry);
      if (entries.length > limits.maxEntries) break;
    }
  } catch (error) {
    throw new DocumentProblem('archive.damaged', (error as Error).message, { cause: error });
  }
  if (entries.length > limits.maxEntries) throw tooMany();
  refuseOverlaps(entries);
  return entries.filter(({ fileNameRaw }) => {
    const name = fileNameRaw.toString('latin1').replaceAll('\\', '/');
    return !name.endsWith('/') && !isRubbish(name);
  });
}

/** Entries that share their bytes let a small archive inflate without end, at any ratio. */
function refuseOverlaps(entries: readonly Entry[]): void {
  const ranges = entries
    .map((entry) => {
      const from = entry.relativeOffsetOfLocalHeader;
      return { from, to: from + 30 + entry.fileNameRaw.length + entry.compressedSize };
    })
    .sort((a, b) => a.from - b.from);
  for (const [index, { from }] of ranges.entries()) {
    if (from < (ranges[index - 1]?.to ?? 0)) throw new DocumentProblem('archive.bomb', 'entries overlap');
  }
}

const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;

function acceptEntry(entry: Entry, limits: ArchiveLimits, seen: Set<string>): string {
  const name = cleanEntryName(decodeEntryName(entry.fileNameRaw, entry.extraFields));
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  if (type !== 0 && type !== REGULAR) throw new ArchiveEntryProblem('archive.link', `file type ${type.toString(8)}`);
  if (seen.has(name)) throw new ArchiveEntryProblem('archive.duplicate', 'the name is there twice');
  seen.add(name);
  if (isArchiveName(name)) throw new ArchiveEntryProblem('archive.nested', 'an archive inside the archive');
  if (entry.isEncrypted()) throw new ArchiveEntryProblem('archive.encryptedEntry', 'encrypted');
  if (!entry.canDecodeFileData()) {
    throw new ArchiveEntryProblem('archive.methodUnsupported', `compression method ${entry.compressionMethod}`);
  }
  if (entry.uncompressedSize > limits.maxEntryBytes) {
    throw new ArchiveEntryProblem('archive.tooLarge', `${entry.uncompressedSize} bytes`);
  }
  return name;
}

/** Returns what was wrong with the entry itself, also when `onEntry` kept it to itself; a bomb is thrown in either case. */
async function handOver(
  archive: ZipFile,
  entry: Entry,
  name: string,
  limits: ArchiveLimits,
  inflated: Inflated,
  signal: AbortSignal | undefined,
  onEntry: (entry: ArchiveEntry) => Promise<void>,
): Promise<ArchiveEntryProblem | null> {
  let opened: AsyncGenerator<Uint8Array> | undefined;
  let problem: unknown;
  async function* watched(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes;
    } catch (error) {
      problem = error;
      throw error;
    }
  }
  const own = () => problem instanceof ArchiveEntryProblem || problem instanceof DocumentProblem;
  try {
    await onEntry({
      name,
      bytes: entry.uncompressedSize,
      async open() {
        if (opened !== undefined) throw new Error(`${name} was opened before`);
        opened = watched(entryBytes(archive, entry, name, limits, inflated, signal));
        return opened;
      },
    });
  } catch (error) {
    // Whatever the caller made of our problem, ours is the one that counts.
    if (!own()) throw error;
  } finally {
    await opened?.return(undefined);
  }
  if (problem instanceof ArchiveEntryProblem) return problem;
  if (problem !== undefined) throw problem;
  return null;
}
