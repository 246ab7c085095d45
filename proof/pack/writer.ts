import { Deflate } from 'fflate';
import { type Signer, toBase64Url, toHex, toUtf8 } from '../../devices/protocol/index.js';
import { crc32 } from './crc32.js';
import {
  MANIFEST,
  type Manifest,
  type PackedFile,
  type PackHead,
  SIGNATURE,
  signedManifestBytes,
  VERSION,
  writtenManifest,
} from './manifest.js';
import {
  centralHeader,
  descriptor,
  ENTRY_NAME,
  type Entry,
  endRecord,
  LONGEST_NAME,
  localHeader,
  MOST_BYTES,
  MOST_ENTRIES,
} from './zip.js';

/** A hash that takes its bytes in pieces. */
export interface Hasher {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

export interface PackSource {
  readonly name: string;
  readonly content: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface PackOptions {
  /** Called when every file is written: only then are the figures known. */
  readonly head: () => PackHead;
  readonly root: string;
  readonly signer: Signer;
  readonly hasher: () => Hasher;
}

export interface Binding {
  /** What the file is, as its manifest says. */
  readonly format: string;
  /** Called when every file is written. */
  readonly manifest: (files: readonly PackedFile[]) => string;
  readonly signer: Signer;
  readonly hasher: () => Hasher;
}

const PIECE = 65_536;

export function writePack(
  files: AsyncIterable<PackSource> | Iterable<PackSource>,
  { head, root, signer, hasher }: PackOptions,
): AsyncGenerator<Uint8Array> {
  const manifest = (listed: readonly PackedFile[]) => {
    const said: Manifest = {
      format: 'vang-evidence',
      v: VERSION,
      root,
      kid: signer.kid,
      ...head(),
      files: [...listed],
    };
    return writtenManifest(said);
  };
  return writeBound(files, { format: 'vang-evidence', manifest, signer, hasher });
}

/**
 * A ZIP file as a stream: files one after the other, then the manifest that binds them and its signature. Nothing but the list of files is in
 * memory as a whole. @throws RangeError for names and sizes that it cannot have
 */
export async function* writeBound(
  files: AsyncIterable<PackSource> | Iterable<PackSource>,
  { format, manifest, signer, hasher }: Binding,
): AsyncGenerator<Uint8Array> {
  const written: { readonly entry: Entry; readonly offset: number }[] = [];
  const listed: PackedFile[] = [];
  const names = new Set<string>();
  let offset = 0;
  for await (const { name, content } of files) {
    if (!ENTRY_NAME.test(name) || name.length > LONGEST_NAME || names.has(name))
      throw new RangeError(`no name for a file of a pack: ${name}`);
    names.add(name);
    const at = offset;
    const start = localHeader({ name, stored: false, crc32: 0, packedBytes: 0, bytes: 0 });
    yield start;
    const whole = hasher();
    const packed = hasher();
    let [crc, bytes, packedBytes] = [0, 0, 0];
    let out: Uint8Array[] = [];
    const deflate = new Deflate({ level: 6 }, (chunk) => out.push(chunk));
    const taken = () => {
      const chunks = out;
      out = [];
      for (const chunk of chunks) {
        packed.update(chunk);
        packedBytes += chunk.length;
      }
      return chunks;
    };
    for await (const piece of piecesOf(content)) {
      whole.update(piece);
      crc = crc32(piece, crc);
      bytes += piece.length;
      deflate.push(piece);
      yield* taken();
    }
    deflate.push(new Uint8Array(), true);
    yield* taken();
    const entry: Entry = { name, stored: false, crc32: crc, packedBytes, bytes };
    yield descriptor(entry);
    offset += start.length + packedBytes + descriptor(entry).length;
    if (offset > MOST_BYTES || bytes > MOST_BYTES) throw new RangeError('a pack of more than 4 GB');
    written.push({ entry, offset: at });
    listed.push({
      ...{ name, bytes, sha256: toHex(whole.digest()), crc32: crc },
      packed: { bytes: packedBytes, sha256: toHex(packed.digest()) },
    });
    if (listed.length > MOST_ENTRIES - 2) throw new RangeError('a pack of too many files');
  }
  const text = toUtf8(manifest(listed));
  const hash = hasher();
  hash.update(text);
  const signature = toUtf8(toBase64Url(signer.sign(signedManifestBytes(toHex(hash.digest()), format))));
  for (const [name, content] of [
    [MANIFEST, text],
    [SIGNATURE, signature],
  ] as const) {
    const entry = storedEntry(name, content);
    const start = localHeader(entry);
    yield start;
    yield content;
    written.push({ entry, offset });
    offset += start.length + content.length;
  }
  yield* directoryOf(written, offset);
}

export function storedEntry(name: string, content: Uint8Array): Entry {
  return { name, stored: true, crc32: crc32(content), packedBytes: content.length, bytes: content.length };
}

/** @param at where it begins */
export function* directoryOf(
  entries: readonly { readonly entry: Entry; readonly offset: number }[],
  at: number,
): Generator<Uint8Array> {
  let bytes = 0;
  for (const { entry, offset } of entries) {
    const header = centralHeader(entry, offset);
    bytes += header.length;
    yield header;
  }
  yield endRecord(entries.length, bytes, at);
}

/** Small enough that deflating one keeps nobody waiting. */
async function* piecesOf(content: PackSource['content']): AsyncGenerator<Uint8Array> {
  const chunks = content instanceof Uint8Array ? [content] : content;
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, Math.min(at + PIECE, chunk.length));
}
