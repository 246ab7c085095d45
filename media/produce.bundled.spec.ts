import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundledFfmpeg, correlate, decodeToPcm, type FfmpegTool, produceAudio } from './index.js';
import { readMeter, record, recordingFolder } from './testing/recordings.js';

/** The ffmpeg of 2018 that npm carries is what a bare machine has: the core path must hold with it too. */
let tool: FfmpegTool;
let folder: Awaited<ReturnType<typeof recordingFolder>>;

beforeAll(async () => {
  const bundled = await bundledFfmpeg();
  if (bundled === undefined) throw new Error('npm carries no ffmpeg for this machine');
  tool = bundled;
  folder = await recordingFolder();
});
afterAll(() => folder.remove());

test.each([
  ['quiet', 'sine=f=500:d=4,volume=-18dB', 'wav', []],
  ['with high peaks', 'aevalsrc=sin(2*PI*300*t)*exp(-8*mod(t\\,0.4))*0.9:d=6', 'wav', []],
  ['in stereo of opposite phase', 'sine=f=500:d=4,pan=stereo|c0=c0|c1=-1*c0', 'flac', []],
  ['from a telephone', 'anoisesrc=d=4:c=pink:a=0.2:r=8000:seed=1', 'm4a', ['-c:a', 'aac']],
  ['MP3', 'anoisesrc=d=4:c=pink:a=0.2:seed=1', 'mp3', []],
  ['Ogg', 'anoisesrc=d=4:c=pink:a=0.2:seed=1', 'ogg', ['-c:a', 'libopus']],
])('the bundled ffmpeg levels a recording that is %s', async (_, source, extension, options) => {
  const input = await record(tool, folder.path, extension, source, options);
  const audio = await produceAudio({ tool, input, outputDir: folder.path });
  const again = await produceAudio({ tool, input, outputDir: folder.path });
  for (const path of [audio.path, audio.mp3.path]) {
    const meter = await readMeter(tool, path);
    expect(Math.abs(meter.lufs + 16)).toBeLessThanOrEqual(0.5);
    expect(meter.truePeakDb).toBeLessThanOrEqual(-1.5);
  }
  expect(again.sha256).toBe(audio.sha256);
  expect(again.mp3.sha256).toBe(audio.mp3.sha256);
});

test('the bundled ffmpeg keeps the sound: recording and product correlate without shift', async () => {
  const input = await record(tool, folder.path, 'wav', 'aevalsrc=sin(2*PI*(200+100*t)*t)*exp(-8*mod(t\\,0.4))*0.9:d=6');
  const { path } = await produceAudio({ tool, input, outputDir: folder.path });
  const reference = await decodeToPcm({ tool, path: input, sampleRate: 16_000 });
  const recorded = await decodeToPcm({ tool, path, sampleRate: 16_000 });
  const { similarity, lagMs } = correlate({ reference, recorded, sampleRate: 16_000 });
  expect(similarity).toBeGreaterThan(0.85);
  expect(Math.abs(lagMs)).toBeLessThan(1);
});

test('the bundled ffmpeg lowers the noise of a telephone', async () => {
  const input = await record(tool, folder.path, 'wav', 'anoisesrc=d=4:c=pink:a=0.2:r=8000:seed=1');
  const audio = await produceAudio({ tool, input, outputDir: folder.path, clean: { noiseReduction: 'telephone' } });
  expect(Math.abs(audio.loudness.outputLufs + 16)).toBeLessThanOrEqual(0.5);
});

test('the bundled ffmpeg refuses silence and damage by the same codes', async () => {
  const silent = await record(tool, folder.path, 'wav', 'anullsrc,atrim=0:2');
  await expect(produceAudio({ tool, input: silent, outputDir: folder.path })).rejects.toMatchObject({
    code: 'media.silent',
  });
});
