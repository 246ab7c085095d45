import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { chunkRange, type Descriptor, descriptor as descriptorSchema } from '../../protocol/index.js';
import { syncFolder, writeWhole } from './files.js';

/** Where audio and day parts lie, by their SHA-256. Only what was verified as a whole is ever *stored*. */
export interface AssetStore {
  /** SHA-256 of everything stored, and of everything of which only a part is there. */
  start(): Promise<{ readonly stored: readonly string[]; readonly begun: readonly string[] }>;
  stop(): Promise<void>;
  /** Durable when it resolves. */
  keepDescriptor(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Which chunks of a begun asset are there and genuine by the descriptor that was kept; that is null if none was. */
  findChunks(sha256: string): Promise<{ readonly descriptor: Uint8Array | null; readonly held: readonly number[] }>;
  writeChunk(sha256: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** How long the file is of an asset that is not stored yet; 0: there is none. */
  begunBytes(sha256: string): number;
  /** Removes what there is of an unfinished asset. */
  dropChunks(sha256: string): Promise<void>;
  /** Verifies the whole, makes it durable. False: it was not genuine and is gone. */
  finish(sha256: string): Promise<boolean>;
  /** The unpacked text of a stored day part (gzip); null when it cannot be unpacked. */
  readPart(sha256: string): Promise<string | null>;
  /** Undefined when not stored. */
  pathOf(sha256: string): string | undefined;
  /** What goes beyond the quota and `needed` does not name: what is only begun, then the oldest. */
  evictable(needed: ReadonlySet<string>): readonly string[];
  /** Everything, whole or begun, that `needed` does not name. */
  unneeded(needed: ReadonlySet<string>): readonly string[];
  /** By how many bytes `needed` alone is more than the quota; 0 when it is not. */
  beyondQuota(needed: ReadonlySet<string>): number;
  remove(sha256s: readonly string[]): Promise<void>;
}

/** A day part of 2,000 plays is about 2 MB; more than this is a bomb. */
const MAX_PART_TEXT = 16_777_216;
const unpack = promisify(gunzip);

interface StoredFile {
  readonly name: string;
  readonly bytes: number;
}

/** A power cut takes no more than this of what has come. Each chunk alone would wear out the card. */
const SYNC_BYTES = 1_048_576;

interface OpenPart {
  readonly handle: FileHandle;
  unsynced: number;
}

/**
 * `<sha256>-<bytes>` once stored; before, `<sha256>.part` with `<sha256>.descriptor`: together they are the record of the chunks
 * that are here, because each is hashed again before it is believed. The size in the name is the cheap check at boot: a file
 * that the file system cut is not stored, and not hashed again either.
 */
export class DiskAssetStore implements AssetStore {
  /** In the order of arrival, oldest first. */
  readonly #stored = new Map<string, StoredFile>();
  /** Length of each `.part`. */
  readonly #begun = new Map<string, number>();
  readonly #open = new Map<string, OpenPart>();

  constructor(
    private readonly folder: string,
    private readonly quotaBytes: number,
  ) {}

  async start() {
    await mkdir(this.folder, { recursive: true });
    const found: (StoredFile & { sha256: string; arrivedMs: number })[] = [];
    for (const name of await readdir(this.folder)) {
      const [, sha256, bytes, ending] =
        /^([0-9a-f]{64})(?:-(\d+)|\.(part|descriptor|descriptor\.new))$/.exec(name) ?? [];
      if (!sha256) continue;
      const { size, mtimeMs } = await stat(join(this.folder, name));
      if (ending === 'part') this.#begun.set(sha256, size);
      else if (ending === 'descriptor') this.#begun.set(sha256, this.#begun.get(sha256) ?? 0);
      else if (size === Number(bytes)) found.push({ name, sha256, bytes: size, arrivedMs: mtimeMs });
      else await rm(join(this.folder, name));
    }
    found.sort((a, b) => a.arrivedMs - b.arrivedMs);
    for (const { sha256, name, bytes } of found) {
      this.#stored.set(sha256, { name, bytes });
      if (this.#begun.has(sha256)) await this.dropChunks(sha256);
    }
    return { stored: [...this.#stored.keys()], begun: [...this.#begun.keys()] };
  }

  async stop(): Promise<void> {
    for (const { handle } of this.#open.values()) await handle.close();
    this.#open.clear();
  }

  async keepDescriptor(sha256: string, bytes: Uint8Array): Promise<void> {
    await writeWhole(this.#pathOf(sha256, 'descriptor'), bytes, 0o600);
    this.#begun.set(sha256, this.begunBytes(sha256));
  }

  async findChunks(sha256: string) {
    const descriptor = await nullIfAbsent(readFile(this.#pathOf(sha256, 'descriptor')));
    const parsed = descriptor && parseDescriptor(descriptor);
    if (!parsed) return { descriptor: null, held: [] };
    const file = await nullIfAbsent(open(this.#pathOf(sha256, 'part'), 'r'));
    if (!file) return { descriptor, held: [] };
    try {
      return { descriptor, held: await genuineChunks(file, parsed) };
    } finally {
      await file.close();
    }
  }

  async writeChunk(sha256: string, offset: number, bytes: Uint8Array): Promise<void> {
    const part = this.#open.get(sha256) ?? (await this.#openPart(sha256));
    for (let done = 0; done < bytes.length; )
      done += (await part.handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
    this.#begun.set(sha256, Math.max(this.begunBytes(sha256), offset + bytes.length));
    part.unsynced += bytes.length;
    if (part.unsynced < SYNC_BYTES) return;
    part.unsynced = 0;
    await part.handle.datasync();
  }

  async #openPart(sha256: string): Promise<OpenPart> {
    const path = this.#pathOf(sha256, 'part');
    // Not truncated: what an earlier attempt left is kept, or written over chunk by chunk.
    const there = await nullIfAbsent(open(path, 'r+'));
    const part = { handle: there ?? (await open(path, 'w+')), unsynced: 0 };
    this.#open.set(sha256, part);
    if (!there) await syncFolder(this.folder);
    return part;
  }

  begunBytes(sha256: string): number {
    return this.#begun.get(sha256) ?? 0;
  }

  async dropChunks(sha256: string): Promise<void> {
    const part = this.#open.get(sha256);
    this.#open.delete(sha256);
    this.#begun.delete(sha256);
    await part?.handle.close();
    await rm(this.#pathOf(sha256, 'part'), { force: true });
    await rm(this.#pathOf(sha256, 'descriptor'), { force: true });
  }

  async finish(sha256: string): Promise<boolean> {
    const part = this.#pathOf(sha256, 'part');
    const handle = this.#open.get(sha256)?.handle ?? (await nullIfAbsent(open(part, 'r+')));
    this.#open.delete(sha256);
    // Not one chunk of it could be written.
    if (!handle) return false;
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of createReadStream(part)) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
    if (hash.digest('hex') !== sha256) {
      await this.dropChunks(sha256);
      return false;
    }
    const name = `${sha256}-${bytes}`;
    await rename(part, join(this.folder, name));
    await syncFolder(this.folder);
    this.#stored.set(sha256, { name, bytes });
    await this.dropChunks(sha256);
    return true;
  }

  async readPart(sha256: string): Promise<string | null> {
    const path = this.pathOf(sha256);
    if (!path) return null;
    try {
      return (await unpack(await readFile(path), { maxOutputLength: MAX_PART_TEXT })).toString('utf8');
    } catch {
      return null;
    }
  }

  pathOf(sha256: string): string | undefined {
    const file = this.#stored.get(sha256);
    return file && join(this.folder, file.name);
  }

  #pathOf(sha256: string, ending: 'part' | 'descriptor'): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RangeError('not a SHA-256');
    return join(this.folder, `${sha256}.${ending}`);
  }

  evictable(needed: ReadonlySet<string>): readonly string[] {
    let over = -this.quotaBytes;
    for (const [, bytes] of this.#held()) over += bytes;
    const victims: string[] = [];
    for (const [sha256, bytes] of this.#held()) {
      if (over <= 0) break;
      if (needed.has(sha256)) continue;
      victims.push(sha256);
      over -= bytes;
    }
    return victims;
  }

  unneeded(needed: ReadonlySet<string>): readonly string[] {
    return [...this.#held()].map(([sha256]) => sha256).filter((sha256) => !needed.has(sha256));
  }

  beyondQuota(needed: ReadonlySet<string>): number {
    let bytes = -this.quotaBytes;
    for (const [sha256, each] of this.#held()) if (needed.has(sha256)) bytes += each;
    return Math.max(0, bytes);
  }

  /** All that takes room, in the order in which it may go. */
  *#held(): Iterable<readonly [sha256: string, bytes: number]> {
    yield* this.#begun;
    for (const [sha256, { bytes }] of this.#stored) yield [sha256, bytes];
  }

  async remove(sha256s: readonly string[]): Promise<void> {
    for (const sha256 of sha256s) {
      const path = this.pathOf(sha256);
      this.#stored.delete(sha256);
      if (path) await rm(path, { force: true });
      await this.dropChunks(sha256);
    }
  }
}

async function genuineChunks(file: FileHandle, { bytes, chunkBytes, chunks }: Descriptor): Promise<number[]> {
  const buffer = Buffer.alloc(chunkBytes);
  const held: number[] = [];
  for (const [index, hash] of chunks.entries()) {
    const { start, end } = chunkRange(index, bytes, chunkBytes);
    const { bytesRead } = await file.read(buffer, 0, Math.max(0, end - start), start);
    const chunk = buffer.subarray(0, bytesRead);
    if (createHash('sha256').update(chunk).digest('base64url') === hash) held.push(index);
  }
  return held;
}

function parseDescriptor(bytes: Buffer): Descriptor | undefined {
  try {
    return descriptorSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

async function nullIfAbsent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
