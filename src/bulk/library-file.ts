import { z } from 'zod';
import { type ArchivedItem, archivedItem } from '../library/index.js';

export const LIBRARY_FORMAT = 'vang-library';
export const LIBRARY_VERSION = 1;

/** What stands before the items. */
export const libraryHeader = z.object({
  format: z.literal(LIBRARY_FORMAT),
  version: z.literal(LIBRARY_VERSION),
  /** Fingerprint of the key of the installation that wrote it. */
  installation: z.string().max(200),
  /** Written by a demonstration. */
  demo: z.boolean(),
  exportedAtMs: z.int().min(0),
  area: z.object({ code: z.string().max(100), name: z.string().max(500) }),
  includesAudio: z.boolean(),
});
export type LibraryHeader = z.infer<typeof libraryHeader>;

/** The whole of `vang-library.json`. Its JSON Schema is `z.toJSONSchema(libraryFile)`. */
export const libraryFile = libraryHeader.extend({ items: z.array(archivedItem) });

const OPENING = ',"items":[';
const CLOSING = ']}';

/** Valid JSON with one item a line, so that it is written and read without ever being in memory as a whole. */
export async function* writtenLibrary(
  header: LibraryHeader,
  items: AsyncIterable<ArchivedItem>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(libraryHeader.parse(header)).slice(0, -1)}${OPENING}\n`;
  let before = '';
  for await (const item of items) {
    yield `${before}${JSON.stringify(item)}`;
    before = ',\n';
  }
  yield `\n${CLOSING}\n`;
}

/** Not `vang-library.json` as we write it. */
export class LibraryFileUnreadable extends Error {}

export interface ReadItem {
  /** From 0. */
  readonly place: number;
  /** Null: not what an item looks like. */
  readonly item: ArchivedItem | null;
  readonly bytes: number;
}

/** An item with hundreds of long versions stays below it. */
const LONGEST_LINE_BYTES = 32_000_000;

/** @throws LibraryFileUnreadable */
export async function* readLibrary(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<LibraryHeader | ReadItem, void, undefined> {
  let place = -1;
  let closed = false;
  for await (const line of linesOf(bytes)) {
    if (closed) throw new LibraryFileUnreadable('something follows the end');
    if (place < 0) yield headerOf(line);
    else if (line === CLOSING) closed = true;
    else if (line !== '')
      yield { place, item: itemOf(line.endsWith(',') ? line.slice(0, -1) : line), bytes: Buffer.byteLength(line) };
    if (place < 0 || line !== '') place += 1;
  }
  if (!closed) throw new LibraryFileUnreadable('the end is missing');
}

export const isItem = (read: LibraryHeader | ReadItem): read is ReadItem => 'place' in read;

function headerOf(line: string): LibraryHeader {
  if (!line.endsWith(OPENING)) throw new LibraryFileUnreadable('no header');
  const parsed = libraryHeader.safeParse(parsedJson(`${line.slice(0, -OPENING.length)}}`));
  if (!parsed.success) throw new LibraryFileUnreadable('another format or version');
  return parsed.data;
}

const itemOf = (line: string): ArchivedItem | null => archivedItem.safeParse(parsedJson(line)).data ?? null;

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield textOf([...pieces, chunk.subarray(from, end)]);
      pieces = [];
      length = 0;
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    length += rest.byteLength;
    if (length > LONGEST_LINE_BYTES) throw new LibraryFileUnreadable('a line is too long');
    if (rest.byteLength > 0) pieces.push(rest);
  }
  if (length > 0) yield textOf(pieces);
}

function textOf(pieces: readonly Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)).replace(/\r$/, '');
  } catch {
    throw new LibraryFileUnreadable('not UTF-8');
  }
}
