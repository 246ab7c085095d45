import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryDisk, PowerCut } from '../testing/memory-disk.js';
import { Installer } from './installer.js';
import { type Choice, choose, Layout } from './layout.js';
import { type TarFile, tarOf } from './tar.js';

let folder: string;
let disk: MemoryDisk;
let layout: Layout;
let installer: Installer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-bundles-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  disk = new MemoryDisk();
  ({ layout, installer } = await board(disk));
});

/** A board whose release 1 has shown that it works. */
async function board(on: MemoryDisk, bounds?: ConstructorParameters<typeof Installer>[1]) {
  const home = new Layout('/home', on);
  const made = new Installer(home, bounds);
  await on.makeFolder('/home');
  await on.syncFolder('/');
  await made.unpack(1, await bundle(1));
  await made.confirm(1);
  return { layout: home, installer: made };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const filesOfRelease = (release: number): Record<string, string> => ({
  'package.json': '{"type":"module"}',
  'devices/player/main.js': `play(${release})`,
  'node_modules/zod/index.js': `zod(${release})`,
});
const manifestOf = (release: number, files: Record<string, string>, more: object = {}) => ({
  v: 1,
  release,
  name: `1.${release}.0`,
  entry: 'devices/player/main.js',
  files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sha256(text)])),
  ...more,
});
const toTar = (files: Record<string, string>): TarFile[] =>
  Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));

