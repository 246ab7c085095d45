import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DiskReceiptArchive } from './adapters/receipt-archive.js';
import { SILENT } from './logger.js';
import { Recall } from './recall.js';

let folder: string;
let archive: DiskReceiptArchive;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-recall-'));
  archive = new DiskReceiptArchive(folder, SILENT);
  await archive.start();
  const link = '0'.repeat(64);
  const kept = Array.from({ length: 250 }, (_, i) => ({ boot: 1, seq: i + 1, previous: link, link, text: `"${i}"` }));
  await archive.keep(kept, 0);
});
afterEach(() => rm(folder, { recursive: true }));

/** What was sent, and a wait for the next. */
function wire(againMs?: number) {
  const sent: string[] = [];
  let heard: () => void = () => undefined;
  const recall: Recall = new Recall(
    archive,
    (run) => {
      sent.push(`${run[0]?.seq}–${run.at(-1)?.seq}`);
      heard();
    },
    againMs,
  );
  const batch = (count: number) =>
    new Promise<void>((done) => {
      heard = () => sent.length >= count && done();
      heard();
    });
  return { recall, sent, batch };
}

describe('receipts that are asked for again', () => {
  const range = { boot: 1, first: 1, last: 250 };

  test('go batch after batch, each after the acknowledgement of the one before', async () => {
    const { recall, sent, batch } = wire();
    const done = recall.order(range);
    await batch(1);
    // Of others, and of a part: not what is waited for.
    recall.acknowledged({ boot: 2, first: 1, last: 100 });
    recall.acknowledged({ boot: 1, first: 1, last: 60 });
    await new Promise((next) => setImmediate(next));
    expect(sent).toEqual(['1–100']);
    recall.acknowledged({ boot: 1, first: 1, last: 100 });
    await batch(2);
    recall.acknowledged({ boot: 1, first: 101, last: 200 });
    await batch(3);
    recall.acknowledged({ boot: 1, first: 201, last: 250 });
    expect(await done).toBe(true);
    expect(sent).toEqual(['1–100', '101–200', '201–250']);
  });

  test('that nobody acknowledges are sent three times, and then not the others', async () => {
    const { recall, sent } = wire(1);
    expect(await recall.order(range)).toBe(false);
    expect(sent).toEqual(['1–100', '1–100', '1–100']);
  });

  test('end with the connection; the next order begins anew', async () => {
    const { recall, sent, batch } = wire();
    const first = recall.order(range);
    await batch(1);
    recall.connectionLost();
    expect(await first).toBe(false);
    const second = recall.order({ boot: 1, first: 240, last: 250 });
    await batch(2);
    recall.acknowledged({ boot: 1, first: 240, last: 250 });
    expect(await second).toBe(true);
    expect(sent).toEqual(['1–100', '240–250']);
  });

  test('of which none are kept are done', async () => {
    const { recall, sent } = wire();
    expect(await recall.order({ boot: 9, first: 1, last: 5 })).toBe(true);
    expect(sent).toEqual([]);
  });
});
