import { readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundledFfmpeg, type FfmpegTool, findFfmpeg, type MediaProblemCode, produceAudio } from './index.js';
import { record, recordingFolder } from './testing/recordings.js';

const tools: FfmpegTool[] = [];
let folder: Awaited<ReturnType<typeof recordingFolder>>;

beforeAll(async () => {
  tools.push(await findFfmpeg());
  const bundled = await bundledFfmpeg();
  if (bundled !== undefined) tools.push(bundled);
  folder = await recordingFolder();
});
afterAll(() => folder.remove());

const make = (extension: string, source: string, options: readonly string[] = []) =>
  record(tools[0] as FfmpegTool, folder.path, extension, source, options);

async function write(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, content);
  return path;
}

/** Puts a longer data reference into an index that stands at the end of the file, and corrects the boxes around it. */
function grow(mp4: Buffer, at: number, reference: Buffer): Buffer {
  const more = reference.length - 8;
  const result = Buffer.concat([mp4.subarray(0, at), reference, mp4.subarray(at + 8)]);
  for (const box of ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref', 'url ']) {
    const start = result.lastIndexOf(box, at) - 4;
    result.writeUInt32BE(result.readUInt32BE(start) + more, start);
  }
  return result;
}

/** Both ffmpegs must come to the same verdict. */
async function expectRefusal(input: string, code: MediaProblemCode, limits = {}): Promise<void> {
  for (const tool of tools) {
    const producing = produceAudio({ tool, input, outputDir: join(folder.path, 'out'), limits });
    await expect(producing).rejects.toMatchObject({ name: 'MediaProblem', code });
  }
}

describe('fault case 4: a file whose duration cannot be read is refused, never given length 0', () => {
  test('case 4: a WAV whose recorder lost power before it wrote the length', async () => {
    const wav = await readFile(await make('wav', 'sine=f=500:d=3', ['-fflags', '+bitexact']));
    wav.writeUInt32LE(0, wav.indexOf('data') + 4);
    await expectRefusal(await write('no-length.wav', wav), 'media.durationUnknown');
  });

  test('case 4: a WAV that streamed has its length counted from its samples', async () => {
    const wav = await readFile(await make('wav', 'sine=f=500:d=3', ['-fflags', '+bitexact']));
    wav.writeUInt32LE(0xffff_ffff, wav.indexOf('data') + 4);
    const input = await write('streamed.wav', wav);
    for (const tool of tools) {
      const { durationMs } = await produceAudio({ tool, input, outputDir: folder.path });
      expect(durationMs).toBe(3000);
    }
  });

  test('case 4: an MP3 with a header but no frame that can be decoded', async () => {
    const mp3 = Buffer.alloc(2000);
    mp3.writeUInt32BE(0xfffb_9000, 0);
    const producing = produceAudio({
      tool: tools[0] as FfmpegTool,
      input: await write('e.mp3', mp3),
      outputDir: folder.path,
    });
    await expect(producing).rejects.toMatchObject({ name: 'MediaProblem' });
  });
});

