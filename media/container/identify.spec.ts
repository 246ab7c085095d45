import { describe, expect, test } from '@jest/globals';
import { inMemory } from './bytes.js';
import { statedFlacMs } from './flac.js';
import { sniff } from './identify.js';
import { readMp3Head, statedMp3Ms } from './mp3.js';
import { checkMp4 } from './mp4.js';
import { checkOgg } from './ogg.js';
import { checkWav, statedWavMs } from './wav.js';
import { checkWebm } from './webm.js';

const bytes = (...parts: (string | number[] | Buffer)[]) =>
  inMemory(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)))),
  );
const id3 = (length: number) =>
  Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, length]), Buffer.alloc(length)]);

describe('the first bytes say what a file is', () => {
  test.each([
    ['wav', bytes('RIFF\0\0\0\0WAVEfmt ')],
    ['ogg', bytes('OggS\0\0\0\0')],
    ['flac', bytes('fLaC\0\0\0\x22')],
    ['flac', bytes(id3(20), 'fLaC\0\0\0\x22')],
    ['mp4', bytes('\0\0\0\x20ftypM4A ')],
    ['webm', bytes([0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84], 'webm')],
    ['mp3', bytes([0xff, 0xfb, 0x90, 0])],
    ['mp3', bytes(id3(7), [0xff, 0xfb, 0x90, 0])],
  ])('%s', async (format, file) => expect((await sniff(file))?.format).toBe(format));

  test.each([
    ['a picture in RIFF', bytes('RIFF\0\0\0\0WEBPVP8 ')],
    ['AAC', bytes([0xff, 0xf1, 0x50, 0x80])],
    ['a WAV behind a tag', bytes(id3(3), 'RIFF\0\0\0\0WAVE')],
    ['Matroska that is no WebM', bytes([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x88], 'matroska')],
    ['WebM without a document type', bytes([0x1a, 0x45, 0xdf, 0xa3])],
    ['a single byte', bytes([0xff])],
    ['nothing', bytes('')],
  ])('%s is none of them', async (_, file) => expect(await sniff(file)).toBeUndefined());
});

describe('structure', () => {
  test('an Ogg page that ends with the file but is not the last', async () => {
    const page = (flags: number) => bytes('OggS', [0, flags], Buffer.alloc(20), [1, 3], 'abc');
    await expect(checkOgg(page(0))).rejects.toThrow('media.truncated');
    await expect(checkOgg(page(4))).resolves.toBeUndefined();
  });
  test('the letters OggS inside the last page do not mislead', async () => {
    const page = bytes('OggS', [0, 4], Buffer.alloc(20), [1, 32], 'OggS', [0, 0], Buffer.alloc(26));
    await expect(checkOgg(page)).resolves.toBeUndefined();
  });
  test('an MP4 with a box of 64-bit length, and one whose length is a lie', async () => {
    const moov = '\0\0\0\x08moov';
    await expect(checkMp4(bytes(moov, '\0\0\0\x01mdat', [0, 0, 0, 0, 0, 0, 0, 18], 'ab'))).resolves.toBeUndefined();
    await expect(checkMp4(bytes(moov, '\0\0\0\x01mdat', [0, 0, 0, 0, 0, 0, 0, 19], 'ab'))).rejects.toThrow(
      'media.truncated',
    );
    await expect(checkMp4(bytes(moov, '\0\0\0\x03mdat', 'abcdefgh'))).rejects.toThrow('media.truncated');
    await expect(checkMp4(bytes(moov))).rejects.toThrow('media.notAudio');
  });
  test('a WAV with a chunk before its sound', async () => {
    const head = 'RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0';
    expect(await checkWav(bytes(head, 'data\x02\0\0\0ab'))).toBe('stated');
    expect(await checkWav(bytes(head, 'data\xff\xff\xff\xffab'))).toBe('streamed');
    await expect(checkWav(bytes(head, 'data\x04\0\0\0ab'))).rejects.toThrow('media.truncated');
    await expect(checkWav(bytes(head))).rejects.toThrow('media.notAudio');
  });
  test('the length that a WAV states', async () => {
    const format = (rate: number, frame: number) => {
      const chunk = Buffer.alloc(24);
      chunk.write('fmt ');
      chunk.writeUInt32LE(16, 4);
      chunk.writeUInt16LE(1, 8);
      chunk.writeUInt32LE(rate, 12);
      chunk.writeUInt16LE(frame, 20);
      return chunk;
    };
    const data = 'data\x80\x3e\0\0'; // 16,000 bytes
    expect(await statedWavMs(bytes('RIFF\0\0\0\0WAVE', format(8000, 2), data, Buffer.alloc(16_000)))).toBe(1000);
    expect(await statedWavMs(bytes('RIFF\0\0\0\0WAVE', format(0, 2), data, Buffer.alloc(16_000)))).toBeUndefined();
  });
  test('a WebM that ends inside an element; without sizes nothing can tell', async () => {
    const head = [0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84, 0x77, 0x65, 0x62, 0x6d];
    const segment = [0x18, 0x53, 0x80, 0x67, 0xff];
    const cluster = [0x1f, 0x43, 0xb6, 0x75];
    await expect(checkWebm(bytes(head, segment, cluster, [0x83], 'abc'))).resolves.toBeUndefined();
    await expect(checkWebm(bytes(head, segment, cluster, [0x84], 'abc'))).rejects.toThrow('media.truncated');
    await expect(checkWebm(bytes(head, segment, cluster, [0xff], 'abc'))).resolves.toBeUndefined();
    await expect(checkWebm(bytes(head, segment))).rejects.toThrow('media.truncated');
    await expect(checkWebm(bytes(head, cluster, [0x83], 'abc'))).rejects.toThrow('media.notAudio');
  });
  test('the length that a FLAC states, or does not', async () => {
    const flac = (samples: number) => {
      const info = Buffer.alloc(26);
      info.writeBigUInt64BE((48_000n << 44n) | BigInt(samples), 18);
      return inMemory(info);
    };
    expect(await statedFlacMs(flac(96_000), 0)).toBe(2000);
    expect(await statedFlacMs(flac(0), 0)).toBeUndefined();
  });
  test('the length that an MP3 states in its Info tag', async () => {
    const frame = Buffer.alloc(417);
    frame.writeUInt32BE(0xfffb_9000, 0);
    frame.write('Info', 36);
    frame.writeUInt32BE(3, 40);
    frame.writeUInt32BE(100, 44);
    frame.writeUInt32BE(417, 48);
    expect(await statedMp3Ms(inMemory(frame), 0)).toBeCloseTo((100 * 1152 * 1000) / 44_100, 3);
    frame.writeUInt32BE(50_000, 48);
    await expect(statedMp3Ms(inMemory(frame), 0)).rejects.toThrow('media.truncated');
  });
  test('an MP3 frame header with reserved fields is none', () => {
    expect(readMp3Head(Buffer.from([0xff, 0xfb, 0xf0, 0]))).toBeUndefined();
    expect(readMp3Head(Buffer.from([0xff, 0xfb, 0x9c, 0]))).toBeUndefined();
    expect(readMp3Head(Buffer.from([0xff, 0xe3, 0x18, 0xc4]))).toMatchObject({ sampleRate: 8000, samples: 576 });
  });
});
