import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { withFile } from '../container/bytes.js';
import { recordingFolder } from '../testing/recordings.js';
import { bundledFfmpeg, type FfmpegTool, findFfmpeg } from '../tool.js';
import { readMp4 } from './mp4.js';
import { cleanVideo, videoArgs } from './video.js';

const tools: FfmpegTool[] = [];
let folder: Awaited<ReturnType<typeof recordingFolder>>;
let short = '';

beforeAll(async () => {
  tools.push(await findFfmpeg());
  const bundled = await bundledFfmpeg();
  if (bundled !== undefined) tools.push(bundled);
  folder = await recordingFolder();
  short = await film('short.mp4', ['-metadata', 'location=+11.53+106.88/', '-metadata', 'title=Secret of Hoa']);
});
afterAll(() => folder.remove());

/** Three seconds unless `sources` says otherwise. */
async function film(
  name: string,
  options: readonly string[] = [],
  sources: readonly string[] = ['testsrc=s=320x180:r=10:d=3', 'sine=f=440:d=3'],
  codecs: readonly string[] = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
): Promise<string> {
  const path = join(folder.path, name);
  const inputs = sources.flatMap((source) => ['-f', 'lavfi', '-i', source]);
  await execa(tools[0]?.path as string, ['-v', 'error', '-nostdin', ...inputs, ...codecs, ...options, '-y', path]);
  return path;
}
const clean = async (input: string, tool = tools[0] as FfmpegTool) =>
  cleanVideo({ tool, input, outputDir: await mkdtemp(join(folder.path, 'clean-')) });
async function write(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, content);
  return path;
}
/** Both ffmpegs must come to the same verdict. */
async function refused(input: string, code: string): Promise<void> {
  for (const tool of tools) await expect(clean(input, tool)).rejects.toMatchObject({ name: 'VisualProblem', code });
}

describe('a short video', () => {
  it('is packed anew: measured, index in front, without place and title, the same bytes each time', async () => {
    for (const tool of tools) {
      const made = await clean(short, tool);
      expect(made).toMatchObject({ type: 'video/mp4', width: 320, height: 180 });
      expect(made.durationMs).toBeGreaterThanOrEqual(3_000);
      expect(made.durationMs).toBeLessThan(3_100);
      const bytes = await readFile(made.path);
      expect(bytes.length).toBe(made.bytes);
      expect(bytes.includes('Secret')).toBe(false);
      expect(bytes.includes('106.88')).toBe(false);
      expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
      expect((await readFile((await clean(short, tool)).path)).equals(bytes)).toBe(true);
    }
    expect((await readFile(short)).includes('Secret')).toBe(true);
  });

  it('may be silent, and held upright while filming', async () => {
    const silent = await film('silent.mp4', ['-an']);
    expect(await clean(silent)).toMatchObject({ width: 320, height: 180 });
    const bytes = await readFile(silent);
    const matrix = bytes.indexOf('tkhd') + 4 + 40;
    for (const [at, value] of [
      [0, 0],
      [4, 0x10000],
      [12, -0x10000],
      [16, 0],
    ] as const)
      bytes.writeInt32BE(value, matrix + at);
    expect(await withFile(await write('upright.mp4', bytes), readMp4)).toMatchObject([{ width: 180, height: 320 }]);
    expect(await clean(await write('upright.mp4', bytes))).toMatchObject({ width: 180, height: 320 });
  });

  it('written in fragments, as browsers record, is measured by what is in it', async () => {
    const fragments = await film('fragments.mp4', ['-movflags', 'frag_keyframe+empty_moov', '-g', '5']);
    const { durationMs } = await clean(fragments);
    expect(Math.abs(durationMs - 3_000)).toBeLessThan(150);
  });

  it('leaves its other tracks behind', async () => {
    const path = join(folder.path, 'subtitled.mp4');
    const words = await write('words.srt', '1\n00:00:00,000 --> 00:00:01,000\nSecret\n');
    const args = ['-v', 'error', '-i', short, '-i', words, '-c', 'copy', '-c:s', 'mov_text', '-y', path];
    await execa(tools[0]?.path as string, args);
    expect(await withFile(path, readMp4)).toHaveLength(3);
    expect((await withFile((await clean(path)).path, readMp4)).map(({ kind }) => kind)).toEqual(['video', 'sound']);
  });
});

describe('bad videos', () => {
  it('sound alone is no video', async () =>
    refused(await film('sound.mp4', [], ['sine=f=440:d=1'], ['-c:a', 'aac']), 'video.noPicture'));

  it('ten minutes are refused by the index, three minutes and a bit as well', async () => {
    for (const seconds of [600, 183]) {
      const frames = [`color=s=64x64:r=1:d=${seconds}`];
      const long = await film(`long-${seconds}.mp4`, [], frames, ['-c:v', 'libx264', '-preset', 'ultrafast']);
      await refused(long, 'video.tooLong');
    }
  });

  it('ten minutes in fragments are refused as well', async () => {
    const options = ['-movflags', 'frag_keyframe+empty_moov', '-g', '30'];
    const frames = ['color=s=64x64:r=1:d=600'];
    await refused(await film('long.mp4', options, frames, ['-c:v', 'libx264']), 'video.tooLong');
  });

  it('another coding of picture or sound is named', async () => {
    await refused(await film('mpeg4.mp4', [], undefined, ['-c:v', 'mpeg4', '-c:a', 'aac']), 'video.codec');
    const mp3 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'libmp3lame'];
    await refused(await film('mp3.mp4', [], undefined, mp3), 'video.codec');
  });

  it.each([0.2, 0.5, 0.9, 0.999])('cut off after %f of its bytes it is refused', async (part) => {
    const bytes = await readFile(short);
    await refused(await write('cut.mp4', bytes.subarray(0, Math.floor(bytes.length * part))), 'video.truncated');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a playlist', Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n')],
    ['a concat script', Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n")],
    ['HTML', Buffer.from('<!doctype html><video src=x>')],
  ])('%s is no video', async (_, bytes) => refused(await write('other.mp4', bytes), 'video.unknown'));

  it('frames that cannot be decoded are refused', async () => {
    const bytes = await readFile(short);
    const content = bytes.indexOf('mdat') + 4;
    bytes.fill(0xff, content, content + 20_000);
    await refused(await write('noise.mp4', bytes), 'video.damaged');
  });

  it('an index with wrong numbers in it is refused, or read without a crash', async () => {
    const bytes = await readFile(short);
    let seed = 3;
    const index = bytes.indexOf('moov');
    for (let turn = 0; turn < 300; turn++) {
      const changed = Buffer.from(bytes);
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      changed.writeUInt32BE(seed * 2, index + (seed % 900));
      const path = await write('index.mp4', changed);
      await withFile(path, readMp4).catch((error: unknown) => expect(error).toMatchObject({ name: 'VisualProblem' }));
    }
  });

  it('a QuickTime reference to another file is not followed', () => {
    const args = videoArgs('http://x/-y.mp4', '/out/clean.mp4');
    const value = (option: string) => args[args.indexOf(option) + 1];
    expect(value('-protocol_whitelist')).toBe('file,pipe');
    expect(value('-codec_whitelist')).toBe('h264,aac');
    expect(value('-enable_drefs')).toBe('0');
    expect(value('-i')).toMatch(/^file:\/.*\/http:\/x\/-y\.mp4$/);
  });
});
