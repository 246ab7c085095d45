import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
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
    const { stored, begun } = await again.start();
    expect([[...stored].sort(), begun]).toEqual([[song('a').ref.sha256, song('b').ref.sha256].sort(), []]);
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

  describe('after a power cut in the middle of a transfer', () => {
    const BYTES = 4_500;
    const CHUNK_BYTES = 1_024;
    const bytes = Uint8Array.from({ length: BYTES }, (_, n) => (n * 31) % 251);
    const { sha256 } = assetOf(bytes).ref;
    const part = () => join(folder, `${sha256}.part`);
    const base64 = (chunk: Uint8Array) => createHash('sha256').update(chunk).digest('base64url');
    const indexes = [0, 1, 2, 3, 4];
    const chunk = (index: number) => bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    const descriptor = Buffer.from(
      JSON.stringify({
        v: 1,
        sha256,
        bytes: BYTES,
        chunkBytes: CHUNK_BYTES,
        chunks: indexes.map((i) => base64(chunk(i))),
      }),
    );

    async function cutWith(...written: readonly number[]): Promise<DiskAssetStore> {
      const store = await opened();
      await store.keepDescriptor(sha256, descriptor);
      for (const index of written) await store.writeChunk(sha256, index * CHUNK_BYTES, chunk(index));
      await store.stop();
      return new DiskAssetStore(folder, 1e9);
    }

    test('the chunks that came are known again, and the asset is completed with the others', async () => {
      const store = await cutWith(4, 1, 2);
      expect(await store.start()).toEqual({ stored: [], begun: [sha256] });
      expect(await store.findChunks(sha256)).toEqual({ descriptor, held: [1, 2, 4] });
      for (const index of [0, 3]) await store.writeChunk(sha256, index * CHUNK_BYTES, chunk(index));
      expect(await store.finish(sha256)).toBe(true);
      expect(await readFile(store.pathOf(sha256) as string)).toEqual(Buffer.from(bytes));
      expect(await readdir(folder)).toEqual([`${sha256}-${BYTES}`]);
    });

    test('torn at any byte: what is before it is whole, the chunk that it tears is not', async () => {
      const store = await cutWith(...indexes);
      await store.start();
      for (let atByte = BYTES - 1; atByte >= 0; atByte--) {
        await truncate(part(), atByte);
        const { held } = await store.findChunks(sha256);
        if (held.length !== Math.floor(atByte / CHUNK_BYTES)) throw new Error(`torn at ${atByte}, found ${held}`);
      }
    });

    test('a file as long as it should be, with zeros where the writes never came', async () => {
      const store = await cutWith(...indexes);
      for (const [index, length] of [
        [1, CHUNK_BYTES],
        [3, 1],
      ] as const) {
        const there = await readFile(part());
        await writeFile(part(), there.fill(0, index * CHUNK_BYTES + 5, index * CHUNK_BYTES + 5 + length));
      }
      await store.start();
      expect((await store.findChunks(sha256)).held).toEqual([0, 4]);
    });

    test.each<[string, Buffer]>([
      ['cut off', descriptor.subarray(0, 100)],
      ['no descriptor', Buffer.from('{"v":1}')],
    ])('with a descriptor that is %s nothing is believed', async (_, damaged) => {
      const store = await cutWith(0, 1);
      await writeFile(join(folder, `${sha256}.descriptor`), damaged);
      await store.start();
      expect(await store.findChunks(sha256)).toEqual({ descriptor: null, held: [] });
    });

    test('without a file of chunks, all lack; without a descriptor, it is not known which', async () => {
      expect(await (await cutWith()).findChunks(sha256)).toEqual({ descriptor, held: [] });
      const store = await cutWith(0);
      await store.start();
      await rm(join(folder, `${sha256}.descriptor`));
      expect(await store.findChunks(sha256)).toEqual({ descriptor: null, held: [] });
    });

    test('what was begun and is stored since leaves nothing behind', async () => {
      const store = await cutWith(...indexes);
      await rename(part(), join(folder, `${sha256}-${BYTES}`));
      expect(await store.start()).toEqual({ stored: [sha256], begun: [] });
      expect(await readdir(folder)).toEqual([`${sha256}-${BYTES}`]);
    });

    test('what is dropped is gone, also while it is open', async () => {
      const store = await opened();
      await store.keepDescriptor(sha256, descriptor);
      await store.writeChunk(sha256, 0, chunk(0));
      await store.dropChunks(sha256);
      expect(await readdir(folder)).toEqual([]);
      expect(store.begunBytes(sha256)).toBe(0);
    });
  });

  test('a stored file that the file system cut short is not taken for whole', async () => {
    const store = await opened();
    await storeAll(store, song('a'));
    await truncate(store.pathOf(song('a').ref.sha256) as string, 4_499);
    expect(await new DiskAssetStore(folder, 1e9).start()).toEqual({ stored: [], begun: [] });
    expect(await readdir(folder)).toEqual([]);
  });

  test('foreign files in the folder are left alone', async () => {
    await writeFile(join(folder, 'README'), 'x');
    expect(await new DiskAssetStore(folder, 1e9).start()).toEqual({ stored: [], begun: [] });
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

  test('what is only begun counts, and is the first to go unless the plan needs it', async () => {
    const store = await opened(10_000);
    const [a, b, c] = [song('a'), song('b'), song('c', 3_000)];
    await storeAll(store, a, b);
    expect(store.evictable(new Set())).toEqual([]);
    await store.writeChunk(c.ref.sha256, 2_000, c.bytes.subarray(2_000));
    expect(store.evictable(new Set())).toEqual([c.ref.sha256]);
    expect(store.evictable(new Set([c.ref.sha256]))).toEqual([a.ref.sha256]);
    expect(store.unneeded(new Set([a.ref.sha256, b.ref.sha256]))).toEqual([c.ref.sha256]);
    expect(store.beyondQuota(new Set([a, b, c].map(({ ref }) => ref.sha256)))).toBe(2_000);
    await store.stop();
    // As much after a restart.
    const again = await opened(10_000);
    expect(again.beyondQuota(new Set([a, b, c].map(({ ref }) => ref.sha256)))).toBe(2_000);
    await again.remove([c.ref.sha256]);
    expect((await readdir(folder)).filter((name) => name.includes(c.ref.sha256))).toEqual([]);
    expect(again.evictable(new Set())).toEqual([]);
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
