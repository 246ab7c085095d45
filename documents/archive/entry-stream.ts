import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import type { ArchiveLimits } from '../limits.js';
import { ArchiveEntryProblem, DocumentProblem } from '../problem.js';

/** Inflated bytes of all entries so far. */
export interface Inflated {
  bytes: number;
}

/** Office files are ZIP archives themselves, and are read as documents. */
const ZIP_INSIDE = /\.(?:docx|docm|dotx|xlsx|xlsm|pptx|od[tsp])$/i;
const ARCHIVE_NAME = /\.(?:zip|zipx|jar|apk|rar|7z|tar|tgz|gz|bz2|xz|zst|lzh|cab|iso)$/i;

export const isArchiveName = (name: string): boolean => ARCHIVE_NAME.test(name);

/**
 * The bytes of one entry. Sizes in the headers are not believed: every byte is counted as it comes out, and the checksum is compared
 * at the end. What concerns this entry alone is an `ArchiveEntryProblem`, a bomb a `DocumentProblem`.
 */
export async function* entryBytes(
  archive: ZipFile,
  entry: Entry,
  name: string,
  limits: ArchiveLimits,
  inflated: Inflated,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = await archive.openReadStreamPromise(entry).catch((error: unknown) => {
    throw new ArchiveEntryProblem('archive.entryDamaged', messageOf(error), { cause: error });
  });
  let bytes = 0;
  let checksum = 0;
  try {
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (;;) {
      signal?.throwIfAborted();
      const chunk = await chunks.next().catch((error: unknown) => {
        throw new ArchiveEntryProblem('archive.entryDamaged', messageOf(error), { cause: error });
      });
      if (chunk.done) break;
      if (bytes === 0 && startsArchive(chunk.value) && !ZIP_INSIDE.test(name)) {
        throw new ArchiveEntryProblem('archive.nested', 'an archive under another name');
      }
      bytes += chunk.value.length;
      inflated.bytes += chunk.value.length;
      checkSizes(bytes, inflated.bytes, entry, limits);
      checksum = crc32(chunk.value, checksum);
      yield chunk.value;
    }
  } finally {
    stream.destroy();
  }
  if (bytes !== entry.uncompressedSize || checksum !== entry.crc32) {
    throw new ArchiveEntryProblem('archive.entryDamaged', 'size or checksum differ from what the archive says');
  }
}

function checkSizes(bytes: number, total: number, entry: Entry, limits: ArchiveLimits): void {
  if (total > limits.maxTotalBytes) {
    throw new DocumentProblem('archive.bomb', `over ${limits.maxTotalBytes} bytes inflated`);
  }
  if (bytes > limits.ratioFromBytes && bytes > entry.compressedSize * limits.maxRatio) {
    throw new DocumentProblem('archive.bomb', `over ${limits.maxRatio} to 1`);
  }
  if (bytes > limits.maxEntryBytes)
    throw new ArchiveEntryProblem('archive.tooLarge', `over ${limits.maxEntryBytes} bytes`);
  if (bytes > entry.uncompressedSize) {
    throw new ArchiveEntryProblem('archive.entryDamaged', 'longer than the archive says');
  }
}

const startsArchive = (chunk: Buffer): boolean =>
  ['PK\x03\x04', 'Rar!', '7z\xbc\xaf', '\x1f\x8b\x08'].some(
    (mark) => chunk.subarray(0, mark.length).toString('latin1') === mark,
  );

const messageOf = (error: unknown): string => (error as { message?: string }).message ?? String(error);
