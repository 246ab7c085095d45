import { randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { copyHashed, syncFolder } from './durable.js';

export type StoredContent = { readonly sha256: string; readonly bytes: number };

/** Bytes that follow one another; what `put` takes beside whole bytes and the path of a file. */
export type ByteStream = AsyncIterable<Uint8Array>;

/**
 * Files named by the SHA-256 of their content: the same content is kept once, and a file that is there is whole. What
 * is being written has another name (in `incoming/`, on the same file system) until it is on the disk.
 */
export class ContentStore {
  private readonly root: string;
  private readonly incoming: string;
  private readonly underWay = new Set<Promise<unknown>>();
  private started = false;

  /** @param root folder of this store alone; one process writes to it */
  constructor(root: string) {
    this.root = resolve(root);
    this.incoming = join(this.root, 'incoming');
  }

  /** Makes the folders, and removes what a process left behind that died while it wrote. */
  async start(): Promise<void> {
    await mkdir(this.incoming, { recursive: true });
    for (const name of await readdir(this.incoming)) await rm(join(this.incoming, name), { force: true });
    this.started = true;
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    this.started = false;
    await Promise.allSettled(this.underWay);
  }

  /**
   * Returns when the content is on the disk, to survive a loss of power. Fails without leaving anything behind.
   * @param source bytes, a stream, or the path of a file (which stays where it is)
   */
  async put(source: Uint8Array | ByteStream | string): Promise<StoredContent> {
    if (!this.started) throw new Error('the content store is not started');
    const writing = this.write(source);
    this.underWay.add(writing);
    try {
      return await writing;
    } finally {
      this.underWay.delete(writing);
    }
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.stat(sha256)) !== null;
  }

  /** null: not there. */
  async stat(sha256: string): Promise<StoredContent | null> {
    try {
      return { sha256, bytes: (await stat(this.path(sha256))).size };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * @param range first and last byte, both inclusive, as in HTTP
   * @throws ENOENT when it is not there: now, not in the middle of an answer
   */
  async open(sha256: string, range: { readonly start?: number; readonly end?: number } = {}): Promise<ReadStream> {
    const file = await open(this.path(sha256), 'r');
    return createReadStream('', { fd: file, start: range.start, end: range.end });
  }

  /** Where the content is, or would be. For programs that need a file, such as ffmpeg; never to be written to. */
  path(sha256: string): string {
    // Names come from devices and users too: nothing else may become a path (invariant 12).
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RangeError('not a SHA-256 in lower-case hexadecimal');
    return join(this.root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }

  private async write(source: Uint8Array | ByteStream | string): Promise<StoredContent> {
    // An upload may break off before we come to read it; the reading below then reports it.
    if (source instanceof Readable) source.on('error', () => {});
    const temporary = join(this.incoming, randomUUID());
    let written: StoredContent;
    try {
      const file = await open(temporary, 'wx', 0o640);
      try {
        written = await copyHashed(asStream(source), file);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.keep(temporary, written);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return written;
  }

  private async keep(temporary: string, { sha256, bytes }: StoredContent): Promise<void> {
    const kept = await this.stat(sha256);
    // Another size can only be damage from outside; then the new file takes its place.
    if (kept?.bytes === bytes) {
      await rm(temporary);
      return;
    }
    const path = this.path(sha256);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    await rename(temporary, path);
    // The file's name is an entry of its folder, and so is the folder's, up to the root.
    for (const each of [folder, dirname(folder), this.root]) await syncFolder(each);
  }
}

function asStream(source: Uint8Array | ByteStream | string): ByteStream {
  if (typeof source === 'string') return createReadStream(source, { highWaterMark: 1 << 20 });
  return source instanceof Uint8Array ? Readable.from([source]) : source;
}
