import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { produceAudio } from '../produce.js';
import { findFfmpeg } from '../tool.js';
import { standbySound } from './standby.js';
import { readWav } from './wav.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-standby-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('a chime, then silence until half a minute is over; the same samples each time', async () => {
  const [first, again] = [await standbySound(folder), await standbySound(folder)];
  expect(first).not.toBe(again);
  const bytes = await readFile(first);
  expect(bytes.equals(await readFile(again))).toBe(true);
  const { samples, sampleRate } = readWav(bytes);
  expect(samples.length / sampleRate).toBe(30);
  const loudest = (fromS: number, untilS: number) =>
    samples.subarray(fromS * sampleRate, untilS * sampleRate).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  expect(loudest(0, 2)).toBeGreaterThan(10_000);
  expect(loudest(2, 30)).toBe(0);
});

it('as it goes on air it keeps its silence, and is small enough for every SIM', async () => {
  const clean = { trimSilence: false };
  const made = await produceAudio({
    ...{ tool: await findFfmpeg(), input: await standbySound(folder), outputDir: folder, clean },
  });
  expect(Math.abs(made.durationMs - 30_000)).toBeLessThan(60);
  expect(made.bytes).toBeLessThan(100_000);
});
