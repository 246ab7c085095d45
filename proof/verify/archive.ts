import { Inflate } from 'fflate';
import { fromBase64Url, fromUtf8, toHex } from '../../devices/protocol/index.js';
import { crc32 } from '../pack/crc32.js';
import { MANIFEST, type Manifest, type PackedFile, readManifest, SIGNATURE, VERSION } from '../pack/manifest.js';
import { directoryOf, storedEntry } from '../pack/writer.js';
import { contentAt, descriptor, type Entry, isSame, type ListedEntry, listEntries, localHeader } from '../pack/zip.js';
import type { Engine, Report } from './verdict.js';

/** Sum of what the files of a pack unpack to; beyond that nobody made it in good faith. */
const MOST_UNPACKED = 8 * 1024 ** 3;
/** Deflated bytes that are unpacked together: at most a thousand times as many come out before anybody looks. */
const PIECE = 16_384;

/** What a manifest says of the file itself, whatever is in it. */
export interface Bound {
  readonly demo: boolean;
  readonly files: readonly PackedFile[];
}
type ReadText<Said> = (text: string) =>
  | { readonly ok: true; readonly manifest: Said }
  /** `version`: it is of another format. */
  | { readonly ok: false; readonly version?: number };

/** A pack whose bytes are bound to its manifest, one by one. Whose manifest it is, the keys say. */
export interface OpenedPack<Said extends Bound = Manifest> {
  readonly manifest: Said;
  readonly manifestSha256: string;
  readonly signature: Uint8Array;
  has(name: string): boolean;
  /** Pieces of a file's content; throws if there is no such file. */
  pieces(name: string): Generator<Uint8Array>;
  /** The whole of a file. @throws RangeError for one that is larger than `most` */
  bytes(name: string, most?: number): Uint8Array;
}

export type Progress = (done: number) => Promise<void> | void;

interface Opened<Said extends Bound> {
  /** Null: altered, and the report says where. */
  readonly pack: OpenedPack<Said> | null;
  readonly manifest: Said | null;
}

export const openPack = (archive: Uint8Array, engine: Engine, report: Report, progress: Progress) =>
  openBound<Manifest>(archive, engine, report, progress, readManifest);

/** The text of the manifest, wherever it comes from; null: there is none. */
export function manifestText(archive: Uint8Array): string | null {
  const listed = listEntries(archive);
  const entry = listed.ok ? listed.entries.at(-2) : undefined;
  const bytes = entry?.name === MANIFEST ? stored(archive, entry) : null;
  try {
    return bytes && fromUtf8(bytes);
  } catch {
    return null;
  }
}

export async function openBound<Said extends Bound>(
  archive: Uint8Array,
  engine: Engine,
  report: Report,
  progress: Progress,
  readText: ReadText<Said>,
): Promise<Opened<Said>> {
  const nothing = { pack: null, manifest: null };
  report.begin('archive');
  const listed = listEntries(archive);
  if (!listed.ok) {
    report.find('archive', listed.problem, { about: '' });
    return nothing;
  }
  const [manifestEntry, signatureEntry] = listed.entries.slice(-2);
  if (manifestEntry?.name !== MANIFEST || signatureEntry?.name !== SIGNATURE) {
    report.find('archive', 'manifestMissing');
    return nothing;
  }
  const text = stored(archive, manifestEntry);
  const letters = stored(archive, signatureEntry);
  const read = text && manifestOf(text, readText);
  if (!text || !letters || !read?.ok) {
    if (read && !read.ok && read.version !== undefined)
      report.find('archive', 'formatOther', { found: read.version, own: VERSION });
    else report.find('archive', 'manifestUnreadable');
    return nothing;
  }
  const { manifest } = read;
  const signature = signatureOf(letters);
  if (!signature) {
    report.find('archive', 'manifestUnsigned');
    return { pack: null, manifest };
  }
  const twice = doubleName(manifest);
  if (twice !== null) {
    report.find('archive', 'fileTwice', { file: twice });
    return { pack: null, manifest };
  }
  const entries = [...manifest.files.map(entryOf), storedEntry(MANIFEST, text), storedEntry(SIGNATURE, letters)];
  const places = placesOf(entries);
  if (!isWritten(archive, entries, places, listed, report)) return { pack: null, manifest };
  if (unpackedBytes(manifest) > MOST_UNPACKED) {
    report.find('archive', 'tooLarge');
    return { pack: null, manifest };
  }
  let done = 0;
  for (const [n, file] of manifest.files.entries()) {
    const at = places[n] as Place;
    await checkFile(
      archive.subarray(at.content, at.content + file.packed.bytes),
      file,
      engine,
      report,
      async (bytes) => {
        done += bytes;
        await progress(done / archive.length);
      },
    );
    report.looked('archive');
  }
  if (!report.clean) return { pack: null, manifest };
  const hash = toHex(engine.sha256(text));
  return { pack: packOf(archive, manifest, hash, signature, places), manifest };
}

interface Place {
  readonly offset: number;
  readonly content: number;
}

const entryOf = ({ name, bytes, crc32, packed }: PackedFile): Entry => ({
  ...{ name, stored: false, crc32, bytes },
  packedBytes: packed.bytes,
});

/** The content of an entry that is not packed, if it stands where the directory says. */
function stored(archive: Uint8Array, entry: ListedEntry): Uint8Array | null {
  const from = contentAt(entry);
  if (!entry.stored || from + entry.packedBytes > archive.length) return null;
  return archive.subarray(from, from + entry.packedBytes);
}

