import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { assetOf, type TestAsset } from '../testing/plans.js';
import { DiskAssetStore } from './asset-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-assets-'));
});
afterEach(() => rm(folder, { recursive: true }));

const CHUNK = 1_000;

async function storeAll(store: DiskAssetStore, ...assets: readonly TestAsset[]): Promise<void> {
  for (const { ref, bytes } of assets) {
    // Chunks come in any order.
    for (let at = Math.floor((bytes.length - 1) / CHUNK) * CHUNK; at >= 0; at -= CHUNK)
      await store.writeChunk(ref.sha256, at, bytes.subarray(at, at + CHUNK));
    expect(await store.finish(ref.sha256)).toBe(true);
  }
}

async function opened(quotaBytes = 1e9): Promise<DiskAssetStore> {
  const store = new DiskAssetStore(folder, quotaBytes);
  await store.start();
  return store;
}

const song = (letter: string, bytes = 4_500) => assetOf(Buffer.alloc(bytes, letter));

describe('the asset store', () => {
  test('what was finished is there after a restart, byte for byte', async () => {
    const store = await opened();
    await storeAll(store, song('a'), song('b'));
    await store.stop();
    const again = new DiskAssetStore(folder, 1e9);
    expect([...(await again.start())].sort()).toEqual([song('a').ref.sha256, song('b').ref.sha256].sort());
    expect(await readFile(again.pathOf(song('a').ref.sha256) as string)).toEqual(Buffer.from(song('a').bytes));
  });

  test('what is not the asked hash is thrown away', async () => {
    const store = await opened();
    const { sha256 } = song('a').ref;
    await store.writeChunk(sha256, 0, song('b').bytes);
    expect(await store.finish(sha256)).toBe(false);
    expect(store.pathOf(sha256)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await storeAll(store, song('a'));
  });

  test('a half-written asset is not stored, and does not disturb the next attempt', async () => {
    const store = await opened();
    await store.writeChunk(song('a').ref.sha256, 2_000, song('z').bytes.subarray(0, CHUNK));
    await store.stop();
    const again = await opened();
    expect(again.pathOf(song('a').ref.sha256)).toBeUndefined();
    await storeAll(again, song('a'));
  });

  test('a stored file that the file system cut short is not taken for whole', async () => {
    const store = await opened();
    await storeAll(store, song('a'));
    await truncate(store.pathOf(song('a').ref.sha256) as string, 4_499);
    expect(await new DiskAssetStore(folder, 1e9).start()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('foreign files in the folder are left alone', async () => {
    await writeFile(join(folder, 'README'), 'x');
    expect(await new DiskAssetStore(folder, 1e9).start()).toEqual([]);
    expect(await readdir(folder)).toEqual(['README']);
  });

  test('beyond the quota the oldest go, never what the plan needs', async () => {
    const store = await opened(10_000);
    const [a, b, c] = [song('a'), song('b'), song('c')];
    await storeAll(store, a, b, c);
    expect(store.evictable(new Set())).toEqual([a.ref.sha256]);
    expect(store.evictable(new Set([a.ref.sha256]))).toEqual([b.ref.sha256]);
    expect(store.evictable(new Set([a.ref.sha256, b.ref.sha256, c.ref.sha256]))).toEqual([]);
    await store.remove([a.ref.sha256]);
    expect(store.pathOf(a.ref.sha256)).toBeUndefined();
    // Age survives a restart.
    await utimes(store.pathOf(c.ref.sha256) as string, 1, 1);
    expect((await opened(5_000)).evictable(new Set())).toEqual([c.ref.sha256]);
  });

  test('a day part is unpacked; what is no gzip, or a bomb, is not', async () => {
    const store = await opened();
    const part = assetOf(gzipSync('{"day":"thứ hai"}'));
    const bomb = assetOf(gzipSync(Buffer.alloc(20_000_000)));
    await storeAll(store, part, bomb, song('a'));
    expect(await store.readPart(part.ref.sha256)).toBe('{"day":"thứ hai"}');
    expect(await store.readPart(bomb.ref.sha256)).toBeNull();
    expect(await store.readPart(song('a').ref.sha256)).toBeNull();
    expect(await store.readPart('0'.repeat(64))).toBeNull();
  });

  test('a name that is no hash never becomes a path', async () => {
    const store = await opened();
    await expect(store.writeChunk('../../etc/passwd', 0, Buffer.of(1))).rejects.toThrow(RangeError);
  });
});
