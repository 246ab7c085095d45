import { describe, expect, test } from '@jest/globals';
import { readSpokenWav, readWav, writeWav } from './wav.js';

interface Shape {
  readonly kind?: number;
  readonly channels?: number;
  readonly bits?: number;
  readonly sampleRate?: number;
  readonly stated?: number;
  readonly before?: Buffer;
}

/** A WAV as other programs write it, by hand. */
function wav(sound: Buffer, { kind = 1, channels = 1, bits = 16, sampleRate = 22_050, ...more }: Shape = {}): Buffer {
  const format = Buffer.alloc(24);
  format.write('fmt ', 0);
  format.writeUInt32LE(16, 4);
  format.writeUInt16LE(kind, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(sampleRate, 12);
  format.writeUInt32LE((sampleRate * channels * bits) / 8, 16);
  format.writeUInt16LE((channels * bits) / 8, 20);
  format.writeUInt16LE(bits, 22);
  const head = Buffer.alloc(8);
  head.write('data');
  head.writeUInt32LE(more.stated ?? sound.length, 4);
  const body = Buffer.concat([Buffer.from('WAVE'), format, more.before ?? Buffer.alloc(0), head, sound]);
  const riff = Buffer.alloc(8);
  riff.write('RIFF');
  riff.writeUInt32LE(body.length, 4);
  return Buffer.concat([riff, body]);
}

const int16 = (...values: number[]) => Buffer.from(Int16Array.from(values).buffer);

describe('a plain WAV is read, whatever its width', () => {
  test.each<[string, Buffer, number[]]>([
    ['mono of 16 bit', wav(int16(1, -2, 32_767)), [1, -2, 32_767]],
    ['stereo, mixed', wav(int16(100, 300, -5, -7), { channels: 2 }), [200, -6]],
    ['24 bit', wav(Buffer.from([0xff, 0x34, 0x12, 0, 0, 0x80]), { bits: 24 }), [0x1234, -32_768]],
    ['32 bit', wav(Buffer.from([0xff, 0xff, 0x34, 0x12]), { bits: 32 }), [0x1234]],
    [
      'float, NaN being silence',
      wav(Buffer.from(Float32Array.of(0.5, 2, Number.NaN).buffer), { kind: 3, bits: 32 }),
      [16_384, 32_767, 0],
    ],
    ['streamed, of unknown length', wav(int16(5, 6), { stated: 0xffff_ffff }), [5, 6]],
    [
      'with another chunk before the sound',
      wav(int16(9), { before: Buffer.from('LIST\x03\0\0\0abc\0', 'latin1') }),
      [9],
    ],
  ])('%s', (_, bytes, samples) => {
    expect([...readWav(bytes).samples]).toEqual(samples);
  });

  test('and what is written reads back', () => {
    const pcm = { samples: Int16Array.of(0, 1, -1, 32_767, -32_768), sampleRate: 16_000 };
    expect(readWav(writeWav(pcm))).toEqual(pcm);
  });
});

test('the length is counted from the samples', () => {
  expect(readSpokenWav(wav(Buffer.alloc(88_200)))).toMatchObject({ sampleRate: 22_050, durationMs: 2000 });
});

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['a word', Buffer.from('no')],
  ['zeros', Buffer.alloc(60)],
  ['no sound', wav(Buffer.alloc(0))],
  ['less sound than stated', wav(Buffer.alloc(100), { stated: 102 })],
  ['only the head', wav(Buffer.alloc(100)).subarray(0, 30)],
  ['three channels', wav(Buffer.alloc(60), { channels: 3 })],
  ['8 bit', wav(Buffer.alloc(60), { bits: 8 })],
  ['MP3 in a WAV', wav(Buffer.alloc(60), { kind: 0x55 })],
  ['400 MHz', wav(Buffer.alloc(60), { sampleRate: 400_000_000 })],
])('%s is a failure of the synthesizer', (_, bytes) => {
  expect(() => readSpokenWav(bytes)).toThrow('speech.failed');
});
