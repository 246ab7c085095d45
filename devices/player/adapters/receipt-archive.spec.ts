import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { UnsentReceipt } from '../core/index.js';
import { createLog, SILENT } from '../logger.js';
import { encodeLine } from './lines.js';
import { DiskReceiptArchive, type ReceiptRange } from './receipt-archive.js';

const DAY = 86_400_000;
const NOW = 20_400 * DAY + 5;
const ALL = { boot: 1, first: 1, last: 1_000_000 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-archive-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Numbers `from` to `to` of a boot, each of some 200 bytes, in Vietnamese. */
const receipts = (from: number, to: number, boot = 1): UnsentReceipt[] =>
  Array.from({ length: to - from + 1 }, (_, i) => {
    const seq = from + i;
    const [previous, link] = [String(seq - 1).padStart(64, '0'), String(seq).padStart(64, '0')];
    return { boot, seq, previous, link, text: JSON.stringify({ seq, title: 'Phòng cháy chữa cháy rừng ở Đắk Ơ' }) };
  });

async function opened(...bounds: readonly number[]): Promise<DiskReceiptArchive> {
  const archive = new DiskReceiptArchive(folder, SILENT, ...bounds);
  await archive.start();
  return archive;
}

async function runs(archive: DiskReceiptArchive, range: ReceiptRange = ALL): Promise<UnsentReceipt[][]> {
  const found: UnsentReceipt[][] = [];
  for await (const run of archive.recall(range)) found.push([...run]);
  return found;
}
const recalled = async (archive: DiskReceiptArchive, range?: ReceiptRange) => (await runs(archive, range)).flat();
const numbers = async (archive: DiskReceiptArchive, range?: ReceiptRange) =>
  (await recalled(archive, range)).map(({ seq }) => seq);
const to = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** A card on which so many bytes find room; of what does not fit a part is written, as the kernel does it. */
class SmallCard extends DiskReceiptArchive {
  constructor(
    private readonly card: string,
    private readonly room: number,
    log = SILENT,
  ) {
    super(card, log, 1e9, 1_000);
  }
  protected override async write(path: string, lines: Buffer): Promise<number> {
    const sizes = await Promise.all(
      (await readdir(this.card)).map(async (name) => (await stat(join(this.card, name))).size),
    );
    const left = this.room - sizes.reduce((sum, size) => sum + size, 0);
    if (left >= lines.length) return super.write(path, lines);
    await appendFile(path, lines.subarray(0, Math.max(0, left)));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
}

describe('the archive of acknowledged receipts', () => {
  test('gives a range of a boot back as it was, also after a restart, readable by its user alone', async () => {
    const archive = await opened();
    await archive.keep(receipts(1, 20), NOW);
    await archive.keep(receipts(1, 5, 2), NOW);
    for (const each of [archive, await opened()]) {
      expect(await recalled(each, { boot: 1, first: 7, last: 9 })).toEqual(receipts(7, 9));
      expect(await recalled(each, { boot: 2, first: 4, last: 40 })).toEqual(receipts(4, 5, 2));
      expect(await runs(each, { boot: 3, first: 1, last: 9 })).toEqual([]);
    }
    const [name] = await readdir(folder);
    expect((await stat(join(folder, name as string))).mode & 0o777).toBe(0o600);
  });

  test('a receipt that was kept twice is told once: the power went before its acknowledgement was written down', async () => {
    const archive = await opened();
    await archive.keep(receipts(1, 3), NOW);
    await archive.keep(receipts(1, 4), NOW);
    expect(await numbers(archive)).toEqual([1, 2, 3, 4]);
  });

  test('comes in runs without a gap, a hundred at most', async () => {
    const archive = await opened();
    await archive.keep([...receipts(1, 250), ...receipts(300, 301)], NOW);
    expect((await runs(archive)).map((run) => run.length)).toEqual([100, 100, 50, 2]);
  });

  test('cut at any byte it has lost what was torn, invents nothing, and goes on', async () => {
    await (await opened()).keep(receipts(1, 2), NOW);
    const [name] = await readdir(folder);
    const path = join(folder, name as string);
    const bytes = await readFile(path);
    for (let cut = encodeLine(receipts(1, 1)[0]).length - 5; cut <= bytes.length; cut++) {
      await writeFile(path, bytes.subarray(0, cut));
      // Without its end alone, a line is whole again with the next.
      const whole = [1, 2].filter((n) => Buffer.concat(receipts(1, n).map(encodeLine)).length - 1 <= cut).length;
      const archive = await opened();
      expect((await recalled(archive)).every(({ seq }) => seq <= whole)).toBe(true);
      await archive.keep(receipts(4, 4), NOW);
      expect(await recalled(archive)).toEqual([...receipts(1, whole), ...receipts(4, 4)]);
    }
  });

  test('a damaged line costs itself alone', async () => {
    await (await opened()).keep(receipts(1, 3), NOW);
    const [name] = await readdir(folder);
    const path = join(folder, name as string);
    const bytes = await readFile(path);
    bytes[encodeLine(receipts(1, 1)[0]).length + 40] = 0;
    await writeFile(path, bytes);
    expect(await numbers(await opened())).toEqual([1, 3]);
  });

  test('keeps thirty days from the acknowledgement on, by the time of the service', async () => {
    const archive = await opened();
    await archive.keep(receipts(1, 1), NOW);
    await archive.keep(receipts(2, 2), NOW + DAY);
    await archive.keep(receipts(3, 3), NOW + 30 * DAY);
    expect(await numbers(archive)).toEqual([1, 2, 3]);
    await archive.keep(receipts(4, 4), NOW + 31 * DAY);
    expect(await numbers(archive)).toEqual([2, 3, 4]);
    expect(await numbers(await opened())).toEqual([2, 3, 4]);
  });

  test('what was acknowledged before time was known gets its day later; its thirty days begin then', async () => {
    const archive = await opened();
    await archive.keep(receipts(1, 1), NOW);
    await archive.keep(receipts(2, 2), null);
    const again = await opened();
    await again.keep(receipts(3, 3), NOW + 40 * DAY);
    expect(await numbers(again)).toEqual([2, 3]);
    await again.keep(receipts(4, 4), NOW + 71 * DAY);
    expect(await numbers(again)).toEqual([4]);
  });

  test('takes no more room than it was given: the oldest leave first', async () => {
    const archive = await opened(20_000, 4_000);
    for (let n = 1; n <= 300; n += 10) await archive.keep(receipts(n, n + 9), NOW);
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
    const used = sizes.reduce((sum, size) => sum + size, 0);
    expect(used).toBeLessThanOrEqual(20_000);
    const left = await numbers(archive);
    expect(left).toEqual(to(300, left[0]));
    expect(left.length).toBeGreaterThan(30);
  });

  test('on a full card the oldest make way for the newest, and nothing that is told is torn', async () => {
    const archive = new SmallCard(folder, 8_000);
    await archive.start();
    for (let n = 1; n <= 60; n++) await archive.keep(receipts(n, n), NOW);
    const left = await numbers(archive);
    expect(left).toEqual(to(60, left[0]));
    expect(left.length).toBeGreaterThan(5);
    expect(await archive.makeRoom()).toBe(true);
    expect((await numbers(archive)).length).toBeLessThan(left.length);
  });

  test('a folder that cannot be one keeps no player from starting', async () => {
    const lines: string[] = [];
    const file = join(folder, 'archive');
    await writeFile(file, '');
    const archive = new DiskReceiptArchive(
      file,
      createLog('warn', (line) => lines.push(JSON.parse(line).problem)),
    );
    await archive.start();
    await archive.keep(receipts(1, 1), NOW);
    expect(await numbers(archive)).toEqual([]);
    expect(lines).toEqual([expect.stringContaining('EEXIST'), expect.stringContaining('ENOTDIR')]);
  });

  test('a card without any room for it is no failure of the player, and is logged', async () => {
    const lines: string[] = [];
    const archive = new SmallCard(
      folder,
      100,
      createLog('warn', (line) => lines.push(JSON.parse(line).problem)),
    );
    await archive.start();
    await archive.keep(receipts(1, 1), NOW);
    expect(await numbers(archive)).toEqual([]);
    expect(lines).toEqual(['Error: the disk is full']);
    expect(await readdir(folder)).toEqual([]);
  });
});