describe('a file that ends early is refused', () => {
  const cut = async (path: string, keep: number) => {
    const whole = await readFile(path);
    return write(`cut-${keep}-${path.split('/').at(-1)}`, whole.subarray(0, Math.floor(whole.length * keep)));
  };

  test.each([
    ['WAV', 'wav', []],
    ['FLAC', 'flac', []],
    ['Ogg Vorbis', 'ogg', ['-c:a', 'libvorbis']],
    ['WebM', 'webm', ['-c:a', 'libopus']],
    ['Ogg Opus', 'ogg', ['-c:a', 'libopus']],
    ['M4A with its index at the end', 'm4a', ['-c:a', 'aac']],
    ['M4A with its index in front', 'm4a', ['-c:a', 'aac', '-movflags', '+faststart']],
    ['MP3 that states its length', 'mp3', ['-c:a', 'libmp3lame', '-b:a', '64k']],
  ])('%s', async (_, extension, options) => {
    const path = await make(extension, 'anoisesrc=d=6:c=pink:a=0.3:seed=1', options);
    await expectRefusal(await cut(path, 0.5), 'media.truncated');
    await expectRefusal(await cut(path, 0.9), 'media.truncated');
  });

  test('an MP3 that states no length is, when cut, a shorter MP3: nothing can tell', async () => {
    const path = await make('mp3', 'anoisesrc=d=6:c=pink:a=0.3:seed=1', ['-write_xing', '0', '-b:a', '64k']);
    const input = await cut(path, 0.5);
    const { durationMs } = await produceAudio({ tool: tools[0] as FfmpegTool, input, outputDir: folder.path });
    expect(Math.abs(durationMs - 3000)).toBeLessThan(150);
  });

  test('a FLAC damaged in the middle', async () => {
    const path = await make('flac', 'anoisesrc=d=6:c=pink:a=0.3:seed=1');
    const flac = await readFile(path);
    flac.fill(0x55, flac.length >> 1, (flac.length >> 1) + 40_000);
    await expectRefusal(await write('damaged.flac', flac), 'media.truncated');
  });
});

