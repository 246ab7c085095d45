import { expect, test } from '@jest/globals';
import { trimSilence } from './silence.js';

const RATE = 1000;
const samples = (...parts: readonly (readonly [count: number, value: number])[]) =>
  Int16Array.from(parts.flatMap(([count, value]) => Array<number>(count).fill(value)));

test('silence at both ends goes but for 10 ms, silence within stays', () => {
  const trimmed = trimSilence(samples([300, 0], [50, 9000], [200, 0], [50, 9000], [400, 0]), RATE);
  expect(trimmed).toEqual(samples([10, 0], [50, 9000], [200, 0], [50, 9000], [10, 0]));
});
test('what is 46 dB below the loudest sound counts as silence, a soft consonant does not', () => {
  expect(trimSilence(samples([100, 20], [50, 10_000]), RATE)).toHaveLength(60);
  expect(trimSilence(samples([100, 200], [50, 10_000]), RATE)).toHaveLength(150);
});
test('without silence nothing is cut, of silence nothing is left', () => {
  expect(trimSilence(samples([50, -3000]), RATE)).toHaveLength(50);
  expect(trimSilence(samples([50, 0]), RATE)).toHaveLength(0);
  expect(trimSilence(samples(), RATE)).toHaveLength(0);
});
