import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { type FfmpegTool, findFfmpeg, type ProducedAudio, produceAudio } from './index.js';
import { readMeter, record, recordingFolder } from './testing/recordings.js';

let tool: FfmpegTool;
let folder: Awaited<ReturnType<typeof recordingFolder>>;

beforeAll(async () => {
  tool = await findFfmpeg();
  folder = await recordingFolder();
});
afterAll(() => folder.remove());

async function produce(source: string, options: readonly string[] = [], extension = 'wav'): Promise<ProducedAudio> {
  const input = await record(tool, folder.path, extension, source, options);
  return produceAudio({ tool, input, outputDir: join(folder.path, 'out') });
}

describe('every recording goes on air at the same loudness', () => {
  test.each([
    ['quiet', 'sine=f=500:d=4,volume=-18dB', []],
    ['loud', 'anoisesrc=d=4:c=pink:a=0.9:seed=1', []],
    ['clipped', 'sine=f=300:d=4,volume=40dB', []],
    ['of 8 kHz, as from a telephone', 'anoisesrc=d=4:c=pink:a=0.2:r=8000:seed=1', []],
    ['of 96 kHz', 'anoisesrc=d=4:c=pink:a=0.2:r=96000:seed=1', []],
    ['in stereo of opposite phase', 'sine=f=500:d=4,pan=stereo|c0=c0|c1=-1*c0', []],
    ['on the right channel only', 'sine=f=500:d=4,pan=stereo|c0=0*c0|c1=c0', []],
    ['in six channels', 'anoisesrc=d=4:c=pink:a=0.2:seed=1', ['-ac', '6']],
  ])('a recording that is %s', async (_, source, options) => {
    const audio = await produce(source, options);
    const meter = await readMeter(tool, audio.path);
    expect(Math.abs(meter.lufs + 16)).toBeLessThanOrEqual(0.5);
    expect(meter.truePeakDb).toBeLessThanOrEqual(-1.5);
    expect(audio.loudness.outputLufs).toBeCloseTo(meter.lufs, 1);
    expect(audio.loudness.truePeakDb).toBeCloseTo(meter.truePeakDb, 1);
    expect(audio.durationMs).toBe(4000);
  });

  test('a voice with high peaks is limited, and the report says so', async () => {
    const bursts = 'aevalsrc=sin(2*PI*300*t)*exp(-20*mod(t\\,0.4))*0.9:d=6';
    const audio = await produce(bursts);
    expect(audio.loudness.limited).toBe(true);
    expect((await readMeter(tool, audio.path)).truePeakDb).toBeLessThanOrEqual(-1.5);
  });

  test('where the gain alone is enough, nothing is limited: quiet parts stay as far below loud ones', async () => {
    const audio = await produce("sine=f=500:d=8,volume='if(lt(t,4),0.1,1)':eval=frame");
    expect(audio.loudness.limited).toBe(false);
    expect(audio.loudness.outputLufs).toBeCloseTo(audio.loudness.inputLufs + audio.loudness.gainDb, 0);
  });

  test('a clip shorter than a block of R128 is levelled too', async () => {
    const audio = await produce('sine=f=500:d=0.35');
    expect(audio.durationMs).toBe(350);
    expect(audio.loudness.outputLufs).toBeCloseTo(-16, 0);
  });
});

