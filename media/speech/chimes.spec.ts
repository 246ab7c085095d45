import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CHIMES, chime, isChime } from './chimes.js';

describe.each(CHIMES)('the chime %s', (name) => {
  const samples = chime(name, 22_050);
  test('is one to two seconds long, at any rate', () => {
    for (const rate of [16_000, 22_050, 48_000]) {
      const seconds = chime(name, rate).length / rate;
      expect(seconds).toBeGreaterThan(1);
      expect(seconds).toBeLessThan(2);
    }
  });
  test('starts and ends without a click and never clips', () => {
    expect(Math.abs(samples[0] ?? 1)).toBe(0);
    expect(Math.abs(samples.at(-1) ?? 1)).toBe(0);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(peak).toBeGreaterThan(3_000);
    expect(peak).toBeLessThan(16_384);
  });
  test('is the same each time', () => {
    expect(Buffer.compare(new Uint8Array(chime(name, 22_050).buffer), new Uint8Array(samples.buffer))).toBe(0);
  });
});

test('no two chimes sound the same', () => {
  const sums = CHIMES.map((name) => createHash('sha256').update(chime(name, 22_050)).digest('hex'));
  expect(new Set(sums).size).toBe(CHIMES.length);
});

test('a name from an older or newer version is none', () => {
  expect(isChime('bell')).toBe(true);
  expect(isChime('none')).toBe(false);
  expect(isChime('constructor')).toBe(false);
});
