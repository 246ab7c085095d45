import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { correlate, decodeToPcm, type FfmpegTool, findFfmpeg, produceAudio } from './index.js';
import { record, recordingFolder } from './testing/recordings.js';

const sampleRate = 16_000;
const bursts = (hz: number) => `aevalsrc=sin(2*PI*(${hz}+60*t)*t)*exp(-6*mod(t\\,0.4))*0.5:d=5`;
let tool: FfmpegTool;
let folder: Awaited<ReturnType<typeof recordingFolder>>;

beforeAll(async () => {
  tool = await findFfmpeg();
  folder = await recordingFolder();
});
afterAll(() => folder.remove());

test('a WAV that a player wrote is proved to be the stored audio, and no other', async () => {
  const produced = await Promise.all(
    [200, 700].map(async (hz) =>
      produceAudio({ tool, input: await record(tool, folder.path, 'wav', bursts(hz)), outputDir: folder.path }),
    ),
  );
  const [stored, other] = await Promise.all(produced.map(({ path }) => decodeToPcm({ tool, path, sampleRate })));
  if (stored === undefined || other === undefined || produced[0] === undefined) throw new Error('not produced');
  // What a player at volume 30 % with a latency of 50 ms leaves in a WAV file.
  const played = await record(tool, folder.path, 'wav', 'anullsrc,atrim=0:1', [
    ...['-i', produced[0].path, '-filter_complex', '[1:a]volume=0.3,adelay=50,aresample=44100', '-ac', '1'],
  ]);
  const recorded = await decodeToPcm({ tool, path: played, sampleRate });
  const same = correlate({ reference: stored, recorded, sampleRate });
  expect(same.similarity).toBeGreaterThan(0.99);
  expect(same.lagMs).toBeCloseTo(50, 0);
  expect(correlate({ reference: other, recorded, sampleRate }).similarity).toBeLessThan(0.4);
});

test('samples come at the rate that was asked for', async () => {
  const path = await record(tool, folder.path, 'flac', 'sine=f=500:d=2', ['-ac', '2']);
  expect(await decodeToPcm({ tool, path, sampleRate: 8000 })).toHaveLength(16_000);
});

test('more sound than fits is refused', async () => {
  const path = await record(tool, folder.path, 'wav', 'sine=f=500:d=4');
  const decoding = decodeToPcm({ tool, path, sampleRate, maxDurationMs: 1000 });
  await expect(decoding).rejects.toMatchObject({ code: 'media.tooLong' });
});
