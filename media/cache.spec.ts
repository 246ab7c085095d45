import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FileCache } from './cache.js';
import { recordingFolder } from './testing/recordings.js';

let root: Awaited<ReturnType<typeof recordingFolder>>;
beforeAll(async () => {
  root = await recordingFolder();
});
afterAll(() => root.remove());

const fresh = (maxBytes = 1000) => {
  const folder = join(root.path, randomUUID());
  return { folder, cache: new FileCache({ folder, maxBytes }) };
};
const files = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
const bytes = (size: number, fill = 1) => new Uint8Array(size).fill(fill);

describe('a stored file', () => {
  test('is found under its key, also by another process', async () => {
    const { folder, cache } = fresh();
    const path = await cache.put('a key', Buffer.from('sound'));
    expect(await cache.get('a key')).toBe(path);
    expect(await new FileCache({ folder, maxBytes: 1 }).get('a key')).toBe(path);
    expect(await readFile(path, 'utf8')).toBe('sound');
    expect(await cache.get('another')).toBeNull();
  });
  test('is a copy of the file at a path', async () => {
    const { cache } = fresh();
    const source = join(root.path, randomUUID());
    await writeFile(source, 'sound');
    const path = await cache.put('k', source);
    await writeFile(source, 'else');
    expect(await readFile(path, 'utf8')).toBe('sound');
  });
  test('takes the place of what the key had', async () => {
    const { folder, cache } = fresh();
    await cache.put('k', bytes(10));
    await cache.put('k', bytes(20));
    expect(await readFile((await cache.get('k')) ?? '')).toHaveLength(20);
    expect(await files(folder)).toHaveLength(1);
  });
  test('whose key looks like a path stays in the folder', async () => {
    const { folder, cache } = fresh();
    expect(await cache.put('../../x', bytes(1))).toMatch(new RegExp(`^${folder}/`));
  });
});

describe('a damaged file counts as missing and is removed', () => {
  test.each([
    ['cut', (path: string) => truncate(path, 5)],
    ['changed', (path: string) => writeFile(path, bytes(10, 9))],
  ])('%s', async (_, damage) => {
    const { folder, cache } = fresh();
    await damage(await cache.put('k', bytes(10)));
    expect(await cache.get('k')).toBeNull();
    expect(await files(folder)).toHaveLength(0);
  });
});

describe('room', () => {
  test('is made by removing what was used longest ago', async () => {
    const { cache } = fresh(1000);
    for (const key of ['a', 'b', 'c']) {
      const path = await cache.put(key, bytes(300));
      await utimes(path, 1000 + key.charCodeAt(0), 1000 + key.charCodeAt(0));
    }
    await cache.get('a');
    await cache.put('d', bytes(300));
    expect(await cache.get('b')).toBeNull();
    expect(await cache.get('a')).not.toBeNull();
    expect(await cache.get('d')).not.toBeNull();
  });
  test('is kept to when many put at once', async () => {
    const { folder, cache } = fresh(1000);
    await Promise.all(Array.from({ length: 20 }, (_, index) => cache.put(`k${index}`, bytes(100))));
    await cache.put('last', bytes(100));
    expect((await files(folder)).length).toBeLessThanOrEqual(10);
  });
  test('is not made for a file that alone is larger: it is the only one left', async () => {
    const { folder, cache } = fresh(1000);
    await cache.put('small', bytes(10));
    expect(await readFile(await cache.put('large', bytes(5000)))).toHaveLength(5000);
    expect(await files(folder)).toHaveLength(1);
  });
});

describe('a process killed while it wrote', () => {
  test('leaves nothing that could be found, and what it left is removed later', async () => {
    const { folder, cache } = fresh();
    const shelf = dirname(await cache.put('k', bytes(10)));
    const left = join(shelf, '.unfinished-0');
    await mkdir(shelf, { recursive: true });
    await writeFile(left, 'half');
    await utimes(left, 1000, 1000);
    await new FileCache({ folder, maxBytes: 1000 }).put('other', bytes(1));
    expect((await files(folder)).map(({ name }) => name)).not.toContain('.unfinished-0');
  });
  test('a source that cannot be read leaves nothing', async () => {
    const { folder, cache } = fresh();
    await expect(cache.put('k', join(root.path, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await files(folder)).toHaveLength(0);
  });
});
