import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { secondProcess } from '../../../test/support/databases.js';
import { ContentStore } from './index.js';

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('the content store', () => {
  let root: string;
  let store: ContentStore;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'vang-store-'));
    store = new ContentStore(root);
    await store.start();
  });
  afterEach(async () => {
    await store.stop();
    rmSync(root, { recursive: true });
  });

  /** Every file of the store, relative to its root. */
  const files = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));

  it.each<[string, () => Uint8Array | Readable | string]>([
    ['bytes', () => Buffer.from('bản tin')],
    ['a stream', () => Readable.from([Buffer.from('bản '), Buffer.from('tin')])],
    [
      'the path of a file',
      () => {
        writeFileSync(`${root}.upload`, 'bản tin');
        return `${root}.upload`;
      },
    ],
  ])('keeps %s under the hash of the content', async (_what, source) => {
    const hash = sha256('bản tin');
    expect(await store.put(source())).toEqual({ sha256: hash, bytes: 9 });
    expect(files()).toEqual([join(hash.slice(0, 2), hash.slice(2, 4), hash)]);
    expect(await buffer(await store.open(hash))).toEqual(Buffer.from('bản tin'));
    rmSync(`${root}.upload`, { force: true });
  });

  it('keeps the same content once, also when it comes twice at the same time', async () => {
    const bytes = randomBytes(300_000);
    const first = await Promise.all([store.put(bytes), store.put(Readable.from([bytes]))]);
    const inode = statSync(store.path(first[0].sha256)).ino;
    await store.put(bytes);
    expect(new Set(first.map((each) => each.sha256)).size).toBe(1);
    expect(files()).toHaveLength(1);
    expect(statSync(store.path(first[0].sha256)).ino).toBe(inode);
  });

  it('keeps empty content', async () => {
    expect(await store.put(new Uint8Array())).toEqual({ sha256: sha256(''), bytes: 0 });
    expect(await store.has(sha256(''))).toBe(true);
  });

  it('reads a range, both ends included', async () => {
    const { sha256: hash } = await store.put(Buffer.from('0123456789'));
    expect((await buffer(await store.open(hash, { start: 2, end: 4 }))).toString()).toBe('234');
    expect((await buffer(await store.open(hash, { start: 7 }))).toString()).toBe('789');
  });

  it('says what it does not have', async () => {
    const unknown = sha256('unknown');
    expect(await store.has(unknown)).toBe(false);
    expect(await store.stat(unknown)).toBeNull();
    await expect(store.open(unknown)).rejects.toThrow('ENOENT');
  });

  it.each(['', '../../etc/passwd', `${'a'.repeat(60)}/../`, 'A'.repeat(64), `${'a'.repeat(64)}\n`, 'a'.repeat(63)])(
    'makes no path of %j',
    async (name) => {
      expect(() => store.path(name)).toThrow('not a SHA-256');
      await expect(store.has(name)).rejects.toThrow('not a SHA-256');
      await expect(store.open(name)).rejects.toThrow('not a SHA-256');
    },
  );

  it('leaves nothing behind when a stream fails', async () => {
    const source = new PassThrough();
    source.write('half');
    const put = store.put(source);
    source.destroy(new Error('connection lost'));
    await expect(put).rejects.toThrow('connection lost');
    expect(files()).toEqual([]);
  });

  it.each(['writeFile', 'sync'] as const)('leaves nothing behind when the disk is full (%s)', async (operation) => {
    const probe = await open(root, 'r');
    await probe.close();
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const failing = jest.spyOn(Object.getPrototypeOf(probe), operation).mockRejectedValueOnce(full as never);
    await expect(store.put(randomBytes(1_000))).rejects.toMatchObject({ code: 'ENOSPC' });
    failing.mockRestore();
    expect(files()).toEqual([]);
    await store.put(Buffer.from('after making room'));
    expect(files()).toHaveLength(1);
  });

  it('leaves nothing behind when the file to take in is not there', async () => {
    await expect(store.put(join(root, 'nothing.wav'))).rejects.toThrow('ENOENT');
    expect(files()).toEqual([]);
  });

  it('replaces content that was damaged from outside', async () => {
    const { sha256: hash } = await store.put(Buffer.from('whole'));
    writeFileSync(store.path(hash), 'wh');
    await store.put(Buffer.from('whole'));
    expect(readFileSync(store.path(hash), 'utf8')).toBe('whole');
  });

  it('finishes what is being written before it stops, and takes nothing more', async () => {
    const source = new PassThrough();
    const put = store.put(source);
    const stopped = store.stop();
    await expect(store.put(Buffer.from('late'))).rejects.toThrow('not started');
    source.end('in time');
    await stopped;
    expect((await put).bytes).toBe(7);
    expect(files()).toHaveLength(1);
  });

  it('has only whole content after a process was killed in the middle of a put', async () => {
    const killed = secondProcess(`
      import { ContentStore } from './src/platform/storage/index.js';
      const store = new ContentStore(${JSON.stringify(root)});
      await store.start();
      await store.put(Buffer.from('whole'));
      await store.put((async function* () {
        yield Buffer.alloc(100_000, 1);
        yield Buffer.alloc(100_000, 2);
        console.log('half-way');
        await new Promise((_, __) => setInterval(() => {}, 1000));
      })());
    `);
    await killed.firstLine;
    killed.kill();
    await killed.output;
    const hash = sha256('whole');
    const whole = join(hash.slice(0, 2), hash.slice(2, 4), hash);
    expect(files()).toHaveLength(2); // the whole one, and what was being written

    await new ContentStore(root).start();
    expect(files()).toEqual([whole]);
  });
});
