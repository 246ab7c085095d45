import { toUtf8 } from '../../devices/protocol/index.js';

/**
 * The one spelling of a ZIP archive (PKWARE APPNOTE 6.3) that a pack has: no time, no comment, no extra field, nothing between or
 * behind the entries. Everything but the packed bytes follows from names, sizes and checksums, so whoever has those can write it
 * again and compare: no byte is left that nobody looks at.
 */
export interface Entry {
  readonly name: string;
  /** As it is; else deflated, written while its size is not known yet. */
  readonly stored: boolean;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
}

/** Letters that every system keeps apart from others, and no way out of a folder. */
export const ENTRY_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
export const LONGEST_NAME = 200;
/** Without ZIP64, which few old readers know. */
export const MOST_ENTRIES = 65_534;
export const MOST_BYTES = 0xfffffffe;

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
export const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const VERSION = 20;
const SIZE_BEHIND = 8;
/** 1 January 1980, the first day of ZIP. */
const DAY = 0x21;

/** Numbers of 2 and 4 bytes, little-endian. */
function packed(...fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return out;
}

function joined(head: Uint8Array, name: Uint8Array): Uint8Array {
  const out = new Uint8Array(head.length + name.length);
  out.set(head);
  out.set(name, head.length);
  return out;
}

const flagsOf = ({ stored }: Pick<Entry, 'stored'>): number => (stored ? 0 : SIZE_BEHIND);
const methodOf = ({ stored }: Pick<Entry, 'stored'>): number => (stored ? 0 : 8);

export function localHeader(entry: Entry): Uint8Array {
  const name = toUtf8(entry.name);
  const sizes = entry.stored ? [entry.crc32, entry.packedBytes, entry.bytes] : [0, 0, 0];
  const head = packed([4, LOCAL], [2, VERSION], [2, flagsOf(entry)], [2, methodOf(entry)], [2, 0], [2, DAY]);
  const rest = packed(...sizes.map((size) => [4, size] as const), [2, name.length], [2, 0]);
  return joined(joined(head, rest), name);
}

/** What stands behind the packed bytes: sizes, where the header could not tell them. */
export function descriptor(entry: Entry): Uint8Array {
  if (entry.stored) return new Uint8Array();
  return packed([4, DESCRIPTOR], [4, entry.crc32], [4, entry.packedBytes], [4, entry.bytes]);
}

export function centralHeader(entry: Entry, offset: number): Uint8Array {
  const name = toUtf8(entry.name);
  const head = packed(
    ...([
      [4, CENTRAL],
      [2, VERSION],
      [2, VERSION],
      [2, flagsOf(entry)],
      [2, methodOf(entry)],
    ] as const),
    ...([
      [2, 0],
      [2, DAY],
      [4, entry.crc32],
      [4, entry.packedBytes],
      [4, entry.bytes],
    ] as const),
    ...([
      [2, name.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ] as const),
  );
  return joined(head, name);
}

export function endRecord(count: number, directoryBytes: number, directoryAt: number): Uint8Array {
  return packed([4, END], [2, 0], [2, 0], [2, count], [2, count], [4, directoryBytes], [4, directoryAt], [2, 0]);
}

export interface ListedEntry extends Entry {
  /** Of its local header. */
  readonly offset: number;
}
export type Listed =
  | { readonly ok: true; readonly entries: readonly ListedEntry[]; readonly directoryAt: number }
  | { readonly ok: false; readonly problem: 'notArchive' | 'endAltered' | 'directoryAltered' };

/** What the directory says; whether it is the one spelling is for who writes it again. Never throws. */
export function listEntries(archive: Uint8Array): Listed {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  if (archive.length < END_BYTES || view.getUint32(0, true) !== LOCAL) return { ok: false, problem: 'notArchive' };
  const end = archive.length - END_BYTES;
  const count = view.getUint16(end + 10, true);
  const directoryBytes = view.getUint32(end + 12, true);
  const directoryAt = view.getUint32(end + 16, true);
  if (!isSame(archive, end, endRecord(count, directoryBytes, directoryAt))) return { ok: false, problem: 'endAltered' };
  if (directoryAt + directoryBytes !== end) return { ok: false, problem: 'endAltered' };
  const entries: ListedEntry[] = [];
  let at = directoryAt;
  for (let n = 0; n < count; n++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL)
      return { ok: false, problem: 'directoryAltered' };
    const nameBytes = view.getUint16(at + 28, true);
    if (nameBytes > LONGEST_NAME || at + CENTRAL_BYTES + nameBytes > end)
      return { ok: false, problem: 'directoryAltered' };
    const from = at + CENTRAL_BYTES;
    entries.push({
      name: String.fromCharCode(...archive.subarray(from, from + nameBytes)),
      stored: view.getUint16(at + 10, true) === 0,
      crc32: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = from + nameBytes;
  }
  return at === end ? { ok: true, entries, directoryAt } : { ok: false, problem: 'directoryAltered' };
}

/** Where the packed bytes of an entry begin, if it stands where the directory says. */
export const contentAt = (entry: ListedEntry): number => entry.offset + localHeader(entry).length;

/** Whether these bytes stand there. */
export function isSame(archive: Uint8Array, at: number, expected: Uint8Array): boolean {
  if (at < 0 || at + expected.length > archive.length) return false;
  for (let i = 0; i < expected.length; i++) if (archive[at + i] !== expected[i]) return false;
  return true;
}
