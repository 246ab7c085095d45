import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Removing goes on down to this part of the bound, so that not every new file has to look for an old one. */
const KEPT_PART = 0.9;
const UNFINISHED = '.unfinished-';
/** Nobody writes this long; what is older was left by a process that was killed. */
const ABANDONED_MS = 3_600_000;
/** `<sha256 of the key>.<bytes>.<sha256 of the content>`: one rename makes the entry and what it must hold true together. */
const ENTRY = /^([0-9a-f]{64})\.(\d+)\.([0-9a-f]{64})$/;

interface Entry {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/**
 * A folder of files that can be made again, bounded in bytes; the one used longest ago goes first. Several processes may share it
 * and be killed at any moment: a file is there whole or counts as missing, and one that was damaged since is removed.
 */
export class FileCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** What the folder holds, as far as this process knows; undefined before it looked. */
  #knownBytes: number | undefined;
  #shrinking: Promise<void> | undefined;

  constructor({ folder, maxBytes }: { readonly folder: string; readonly maxBytes: number }) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /**
   * Path of the file stored under this key, or null. Use the file at once (link, read): a later `put` may remove it, and whoever
   * writes into it only damages his own copy of the truth.
   */
  async get(key: string): Promise<string | null> {
    const name = sha256(key);
    for (const { path, bytes, content } of await this.#stored(name)) {
      if (await isWhole(path, bytes, content)) {
        const now = new Date();
        // Removed by another process in between: then the caller would find nothing.
        if (await succeeds(utimes(path, now, now))) return path;
      } else await rm(path, { force: true });
    }
    return null;
  }

  /** Stores these bytes, or a copy of the file at this path, in place of what the key had. @returns path of the stored file */
  async put(key: string, source: Uint8Array | string): Promise<string> {
    const name = sha256(key);
    const shelf = this.#shelf(name);
    await mkdir(shelf, { recursive: true });
    const unfinished = join(shelf, `${UNFINISHED}${randomUUID()}`);
    try {
      const { bytes, content } = await copy(source, unfinished);
      const path = join(shelf, `${name}.${bytes}.${content}`);
      const before = await this.#stored(name);
      await rename(unfinished, path);
      for (const old of before) if (old.path !== path) await rm(old.path, { force: true });
      if (this.#knownBytes !== undefined) this.#knownBytes += bytes;
      await this.#shrink(path);
      return path;
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  #shelf(name: string): string {
    return join(this.#folder, name.slice(0, 2));
  }

  async #stored(name: string): Promise<{ path: string; bytes: number; content: string }[]> {
    const shelf = this.#shelf(name);
    return (await list(shelf)).flatMap((file) => {
      const [, key, bytes, content] = ENTRY.exec(file.name) ?? [];
      return key === name && content !== undefined
        ? [{ path: join(shelf, file.name), bytes: Number(bytes), content }]
        : [];
    });
  }

  /** One at a time: two would both remove for the same excess. */
  async #shrink(newest: string): Promise<void> {
    while (this.#shrinking !== undefined) await this.#shrinking;
    if (this.#knownBytes !== undefined && this.#knownBytes <= this.#maxBytes) return;
    this.#shrinking = this.#removeOldest(newest);
    try {
      await this.#shrinking;
    } finally {
      this.#shrinking = undefined;
    }
  }

  async #removeOldest(newest: string): Promise<void> {
    const entries = await this.#survey();
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > this.#maxBytes) {
      entries.sort((a, b) => a.usedMs - b.usedMs);
      for (const { path, bytes } of entries) {
        if (total <= this.#maxBytes * KEPT_PART) break;
        // What was just asked to be stored stays, even when it is larger than everything that may be kept.
        if (path === newest) continue;
        await rm(path, { force: true });
        total -= bytes;
      }
    }
    this.#knownBytes = total;
  }

  /** Every entry; what killed processes left behind is removed on the way. */
  async #survey(): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const shelf of await list(this.#folder)) {
      if (!shelf.isDirectory()) continue;
      for (const file of await list(join(this.#folder, shelf.name))) {
        const path = join(this.#folder, shelf.name, file.name);
        const found = await stat(path).catch(() => undefined);
        if (found === undefined) continue;
        if (ENTRY.test(file.name)) entries.push({ path, bytes: found.size, usedMs: found.mtimeMs });
        else if (file.name.startsWith(UNFINISHED) && Date.now() - found.mtimeMs > ABANDONED_MS)
          await rm(path, { force: true });
      }
    }
    return entries;
  }
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function isWhole(path: string, bytes: number, content: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== bytes) return false;
  const digest = createHash('sha256');
  return (await succeeds(pipeline(createReadStream(path), digest))) && digest.digest('hex') === content;
}

async function copy(source: Uint8Array | string, target: string): Promise<{ bytes: number; content: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  await pipeline(
    typeof source === 'string' ? createReadStream(source) : Readable.from([source]),
    async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        digest.update(piece);
        bytes += piece.length;
        yield piece;
      }
    },
    createWriteStream(target, { flags: 'wx' }),
  );
  return { bytes, content: digest.digest('hex') };
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
