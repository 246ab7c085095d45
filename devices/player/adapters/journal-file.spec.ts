import { access, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { applyRecord, type Durable, type JournalRecord, replay, UNBORN } from '../core/index.js';
import { at, playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';
import { decodeRecords, encodeRecord, JournalFile } from './journal-file.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-journal-'));
  path = join(folder, 'journal');
});
afterEach(() => rm(folder, { recursive: true }));

/** What a real core writes in a morning with one bulletin, cut in half by a crash. */
function morning(): JournalRecord[] {
  const world = World.ready(at('5:00'), [
    playOf(at('5:30'), { play: 'p', item: { id: 'i', version: 1, title: 'Đắk Ơ – xã biên giới', language: 'vi' } }),
  ]);
  world.run(at('5:30:02'));
  world.crash();
  world.startPlayer();
  return world.journal;
}

/** Where each record ends in the file. */
function endsOf(records: readonly JournalRecord[]): number[] {
  let end = 0;
  return records.map((record) => {
    end += encodeRecord(record).length;
    return end;
  });
}

async function written(records: readonly JournalRecord[]): Promise<Buffer> {
  const journal = new JournalFile(path);
  await journal.start();
  let durable: Durable = UNBORN;
  for (const record of records) {
    durable = applyRecord(durable, record);
    await journal.append([record], durable);
  }
  await journal.stop();
  return readFile(path);
}

async function restarted(): Promise<{ durable: Durable; records: number; droppedBytes: number }> {
  const journal = new JournalFile(path);
  const start = await journal.start();
  await journal.stop();
  return start;
}

describe('the journal file', () => {
  test('gives back what was written, readable by its user alone', async () => {
    const records = morning();
    await written(records);
    expect(await restarted()).toEqual({ durable: replay(records), records: records.length, droppedBytes: 0 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('cut at every byte: loses no whole record, invents none', async () => {
    const records = morning();
    const bytes = await written(records);
    const ends = endsOf(records);
    expect(ends.at(-1)).toBe(bytes.length);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const whole = ends.filter((end) => end <= cut).length;
      const found = decodeRecords(bytes.subarray(0, cut));
      expect(found.records.length).toBe(whole);
      expect(found.length).toBe(ends[whole - 1] ?? 0);
    }
    expect(decodeRecords(bytes).records).toEqual(records);
  });

  test('after a cut it goes on behind the last whole record', async () => {
    const records = morning();
    const bytes = await written(records);
    const kept = records.slice(0, -1);
    const [next] = records.slice(-1) as [JournalRecord];
    for (const lost of [1, 7, encodeRecord(next).length - 1]) {
      await writeFile(path, bytes.subarray(0, bytes.length - lost));
      const journal = new JournalFile(path);
      const start = await journal.start();
      expect(start).toMatchObject({ durable: replay(kept), droppedBytes: encodeRecord(next).length - lost });
      await journal.append([next], applyRecord(start.durable, next));
      await journal.stop();
      expect((await restarted()).durable).toEqual(replay(records));
    }
    // A torn last line is what a power cut leaves: nothing for a person to look at.
    await expect(access(`${path}.damaged`)).rejects.toThrow();
  });

  test('any flipped bit is noticed; what stands before it is kept, the rest is put aside for a person', async () => {
    const records = morning().slice(0, 6);
    const bytes = await written(records);
    const ends = endsOf(records);
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const before = ends.filter((end) => end <= bit >> 3).length;
      expect(decodeRecords(flipped).records).toEqual(records.slice(0, before));
    }
    const flipped = Buffer.from(bytes);
    flipped[(ends[1] as number) + 30] = 0;
    await writeFile(path, flipped);
    expect(await restarted()).toMatchObject({ records: 2, durable: replay(records.slice(0, 2)) });
    expect(await readFile(`${path}.damaged`)).toEqual(flipped);
  });

  test('zeros at the end, as some file systems leave them, are no record', async () => {
    const records = morning();
    const bytes = await written(records);
    await writeFile(path, Buffer.concat([bytes, Buffer.alloc(4_096)]));
    expect(await restarted()).toMatchObject({ durable: replay(records), droppedBytes: 4_096 });
  });

  test('grown too large, it is written anew as one snapshot, with nothing lost', async () => {
    const records = morning();
    const journal = new JournalFile(path, 20_000);
    await journal.start();
    let durable: Durable = UNBORN;
    let largest = 0;
    for (let round = 0; round < 10; round++)
      for (const record of records) {
        durable = applyRecord(durable, record);
        await journal.append([record], durable);
        largest = Math.max(largest, (await stat(path)).size);
      }
    await journal.stop();
    expect(largest).toBeLessThan(20_000 + 3 * Buffer.byteLength(JSON.stringify(durable)));
    const again = await restarted();
    expect(again.durable).toEqual(durable);
    expect(again.records).toBeLessThan(records.length * 10);
    expect(decodeRecords(await readFile(path)).records[0]?.t).toBe('snapshot');
  });

  test('a compaction that was cut off before its rename changes nothing', async () => {
    const records = morning();
    await written(records);
    await writeFile(`${path}.new`, encodeRecord({ t: 'snapshot', durable: UNBORN }).subarray(0, 40));
    expect((await restarted()).durable).toEqual(replay(records));
    await expect(access(`${path}.new`)).rejects.toThrow();
  });

  test('several records of one step are one write', async () => {
    const journal = new JournalFile(path);
    await journal.start();
    const records = morning();
    await journal.append(records, replay(records));
    await journal.stop();
    expect((await restarted()).durable).toEqual(replay(records));
  });
});
