import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, readFile, rm } from 'node:fs/promises';
import type { FileCache } from './cache.js';
import type { ProductFormat } from './encode.js';
import type { ProducedAudio } from './produced.js';

/** Raise it with every change that changes the bytes that come out. */
const PIPELINE_VERSION = 1;

/** Where the two files of a product are to stand. */
export type Paths = Readonly<Record<ProductFormat, string>>;

/** The same recording, settings, pipeline and build of ffmpeg give the same bytes, so they are the name of the product. */
export function productKey(of: {
  readonly inputSha256: string;
  readonly settings: object;
  readonly ffmpeg: string;
}): string {
  return JSON.stringify(['produced', PIPELINE_VERSION, of.ffmpeg, of.inputSha256, of.settings]);
}

/** Puts the product of an earlier run at these paths, or gives undefined when a part of it is missing. */
export async function fromCache(cache: FileCache, key: string, paths: Paths): Promise<ProducedAudio | undefined> {
  const [opus, mp3, report] = await Promise.all([
    cache.get(`${key} opus`),
    cache.get(`${key} mp3`),
    cache.get(`${key} report`),
  ]);
  if (opus === null || mp3 === null || report === null) return undefined;
  try {
    const stored = JSON.parse(await readFile(report, 'utf8')) as ProducedAudio;
    await place(opus, paths.opus);
    await place(mp3, paths.mp3);
    return { ...stored, path: paths.opus, mp3: { ...stored.mp3, path: paths.mp3 } };
  } catch (error) {
    await Promise.all([rm(paths.opus, { force: true }), rm(paths.mp3, { force: true })]);
    // Another process made room in between.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function intoCache(cache: FileCache, key: string, product: ProducedAudio): Promise<void> {
  await cache.put(`${key} opus`, product.path);
  await cache.put(`${key} mp3`, product.mp3.path);
  await cache.put(`${key} report`, Buffer.from(JSON.stringify(product)));
}

/** A second name costs nothing; on another disk it has to be a copy. */
async function place(stored: string, path: string): Promise<void> {
  try {
    await link(stored, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    await copyFile(stored, path);
  }
}

/** Lower-case hex and size of a file. */
export async function hashOf(path: string, signal?: AbortSignal): Promise<{ sha256: string; bytes: number }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>) {
    digest.update(piece);
    bytes += piece.length;
  }
  return { sha256: digest.digest('hex'), bytes };
}
