import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FfmpegTool, findFfmpeg, produceAudio } from './index.js';
import { record, recordingFolder } from './testing/recordings.js';

const MEGABYTE = 1024 ** 2;
let tool: FfmpegTool;
let folder: Awaited<ReturnType<typeof recordingFolder>>;

beforeAll(async () => {
  tool = await findFfmpeg();
  folder = await recordingFolder();
});
afterAll(() => folder.remove());

/** Most memory that each child of this process held so far, by process id; a child may end while it is looked at. */
async function childPeaks(into: Map<string, number>): Promise<void> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  for (const pid of children.split(' ').filter(Boolean)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    // Before it became ffmpeg, the child is a copy of this process.
    if (!/^Name:\tffmpeg/m.test(status)) continue;
    const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    into.set(pid, Math.max(into.get(pid) ?? 0, peak));
  }
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('300 MB are worked on piece by piece: neither ffmpeg nor this process holds them', async () => {
  const input = await record(tool, folder.path, 'wav', 'sine=f=400:d=25:r=192000', ['-ac', '8', '-c:a', 'pcm_f64le']);
  expect((await stat(input)).size).toBeGreaterThan(290 * MEGABYTE);

  const before = process.memoryUsage().rss;
  const peaks = new Map<string, number>();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
    void childPeaks(peaks);
  }, 50);
  const outputDir = join(folder.path, 'out');
  const audio = await produceAudio({ tool, input, outputDir }).finally(() => clearInterval(watch));

  expect(Math.abs(audio.loudness.outputLufs + 16)).toBeLessThanOrEqual(0.5);
  expect(peaks.size).toBeGreaterThan(0);
  expect(Math.max(...peaks.values())).toBeLessThan(150 * MEGABYTE);
  expect(most - before).toBeLessThan(150 * MEGABYTE);
  expect((await readdir(outputDir)).length).toBe(2);
});
