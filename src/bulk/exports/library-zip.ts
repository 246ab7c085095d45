import type { ReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { type ArchivedFile, type ArchivedItem, filesOf, pathOf } from '../../library/index.js';
import { BYTE_ORDER_MARK } from '../../platform/csv/index.js';
import { LIBRARY_ENTRY } from '../engine/file-family.js';
import { type LibraryHeader, writtenLibrary } from '../library-file.js';
import { CONTENTS_HEAD, contentsLine, readMe } from './contents.js';

export interface LibraryZip {
  readonly header: LibraryHeader;
  readonly items: AsyncIterable<ArchivedItem>;
  /** Opens what lies in the store. */
  readonly open: (sha256: string) => Promise<ReadStream>;
  /** Size of what lies in the store; null: it is not there. */
  readonly bytesOf: (sha256: string) => Promise<number | null>;
  readonly signal: AbortSignal;
  /** After each file. */
  readonly packed: (name: string, done: number, all: number) => void;
}

/**
 * An export as a stream: the description first, which tells what the file is, then sound and pictures one after the other.
 * Nothing is in memory as a whole, apart from one line of the table of contents for each item.
 */
export function libraryZip(request: LibraryZip): { readonly stream: Readable; readonly items: () => number } {
  const { header, signal } = request;
  const zip = new ZipFile();
  const out = zip.outputStream as unknown as Readable;
  const fail = (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on('error', fail);
  const aborted = () => fail(signal.reason instanceof Error ? signal.reason : new Error(`aborted: ${signal.reason}`));
  signal.addEventListener('abort', aborted, { once: true });
  const opened = new Set<Readable>();
  out.once('close', () => {
    signal.removeEventListener('abort', aborted);
    // `pipe` leaves its sources open when the sink is gone.
    for (const source of opened) source.destroy();
  });

  const mtime = new Date(header.exportedAtMs);
  const files = new Map<string, ArchivedFile>();
  const contents: string[] = [];
  let items = 0;
  async function* seen(): AsyncGenerator<ArchivedItem> {
    for await (const item of request.items) {
      items += 1;
      contents.push(contentsLine(item, header.includesAudio));
      for (const file of filesOf(item)) files.set(pathOf(file), file);
      yield item;
    }
  }
  const description = Readable.from(asBytes(writtenLibrary(header, seen())), { objectMode: false });
  description.once('error', fail);
  opened.add(description);
  description.once('end', () => {
    const table = Readable.from(asBytes([BYTE_ORDER_MARK, CONTENTS_HEAD, ...contents]), { objectMode: false });
    zip.addReadStream(table, 'muc-luc.csv', { mtime });
    zip.addBuffer(Buffer.from(readMe(header, items)), 'README.txt', { mtime });
    addFiles(zip, request, files, opened, fail, () => out.destroyed).then(() => zip.end(), fail);
  });
  zip.addReadStream(description, LIBRARY_ENTRY, { mtime });
  return { stream: out, items: () => items };
}

async function addFiles(
  zip: ZipFile,
  { header, open, bytesOf, packed }: LibraryZip,
  files: ReadonlyMap<string, ArchivedFile>,
  opened: Set<Readable>,
  fail: (error: unknown) => void,
  isOver: () => boolean,
): Promise<void> {
  const mtime = new Date(header.exportedAtMs);
  let done = 0;
  for (const [path, { sha256 }] of files) {
    const size = await bytesOf(sha256);
    if (size === null) continue;
    // Sound and pictures are as small as they get. Each is opened when its turn comes.
    zip.addReadStreamLazy(path, { mtime, size, compress: false }, (take) => {
      open(sha256).then((stream) => {
        // `pipe` carries no errors.
        opened.add(stream);
        stream.once('error', fail);
        stream.once('close', () => opened.delete(stream));
        stream.once('end', () => packed(path, ++done, files.size));
        if (isOver()) stream.destroy();
        take(null, stream);
      }, fail);
    });
  }
}

async function* asBytes(texts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield Buffer.from(text);
}
