import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FfmpegTool, findFfmpeg } from '../index.js';
import { readMeter, record, recordingFolder } from '../testing/recordings.js';
import { Meter } from './meter.js';

let tool: FfmpegTool;
let folder: Awaited<ReturnType<typeof recordingFolder>>;

beforeAll(async () => {
  tool = await findFfmpeg();
  folder = await recordingFolder();
});
afterAll(() => folder.remove());

/** Our own meter may stand in for ffmpeg's only as long as both read the same. */
test.each([
  ['a tone', 'sine=f=997:d=6,volume=-3dB', 48_000],
  ['pink noise', 'anoisesrc=d=6:c=pink:a=0.5:seed=3', 48_000],
  ['noise at the working rate', 'anoisesrc=d=6:c=pink:a=0.5:seed=3:r=24000', 24_000],
  ['bursts with pauses (gating)', 'aevalsrc=sin(2*PI*300*t)*exp(-9*mod(t\\,1.7))*0.8:d=12:s=48000', 48_000],
  ['a tone whose peaks stand between the samples', 'sine=f=6000:d=5:r=24000,adelay=1', 24_000],
])('reads %s as ffmpeg does', async (_, source, rate) => {
  const path = await record(tool, folder.path, 'wav', source, [
    '-ac',
    '1',
    '-ar',
    String(rate),
    '-c:a',
    'pcm_f32le',
    '-bitexact',
  ]);
  const wav = await readFile(path);
  const start = wav.indexOf('data') + 8;
  const samples = new Float32Array(
    wav.buffer.slice(wav.byteOffset + start, wav.byteOffset + wav.length - ((wav.length - start) % 4)),
  );
  const meter = new Meter(rate);
  // Pieces of odd lengths, as they come through a pipe.
  for (let at = 0; at < samples.length; at += 7001) meter.push(samples.subarray(at, at + 7001));
  const theirs = await readMeter(tool, path);
  const ours = meter.read();
  expect(Math.abs(ours.lufs - theirs.lufs)).toBeLessThanOrEqual(0.1);
  expect(Math.abs(ours.truePeakDb - theirs.truePeakDb)).toBeLessThanOrEqual(0.1);
  expect(meter.samples).toBe(samples.length);
});

test('silence has no peak', () => {
  const meter = new Meter(24_000);
  meter.push(new Float32Array(24_000));
  expect(meter.read()).toEqual({ lufs: -70, truePeakDb: Number.NEGATIVE_INFINITY });
});
