import { expect, test } from '@jest/globals';
import { readSpokenWav } from './wav.js';

function wav(samples: number, channels = 1): Buffer {
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0).toString();
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(22_050, 24);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples * 2, 40);
  return bytes;
}

test('the length is counted from the samples', () => {
  expect(readSpokenWav(wav(44_100))).toMatchObject({ sampleRate: 22_050, durationMs: 2000 });
});

test('silence of no length, stereo and other bytes are failures', () => {
  for (const bytes of [wav(0), wav(10, 2), Buffer.from('no'), Buffer.alloc(60)]) {
    expect(() => readSpokenWav(bytes)).toThrow('speech.failed');
  }
});