function manifestOf<Said>(bytes: Uint8Array, readText: ReadText<Said>): ReturnType<ReadText<Said>> {
  try {
    return readText(fromUtf8(bytes));
  } catch {
    return { ok: false };
  }
}

function signatureOf(letters: Uint8Array): Uint8Array | null {
  try {
    const signature = fromBase64Url(fromUtf8(letters));
    return signature.length === 64 ? signature : null;
  } catch {
    return null;
  }
}

/** Where each entry stands in the one spelling of the archive. */
function placesOf(entries: readonly Entry[]): Place[] {
  let offset = 0;
  return entries.map((entry) => {
    const place = { offset, content: offset + localHeader(entry).length };
    offset = place.content + entry.packedBytes + descriptor(entry).length;
    return place;
  });
}

/** Everything but the packed bytes, written again and compared. */
function isWritten(
  archive: Uint8Array,
  entries: readonly Entry[],
  places: readonly Place[],
  listed: { readonly entries: readonly ListedEntry[]; readonly directoryAt: number },
  report: Report,
): boolean {
  const there = listed.entries.map(({ name }) => name);
  const said = entries.map(({ name }) => name);
  const missing = said.filter((name) => !there.includes(name));
  const extra = there.filter((name) => !said.includes(name));
  for (const file of missing) report.find('archive', 'fileMissing', { file });
  for (const file of extra) report.find('archive', 'fileExtra', { file });
  if (missing.length + extra.length > 0) return false;
  const moved = there.find((name, n) => name !== said[n]);
  if (moved !== undefined || there.length !== said.length) {
    report.find('archive', 'fileOrder', { file: moved ?? there.at(-1) ?? '' });
    return false;
  }
  entries.forEach((entry, n) => {
    const { offset, content } = places[n] as Place;
    const same =
      isSame(archive, offset, localHeader(entry)) && isSame(archive, content + entry.packedBytes, descriptor(entry));
    if (!same) report.find('archive', 'headerAltered', { file: entry.name });
  });
  let at = places.at(-1)?.content ?? 0;
  at += entries.at(-1)?.packedBytes ?? 0;
  let n = 0;
  for (const piece of directoryOf(
    entries.map((entry, index) => ({ entry, offset: places[index]?.offset ?? 0 })),
    at,
  )) {
    const name = entries[n++]?.name;
    if (!isSame(archive, at, piece))
      report.find('archive', name ? 'directoryAltered' : 'endAltered', { about: name ? ` (${name})` : '' });
    at += piece.length;
  }
  if (at !== archive.length) report.find('archive', 'endAltered');
  return report.clean;
}

async function checkFile(
  packed: Uint8Array,
  file: PackedFile,
  engine: Engine,
  report: Report,
  progress: (bytes: number) => Promise<void>,
): Promise<void> {
  const hash = engine.hasher();
  hash.update(packed);
  if (toHex(hash.digest()) !== file.packed.sha256) return report.find('archive', 'fileAltered', { file: file.name });
  const whole = engine.hasher();
  let crc = 0;
  let bytes = 0;
  try {
    for (const piece of inflated(packed, file)) {
      whole.update(piece);
      crc = crc32(piece, crc);
      bytes += piece.length;
      await progress(0);
    }
  } catch {
    return report.find('archive', 'fileBomb', { file: file.name });
  }
  await progress(packed.length);
  if (bytes !== file.bytes || crc !== file.crc32 || toHex(whole.digest()) !== file.sha256)
    report.find('archive', 'fileAltered', { file: file.name });
}

/** @throws RangeError as soon as it is more than was said */
function* inflated(packed: Uint8Array, file: PackedFile): Generator<Uint8Array> {
  let out: Uint8Array[] = [];
  let bytes = 0;
  const inflate = new Inflate((chunk) => out.push(chunk));
  for (let at = 0; at < packed.length; at += PIECE) {
    const end = Math.min(at + PIECE, packed.length);
    inflate.push(packed.subarray(at, end), end === packed.length);
    for (const chunk of out) {
      bytes += chunk.length;
      if (bytes > file.bytes) throw new RangeError(file.name);
      yield chunk;
    }
    out = [];
  }
}

function packOf<Said extends Bound>(
  archive: Uint8Array,
  manifest: Said,
  manifestSha256: string,
  signature: Uint8Array,
  places: readonly Place[],
): OpenedPack<Said> {
  const files = new Map(manifest.files.map((file, n) => [file.name, { file, at: places[n] as Place }]));
  function* pieces(name: string): Generator<Uint8Array> {
    const found = files.get(name);
    if (!found) throw new RangeError(`no ${name} in the pack`);
    yield* inflated(archive.subarray(found.at.content, found.at.content + found.file.packed.bytes), found.file);
  }
  return {
    manifest,
    manifestSha256,
    signature,
    has: (name) => files.has(name),
    pieces,
    bytes: (name, most = 64 * 1024 ** 2) => {
      const size = files.get(name)?.file.bytes ?? 0;
      if (size > most) throw new RangeError(`${name} is too large`);
      const whole = new Uint8Array(size);
      let at = 0;
      for (const piece of pieces(name)) {
        whole.set(piece, at);
        at += piece.length;
      }
      return whole;
    },
  };
}

/** Also where only capitals differ, which many systems do not tell apart: what is unpacked last would hide the other. */
function doubleName({ files }: Bound): string | null {
  const seen = new Set([MANIFEST, SIGNATURE]);
  for (const { name } of files) {
    if (seen.has(name.toLowerCase())) return name;
    seen.add(name.toLowerCase());
  }
  return null;
}

const unpackedBytes = ({ files }: Bound): number => files.reduce((sum, { bytes }) => sum + bytes, 0);