async function packed(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
async function bundle(release: number, change: { manifest?: object; files?: Record<string, string> } = {}) {
  const files = filesOfRelease(release);
  const stated = { 'manifest.json': JSON.stringify(manifestOf(release, files, change.manifest)) };
  return packed(`r${release}.tar.gz`, gzipSync(tarOf(toTar({ ...stated, ...files, ...change.files }))));
}
/** Every file as its maker made it. */
async function isWhole({ release, entry }: Choice, on = layout): Promise<boolean> {
  for (const [path, text] of Object.entries(filesOfRelease(release)))
    if ((await on.disk.readText(join(on.folderOf(release), path))) !== text) return false;
  return entry === join(on.folderOf(release), 'devices/player/main.js');
}
const started = async (on = layout) => {
  const choice = await choose(on);
  return choice && { release: choice.release, onTrial: choice.onTrial };
};

describe('a new version', () => {
  test('is tried, confirmed, and kept; of the others the one before stays', async () => {
    await installer.install(2, await bundle(2));
    expect(await layout.current()).toBe(1);
    expect(await started()).toEqual({ release: 2, onTrial: true });
    await installer.confirm(2);
    expect(await started()).toEqual({ release: 2, onTrial: false });
    await installer.install(3, await bundle(3));
    await started();
    await installer.confirm(3);
    expect(await layout.installed()).toEqual([3, 2]);
  });

  test('that never confirms itself is started twice, then the one before comes back for good', async () => {
    await installer.install(2, await bundle(2));
    const starts = [await started(), await started(), await started(), await started()];
    expect(starts.map((start) => start?.release)).toEqual([2, 2, 1, 1]);
    expect(await layout.trial()).toBeNull();
  });

  test('gives itself up at once', async () => {
    await installer.install(2, await bundle(2));
    await started();
    await installer.abandon(2);
    expect(await started()).toEqual({ release: 1, onTrial: false });
  });

  test('may be an older one, and one that failed before', async () => {
    await installer.install(2, await bundle(2));
    await started();
    await installer.confirm(2);
    await installer.install(1, await bundle(1));
    expect(await started()).toEqual({ release: 1, onTrial: true });
    await installer.abandon(1);
    await installer.install(1, await bundle(1));
    await started();
    await installer.confirm(1);
    expect(await started()).toEqual({ release: 1, onTrial: false });
  });

  test('does not replace the one that runs', async () => {
    await expect(installer.install(1, await bundle(1))).rejects.toThrow('runs already');
    expect(await isWhole((await choose(layout)) as Choice)).toBe(true);
  });
});

describe('a board that is damaged', () => {
  test('plays the newest version that it can start when `current` is gone', async () => {
    await disk.remove('/home/current');
    expect(await started()).toEqual({ release: 1, onTrial: false });
  });

  test.each(['{', '{"release":"2","starts":0}', '{"release":9,"starts":0}', '[]', ''])(
    'plays on when the mark of a trial is %j',
    async (text) => {
      await disk.write('/home/trial.json', text);
      expect(await started()).toEqual({ release: 1, onTrial: false });
    },
  );

  test('plays when nothing can be written any more', async () => {
    await installer.install(2, await bundle(2));
    disk.cutAfter = disk.changes;
    expect(await started()).toEqual({ release: 1, onTrial: false });
  });

  test('starts nothing outside its folder, and says when there is nothing at all', async () => {
    const text = JSON.stringify({ ...manifestOf(1, filesOfRelease(1)), entry: '../../../bin/sh' });
    await disk.write('/home/versions/1/manifest.json', text);
    expect(await choose(layout)).toBeNull();
  });
});

/** Everything that happens to a board in its life; each step goes on from whatever is there. */
async function life(on: Layout): Promise<void> {
  const made = new Installer(on);
  await made.install(2, await bundle(2));
  await choose(on);
  await made.confirm(2);
  await made.install(3, await bundle(3));
  await choose(on);
  await made.abandon(3);
  await made.install(3, await bundle(3));
  for (let start = 0; start < 3; start++) await choose(on);
  await made.install(1, await bundle(1));
  await choose(on);
  await made.confirm(1);
}

describe.each([
  ['every name that was not synced is lost', false],
  ['every name is there, synced or not', true],
])('the power is cut at every change, %s:', (_, keepsUnsynced) => {
  test('a whole version starts, and one on trial comes to an end', async () => {
    const rehearsal = new MemoryDisk();
    const { layout: all } = await board(rehearsal);
    const before = rehearsal.changes;
    await life(all);
    expect(rehearsal.changes - before).toBeGreaterThan(60);
    for (let cut = before; cut <= rehearsal.changes; cut++) {
      const cutOff = new MemoryDisk();
      const { layout: home } = await board(cutOff);
      cutOff.cutAfter = cut;
      await life(home).catch((error: unknown) => {
        if (!(error instanceof PowerCut)) throw error;
      });
      cutOff.powerBack(keepsUnsynced);
      const again = new Layout('/home', cutOff);
      const trials: number[] = [];
      for (let start = 0; start < 4; start++) {
        const choice = await choose(again);
        expect([cut, choice && (await isWhole(choice, again))]).toEqual([cut, true]);
        if (choice?.onTrial) trials.push(choice.release);
      }
      expect(trials.length).toBeLessThanOrEqual(2);
      expect(await again.trial()).toBeNull();
      // And it can be updated again.
      const next = new Installer(again);
      await next.install(7, await bundle(7));
      expect(await started(again)).toEqual({ release: 7, onTrial: true });
    }
  });
});

describe('a bundle that must not be unpacked', () => {
  const files = filesOfRelease(2);
  const withManifest = (more: Record<string, string>, change: object = {}) =>
    gzipSync(tarOf(toTar({ 'manifest.json': JSON.stringify(manifestOf(2, files, change)), ...more })));
  /** The head of a tar changed as a forger would, with its checksum. */
  const forged = (change: (head: Buffer) => void): Buffer => {
    const tar = tarOf(toTar({ 'manifest.json': JSON.stringify(manifestOf(2, files)), ...files }));
    const second = 512 + Math.ceil(Buffer.byteLength(JSON.stringify(manifestOf(2, files))) / 512) * 512;
    const head = tar.subarray(second, second + 512);
    change(head);
    head.write('        ', 148, 'latin1');
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return gzipSync(tar);
  };

  test.each<[string, () => Uint8Array, string]>([
    ['not gzip', () => Buffer.from('no bundle'), 'not a gzip file'],
    ['cut off', () => withManifest(files).subarray(0, 200), 'not a gzip file'],
    ['an archive that ends early', () => gzipSync(tarOf(toTar(files)).subarray(0, 700)), 'it ends too early'],
    ['empty', () => gzipSync(Buffer.alloc(1024)), 'manifest.json is not the first'],
    ['not tar', () => gzipSync(Buffer.alloc(2048, 'x')), 'not a tar archive'],
    ['without a manifest', () => gzipSync(tarOf(toTar(files))), 'manifest.json is not the first'],
    ['a manifest that is none', () => gzipSync(tarOf(toTar({ 'manifest.json': '{' }))), 'not JSON'],
    ['another release', () => withManifest(files, { release: 3 }), 'it is release 3'],
    ['an entry outside', () => withManifest(files, { entry: '../main.js' }), 'manifest.json'],
    ['an entry that is not there', () => withManifest(files, { entry: 'main.js' }), 'the entry is not among the files'],
    ['a file that was changed', () => withManifest({ ...files, 'package.json': '{}' }), 'not as the manifest says'],
    ['a file too many', () => withManifest({ ...files, 'more.js': 'x' }), 'not as the manifest says'],
    ['a file too few', () => withManifest({ 'package.json': files['package.json'] as string }), 'is missing'],
    ['a path upwards', () => forged((head) => head.write('../../etc/passwd\0', 0)), 'not a path of a bundle'],
    ['an absolute path', () => forged((head) => head.write('/etc/passwd\0', 0)), 'not a path of a bundle'],
    ['a backslash', () => forged((head) => head.write('a\\..\\b\0', 0)), 'not a path of a bundle'],
    ['a symbolic link', () => forged((head) => head.write('2', 156)), 'not a plain file'],
    ['a hard link', () => forged((head) => head.write('1', 156)), 'not a plain file'],
    ['a device', () => forged((head) => head.write('3', 156)), 'not a plain file'],
    ['a folder', () => forged((head) => head.write('5', 156)), 'not a plain file'],
    ['an extended head', () => forged((head) => head.write('x', 156)), 'not a plain file'],
    ['a size without end', () => forged((head) => head.write('77777777777\0', 124)), 'too large when unpacked'],
    ['a size that is no number', () => forged((head) => head.write('\xff\xff\xff\xff', 124, 'latin1')), 'not a tar'],
    ['a bomb', () => withManifest({ ...files, 'zero.js': '\0'.repeat(40_000_000) }), 'too large when unpacked'],
  ])('%s', async (_, make, problem) => {
    const path = await packed('bad.tar.gz', make());
    await expect(installer.install(2, path)).rejects.toThrow(problem);
    expect(await disk.list('/home/versions')).toEqual(['1']);
    expect(await started()).toEqual({ release: 1, onTrial: false });
  });

  test('too many files, too large together, and a wrong checksum', async () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n}.js`, 'x']));
    const small = { files: 10, fileBytes: 1_000, allBytes: 2_000 };
    const { installer: bounded } = await board(new MemoryDisk(), small);
    const tooMany = await packed(
      'many.tar.gz',
      withManifest({ ...files, ...many }, { files: manifestOf(2, { ...files, ...many }).files }),
    );
    await expect(bounded.install(2, tooMany)).rejects.toThrow(/too many files|too large/);
    const tar = tarOf(toTar({ 'manifest.json': '{}' }));
    tar.write('X', 0);
    await expect(installer.install(2, await packed('sum.tar.gz', gzipSync(tar)))).rejects.toThrow('not a tar archive');
  });

  test('a bundle that is not there, and a full disk, leave the board as it was', async () => {
    await expect(installer.install(2, join(folder, 'none'))).rejects.toThrow('ENOENT');
    const write = disk.write.bind(disk);
    disk.write = async (path, content) => {
      if (path.endsWith('zod/index.js')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      return write(path, content);
    };
    await expect(installer.install(2, await bundle(2))).rejects.toThrow('ENOSPC');
    expect(await disk.list('/home/versions')).toEqual(['1']);
  });
});

test('paths up to 255 letters go through the archive', async () => {
  const long = `node_modules/${'a'.repeat(90)}/${'b'.repeat(50)}/${'c'.repeat(80)}.js`;
  const files = { ...filesOfRelease(2), [long]: 'x' };
  const stated = JSON.stringify(manifestOf(2, files));
  const path = await packed('long.tar.gz', gzipSync(tarOf(toTar({ 'manifest.json': stated, ...files }))));
  await installer.install(2, path);
  expect(await disk.readText(`/home/versions/2/${long}`)).toBe('x');
});
