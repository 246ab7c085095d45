import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { syncFolder } from './files.js';

/** Where audio and day parts lie, by their SHA-256. Only what was verified as a whole is ever *stored*. */
export interface AssetStore {
  /** SHA-256 of everything stored. */
  start(): Promise<readonly string[]>;
  stop(): Promise<void>;
  writeChunk(sha256: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** Verifies the whole, makes it durable. False: it was not genuine and is gone. */
  finish(sha256: string): Promise<boolean>;
  /** The unpacked text of a stored day part (gzip); null when it cannot be unpacked. */
  readPart(sha256: string): Promise<string | null>;
  /** Undefined when not stored. */
  pathOf(sha256: string): string | undefined;
  partPathOf(sha256: string): string;
  /** The oldest beyond the quota that `needed` does not name. */
  evictable(needed: ReadonlySet<string>): readonly string[];
  /** Everything that `needed` does not name. */
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

/**
 * `<sha256>-<bytes>` once stored, `<sha256>.part` before. The size in the name is the cheap check at boot: a file that
 * the file system cut is not stored, and not hashed again either.
 */
export class DiskAssetStore implements AssetStore {
  /** In the order of arrival, oldest first. */
  readonly #stored = new Map<string, StoredFile>();
  readonly #open = new Map<string, FileHandle>();

  constructor(
    private readonly folder: string,
    private readonly quotaBytes: number,
  ) {}

  async start(): Promise<readonly string[]> {
    await mkdir(this.folder, { recursive: true });
    const found: (StoredFile & { sha256: string; arrivedMs: number })[] = [];
    for (const name of await readdir(this.folder)) {
      const [, sha256, bytes] = /^([0-9a-f]{64})-(\d+)$/.exec(name) ?? [];
      if (!sha256) continue;
      const { size, mtimeMs } = await stat(join(this.folder, name));
      if (size === Number(bytes)) found.push({ name, sha256, bytes: size, arrivedMs: mtimeMs });
      else await rm(join(this.folder, name));
    }
    found.sort((a, b) => a.arrivedMs - b.arrivedMs);
    for (const { sha256, name, bytes } of found) this.#stored.set(sha256, { name, bytes });
    return [...this.#stored.keys()];
  }

  async stop(): Promise<void> {
    for (const handle of this.#open.values()) await handle.close();
    this.#open.clear();
  }

  async writeChunk(sha256: string, offset: number, bytes: Uint8Array): Promise<void> {
    let handle = this.#open.get(sha256);
    if (!handle) {
      // Not truncated: what an earlier attempt left is written over, chunk by chunk.
      handle = await open(this.partPathOf(sha256), 'r+').catch(() => open(this.partPathOf(sha256), 'w+'));
      this.#open.set(sha256, handle);
    }
    for (let done = 0; done < bytes.length; )
      done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }

  async finish(sha256: string): Promise<boolean> {
    const part = this.partPathOf(sha256);
    const handle = this.#open.get(sha256) ?? (await openIfThere(part));
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
      await rm(part);
      return false;
    }
    const name = `${sha256}-${bytes}`;
    await rename(part, join(this.folder, name));
    await syncFolder(this.folder);
    this.#stored.set(sha256, { name, bytes });
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

  partPathOf(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RangeError('not a SHA-256');
    return join(this.folder, `${sha256}.part`);
  }

  evictable(needed: ReadonlySet<string>): readonly string[] {
    let over = -this.quotaBytes;
    for (const file of this.#stored.values()) over += file.bytes;
    const victims: string[] = [];
    for (const [sha256, file] of this.#stored) {
      if (over <= 0) break;
      if (needed.has(sha256)) continue;
      victims.push(sha256);
      over -= file.bytes;
    }
    return victims;
  }

  unneeded(needed: ReadonlySet<string>): readonly string[] {
    return [...this.#stored.keys()].filter((sha256) => !needed.has(sha256));
  }

  beyondQuota(needed: ReadonlySet<string>): number {
    let bytes = 0;
    for (const [sha256, file] of this.#stored) if (needed.has(sha256)) bytes += file.bytes;
    return Math.max(0, bytes - this.quotaBytes);
  }

  async remove(sha256s: readonly string[]): Promise<void> {
    for (const sha256 of sha256s) {
      const path = this.pathOf(sha256);
      this.#stored.delete(sha256);
      if (path) await rm(path, { force: true });
    }
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