describe('the produced file', () => {
  test('is what the report says: Opus, mono, 48 kHz, size and hash', async () => {
    const audio = await produce('sine=f=500:d=3.21', ['-metadata', 'title=Bản tin']);
    const content = await readFile(audio.path);
    expect(audio).toMatchObject({ type: 'audio/ogg; codecs=opus', durationMs: 3210, bytes: content.length });
    expect(audio.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    const { stderr } = await execa(tool.path, ['-hide_banner', '-i', audio.path], { reject: false });
    expect(stderr).toMatch(/Audio: opus, 48000 Hz, mono/);
    expect(stderr).not.toContain('Bản tin');
  });

  test('has the same bytes whenever it is made of the same recording', async () => {
    const input = await record(tool, folder.path, 'wav', 'anoisesrc=d=3:c=pink:a=0.8:seed=7');
    const outputDir = join(folder.path, 'twice');
    const first = await produceAudio({ tool, input, outputDir });
    const second = await produceAudio({ tool, input, outputDir });
    expect(second.sha256).toBe(first.sha256);
    expect(second.path).not.toBe(first.path);
  });
});

describe('accepted formats', () => {
  test.each([
    ['MP3', 'mp3', ['-c:a', 'libmp3lame', '-b:a', '64k']],
    ['MP3 of a telephone (MPEG 2.5)', 'mp3', ['-c:a', 'libmp3lame', '-ar', '8000', '-ac', '1']],
    ['Ogg Vorbis', 'ogg', ['-c:a', 'libvorbis']],
    ['Ogg Opus', 'ogg', ['-c:a', 'libopus']],
    ['FLAC', 'flac', []],
    ['M4A', 'm4a', ['-c:a', 'aac']],
    [
      'M4A in fragments, as Safari records',
      'm4a',
      ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov', '-frag_duration', '500000'],
    ],
    ['WAV of 24 bit', 'wav', ['-c:a', 'pcm_s24le']],
    ['WAV as ADPCM', 'wav', ['-c:a', 'adpcm_ms']],
    ['WAV in A-law', 'wav', ['-c:a', 'pcm_alaw', '-ar', '8000']],
  ])('%s', async (_, extension, options) => {
    const audio = await produce('sine=f=500:d=3', options, extension);
    expect(Math.abs(audio.durationMs - 3000)).toBeLessThanOrEqual(160);
    expect(Math.abs(audio.loudness.outputLufs + 16)).toBeLessThanOrEqual(0.5);
  });

  test('the sound of a video is taken, its pictures are not opened', async () => {
    const video = ['-f', 'lavfi', '-i', 'testsrc=d=3:s=64x64', '-map', '0:a', '-map', '1:v', '-c:a', 'aac'];
    const audio = await produce('sine=f=500:d=3', [...video, '-c:v', 'mpeg4'], 'mp4');
    expect(Math.abs(audio.durationMs - 3000)).toBeLessThanOrEqual(60);
  });
});

describe('stopping', () => {
  test('an abort rejects with its reason and leaves no file', async () => {
    const input = await record(tool, folder.path, 'wav', 'anoisesrc=d=90:c=pink:a=0.5:seed=1');
    const outputDir = join(folder.path, 'aborted');
    const stop = new AbortController();
    const producing = produceAudio({ tool, input, outputDir, signal: stop.signal });
    // In the middle of encoding, when there is a file that could be left behind.
    const watch = setInterval(async () => {
      const files = await readdir(outputDir).catch(() => []);
      if (files.length > 0) stop.abort(new Error('stopped by the operator'));
    }, 20);
    await expect(producing).rejects.toThrow('stopped by the operator');
    clearInterval(watch);
    expect(await readdir(outputDir)).toEqual([]);
  });

  test('a tool that takes too long is ended and leaves no file', async () => {
    const input = await record(tool, folder.path, 'wav', 'anoisesrc=d=90:c=pink:a=0.5:seed=2');
    const outputDir = join(folder.path, 'slow');
    const producing = produceAudio({ tool, input, outputDir, limits: { runTimeoutMs: 150 } });
    await expect(producing).rejects.toMatchObject({ code: 'media.toolFailed' });
    expect(await readdir(outputDir).catch(() => [])).toEqual([]);
  });

  test('a result over the size limit is refused and leaves no file', async () => {
    const input = await record(tool, folder.path, 'wav', 'anoisesrc=d=10:c=pink:a=0.5:seed=3');
    const outputDir = join(folder.path, 'large');
    const producing = produceAudio({ tool, input, outputDir, limits: { maxOutputBytes: 8_000 } });
    await expect(producing).rejects.toMatchObject({ code: 'media.toolFailed' });
    expect(await readdir(outputDir)).toEqual([]);
  });
});
