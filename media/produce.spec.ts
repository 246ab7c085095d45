import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { someOf } from '../test/support/long.js';
import {
  decodeToPcm,
  EspeakNgDriver,
  type FfmpegTool,
  FileCache,
  findFfmpeg,
  type ProducedAudio,
  produceAudio,
} from './index.js';
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
  const recordings: [string, string, string[]][] = [
    ['quiet', 'sine=f=500:d=4,volume=-18dB', []],
    ['loud', 'anoisesrc=d=4:c=pink:a=0.9:seed=1', []],
    ['clipped', 'sine=f=300:d=4,volume=40dB', []],
    ['of 8 kHz, as from a telephone', 'anoisesrc=d=4:c=pink:a=0.2:r=8000:seed=1', []],
    ['of 96 kHz', 'anoisesrc=d=4:c=pink:a=0.2:r=96000:seed=1', []],
    ['in stereo of opposite phase', 'sine=f=500:d=4,pan=stereo|c0=c0|c1=-1*c0', []],
    ['on the right channel only', 'sine=f=500:d=4,pan=stereo|c0=0*c0|c1=c0', []],
    ['white noise, brighter than any codec can carry', 'anoisesrc=d=4:c=white:a=0.3:seed=1', []],
    ['in six channels', 'anoisesrc=d=4:c=pink:a=0.2:seed=1', ['-ac', '6']],
  ];
  test.each(someOf(recordings, 5))('a recording that is %s', async (_, source, options) => {
    const audio = await produce(source, options);
    for (const path of [audio.path, audio.mp3.path]) {
      const meter = await readMeter(tool, path);
      expect(Math.abs(meter.lufs + 16)).toBeLessThanOrEqual(0.5);
      expect(meter.truePeakDb).toBeLessThanOrEqual(-1.5);
    }
    const meter = await readMeter(tool, audio.path);
    expect(Math.abs(audio.loudness.outputLufs - meter.lufs)).toBeLessThanOrEqual(0.15);
    expect(Math.abs(audio.loudness.truePeakDb - meter.truePeakDb)).toBeLessThanOrEqual(0.15);
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

  test('has an MP3 beside it: mono, as long, the same sound, no tag of the recording', async () => {
    const { mp3, durationMs } = await produce('sine=f=500:d=3.21', ['-metadata', 'title=Bản tin']);
    const content = await readFile(mp3.path);
    expect(mp3).toMatchObject({ type: 'audio/mpeg', bytes: content.length });
    expect(mp3.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    const sound = await decodeToPcm({ tool, path: mp3.path, sampleRate: 24_000 });
    expect(Math.abs(sound.length / 24 - durationMs)).toBeLessThanOrEqual(1);
    const { stderr } = await execa(tool.path, ['-hide_banner', '-i', mp3.path], { reject: false });
    expect(stderr).toMatch(/Audio: mp3.*mono.*48 kb\/s/);
    expect(stderr).not.toContain('Bản tin');
  });

  test('comes with the heights of its waveform', async () => {
    const { peaks } = await produce("sine=f=500:d=8,volume='if(lt(t,4),0.1,1)':eval=frame");
    expect(peaks).toHaveLength(800);
    expect(peaks.every((height) => Number.isInteger(height) && height >= 0 && height <= 100)).toBe(true);
    expect(peaks[600]).toBeGreaterThan(8 * (peaks[200] ?? 0));
  });

  test('begins 150 ms before the first sound and ends 150 ms behind the last', async () => {
    const audio = await produce('sine=f=500:d=3,adelay=1000,apad=pad_dur=2');
    expect(audio.sound.trimmedStartMs).toBe(850);
    // The filter rings for a step or two behind the tone.
    expect(Math.abs(audio.sound.trimmedEndMs - 1840)).toBeLessThanOrEqual(10);
    expect(audio.durationMs).toBe(6000 - 850 - audio.sound.trimmedEndMs);
    expect((await produce('sine=f=500:d=3,adelay=1000', [], 'flac')).durationMs).toBe(3150);
  });

  test('keeps its silence when told to', async () => {
    const input = await record(tool, folder.path, 'wav', 'sine=f=500:d=2,adelay=1000');
    const audio = await produceAudio({ tool, input, outputDir: folder.path, clean: { trimSilence: false } });
    expect(audio.durationMs).toBe(3000);
  });

  test('carries no rumble, and of a telephone only its band', async () => {
    const rumble = 'sine=f=30:d=4,volume=-8dB[low];sine=f=800:d=4,volume=-12dB[voice];[low][voice]amix=duration=first';
    const input = await record(tool, folder.path, 'wav', rumble);
    const below = async (clean: object, hz: string) => {
      const { path } = await produceAudio({ tool, input, outputDir: folder.path, clean });
      const low = await record(tool, folder.path, 'wav', 'anullsrc,atrim=0:1', ['-i', path, '-map', '1:a', '-af', hz]);
      return (await readMeter(tool, low)).truePeakDb;
    };
    const narrow = 'lowpass=f=60,lowpass=f=60,lowpass=f=60';
    expect(await below({}, narrow)).toBeLessThan((await below({ highPass: false }, narrow)) - 15);
    expect(await below({ noiseReduction: 'telephone' }, narrow)).toBeLessThan((await below({}, narrow)) - 10);
  });

  test('has the same bytes whenever it is made of the same recording', async () => {
    const input = await record(tool, folder.path, 'wav', 'anoisesrc=d=3:c=pink:a=0.8:seed=7');
    const outputDir = join(folder.path, 'twice');
    const first = await produceAudio({ tool, input, outputDir });
    const second = await produceAudio({ tool, input, outputDir });
    expect(second.sha256).toBe(first.sha256);
    expect(second.mp3.sha256).toBe(first.mp3.sha256);
    expect(second.path).not.toBe(first.path);
  });

  test('is kept: the same recording again is linked, other settings are worked on anew', async () => {
    const input = await record(tool, folder.path, 'wav', 'anoisesrc=d=3:c=pink:a=0.2:seed=9');
    const cache = new FileCache({ folder: join(folder.path, 'cache'), maxBytes: 10_000_000 });
    const outputDir = join(folder.path, 'kept');
    const first = await produceAudio({ tool, input, outputDir, cache });
    await Promise.all([rm(first.path), rm(first.mp3.path)]);
    // A tool that cannot be started: nothing but the cache can have answered.
    const second = await produceAudio({ tool: { ...tool, path: '/nowhere' }, input, outputDir, cache });
    expect({ ...second, path: '', mp3: { ...second.mp3, path: '' } }).toEqual({
      ...first,
      path: '',
      mp3: { ...first.mp3, path: '' },
    });
    expect((await readFile(second.path)).length).toBe(first.bytes);
    const other = produceAudio({
      tool: { ...tool, path: '/nowhere' },
      input,
      outputDir,
      cache,
      clean: { highPass: false },
    });
    await expect(other).rejects.toMatchObject({ code: 'media.toolMissing' });
  });
});

describe('accepted formats', () => {
  const formats: [string, string, string[]][] = [
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
    ['WebM', 'webm', ['-c:a', 'libopus']],
    ['WebM without sizes, as Chrome records', 'webm', ['-c:a', 'libopus', '-live', '1']],
    ['WAV of 24 bit', 'wav', ['-c:a', 'pcm_s24le']],
    ['WAV as ADPCM', 'wav', ['-c:a', 'adpcm_ms']],
    ['WAV in A-law', 'wav', ['-c:a', 'pcm_alaw', '-ar', '8000']],
  ];
  test.each(someOf(formats, 6))('%s', async (_, extension, options) => {
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

describe('the verdict on a recording', () => {
  const noise = 'anoisesrc=c=pink:a=0.05:seed=4:r=22050';
  let speech: string;

  beforeAll(async () => {
    const voice = new EspeakNgDriver();
    const { wav } = await voice.speak({
      text: 'Kính mời bà con đến nhà văn hóa ấp dự họp lúc bảy giờ tối nay.',
      language: 'vi',
    });
    await voice.close();
    speech = join(folder.path, 'speech.wav');
    await writeFile(speech, wav);
  });

  test.each([
    ['fine', 'anull', []],
    ['too quiet', 'volume=-25dB', ['tooQuiet']],
    ['cut off at full scale', 'volume=14dB', ['clipped']],
    ['noisy', `[in]anull[a];${noise}[b];[a][b]amix=duration=first`, ['noisy']],
  ])('%s', async (_, filter, verdict) => {
    const graph = filter.startsWith('[in]') ? filter.replace('[in]', '[0:a]') : `[0:a]${filter}`;
    const input = join(folder.path, `verdict-${verdict.join()}.wav`);
    await execa(tool.path, ['-v', 'error', '-i', speech, '-filter_complex', graph, '-c:a', 'pcm_s16le', input]);
    const { sound } = await produceAudio({ tool, input, outputDir: folder.path });
    expect(sound.verdict).toEqual(verdict);
    expect(sound.speechRatio).toBeGreaterThan(0.5);
    expect(sound.speechRatio).toBeLessThanOrEqual(1);
    expect(JSON.parse(JSON.stringify(sound))).toEqual(sound);
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