describe('what is no audio never reaches a demuxer that opens other files or addresses', () => {
  test.each([
    ['a playlist', 'list.m3u8', '#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'],
    ['a concat script', 'list.ffconcat', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['a session description', 'a.sdp', 'v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n'],
    ['a DASH manifest', 'a.mpd', '<?xml version="1.0"?><MPD></MPD>'],
    ['a playlist that calls itself MP3', 'list.mp3', '#EXTM3U\nhttp://127.0.0.1:1/a.mp3\n'],
    ['text', 'a.txt', 'Kính thưa bà con'],
    ['an empty file', 'empty.wav', ''],
    ['AAC without a container', 'a.aac', Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc, 0, 0, 0, 0, 0])],
    [
      'a WAV header with nothing sensible behind it',
      'bad.wav',
      Buffer.from('RIFF\xff\xff\0\0WAVEjunkjunkjunk', 'latin1'),
    ],
  ])('%s', async (_, name, content) => {
    const producing = produceAudio({
      tool: tools[0] as FfmpegTool,
      input: await write(name, content),
      outputDir: folder.path,
    });
    await expect(producing).rejects.toMatchObject({ code: expect.stringMatching(/^media\.(notAudio|truncated)$/) });
  });

  test('a playlist behind an MP3 tag makes no request', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const list = `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:${(server.address() as AddressInfo).port}/a.ts\n`;
    const tagged = Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]), Buffer.from(list)]);
    await expectRefusal(await write('tagged.mp3', tagged), 'media.notAudio');
    await new Promise((closed) => server.close(closed));
    expect(requests).toBe(0);
  });

  test('an MP4 whose sound lies at an address, and a list of addresses under any name, make no request', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.wav`;
    const m4a = await readFile(await make('m4a', 'sine=f=500:d=2', ['-c:a', 'aac']));
    // The reference «in this file» of the index becomes one to an address, as long as the free bytes behind it allow.
    const own = m4a.indexOf('url ');
    const external = Buffer.concat([Buffer.from('url \0\0\0\0', 'latin1'), Buffer.from(`${address}\0`)]);
    const grown = grow(m4a, own, external);
    const list = `#EXTM3U\n#EXTINF:9,\n${address}\n`;
    for (const [name, content] of [
      ['list.wav', list],
      ['list.m4a', `\0\0\0\x08ftyp${list}`],
      ['list.ogg', `OggS${list}`],
      ['list.webm', Buffer.concat([Buffer.from('1a45dfa3874282847765626d18538067ff', 'hex'), Buffer.from(list)])],
      ['list.flac', `fLaC${list.padEnd(200)}`],
    ] as const) {
      const input = await write(name, content);
      for (const tool of tools) {
        await expect(produceAudio({ tool, input, outputDir: folder.path })).rejects.toMatchObject({
          name: 'MediaProblem',
        });
      }
    }
    // ffmpeg does not follow the reference: it looks into the file itself, whatever that gives.
    const dref = await write('dref.m4a', grown);
    for (const tool of tools) await Promise.allSettled([produceAudio({ tool, input: dref, outputDir: folder.path })]);
    await new Promise((closed) => server.close(closed));
    expect(requests).toBe(0);
  });

  test('a video without sound', async () => {
    const path = await make('mp4', 'testsrc=d=2:s=64x64', ['-c:v', 'mpeg4']);
    await expectRefusal(path, 'media.notAudio');
  });

  test('a folder and a missing file', async () => {
    await expectRefusal(folder.path, 'media.notAudio');
    await expect(
      produceAudio({ tool: tools[0] as FfmpegTool, input: join(folder.path, 'gone.wav'), outputDir: folder.path }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('length and loudness outside what goes on air', () => {
  test('a tenth of a second', async () => expectRefusal(await make('wav', 'sine=f=500:d=0.1'), 'media.tooShort'));

  test('ten hours: refused by what the header states, before anything is decoded', async () => {
    const wav = await readFile(await make('wav', 'sine=f=500:d=1:r=8000', ['-c:a', 'pcm_u8', '-fflags', '+bitexact']));
    const bytes = 10 * 3600 * 8000;
    wav.writeUInt32LE(bytes, wav.indexOf('data') + 4);
    const input = await write('ten-hours.wav', wav);
    await truncate(input, wav.indexOf('data') + 8 + bytes);
    const unusable: FfmpegTool = { path: '/nowhere', source: 'configured', version: '0' };
    const producing = produceAudio({ tool: unusable, input, outputDir: folder.path });
    await expect(producing).rejects.toMatchObject({ code: 'media.tooLong' });
  });

  test('samples that are no numbers: a few become silence and are counted, many are no recording', async () => {
    const damaged = async (name: string, every: number) => {
      const wav = await readFile(
        await make('wav', 'sine=f=500:d=3:r=24000', ['-c:a', 'pcm_f32le', '-fflags', '+bitexact']),
      );
      const start = wav.indexOf('data') + 8;
      for (let at = start + 4 * every; at + 4 <= wav.length; at += 4 * every) {
        wav.writeFloatLE(at % 8 === 0 ? Number.NaN : Number.POSITIVE_INFINITY, at);
      }
      return write(name, wav);
    };
    const few = await damaged('few.wav', 20_000);
    for (const tool of tools) {
      const { sound, loudness } = await produceAudio({ tool, input: few, outputDir: folder.path });
      expect(sound.repairedSamples).toBeGreaterThan(0);
      expect(Math.abs(loudness.outputLufs + 16)).toBeLessThanOrEqual(0.5);
    }
    await expectRefusal(await damaged('many.wav', 50), 'media.notAudio');
  });

  test('nothing but clicks: no gain makes them loud', async () => {
    const clicks = await make('wav', "aevalsrc='if(eq(mod(n,24000),0),0.9,0)':d=4:s=24000");
    await expectRefusal(clicks, 'media.cannotLevel');
  });

  test('shorter than 0.3 s', async () => expectRefusal(await make('wav', 'sine=f=500:d=0.25'), 'media.tooShort'));

  test('longer than the limit, also when the header lies', async () => {
    await expectRefusal(await make('wav', 'sine=f=500:d=5'), 'media.tooLong', { maxDurationMs: 2000 });
  });

  test('more bytes than the limit', async () => {
    await expectRefusal(await make('wav', 'sine=f=500:d=5'), 'media.tooLong', { maxInputBytes: 1000 });
  });

  test('digital silence', async () => expectRefusal(await make('wav', 'anullsrc,atrim=0:2'), 'media.silent'));

  test('the noise of an empty room', async () => {
    await expectRefusal(await make('wav', 'anoisesrc=d=3:c=pink:a=0.002:seed=1'), 'media.silent');
  });
});
