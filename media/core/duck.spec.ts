import { expect, test } from '@jest/globals';
import { duckedPeaks } from './duck.js';
import { limiterGains } from './limiter.js';

const peaks = new Float32Array(1000).fill(0.4);
const product = new Float32Array(100).fill(0.5);
product[50] = 1;

test('an excess of the codec is lowered where it is, by as much as it is, and nowhere else', () => {
  const ducked = duckedPeaks(peaks, product, { highest: 0.8, more: 1, held: 0.5 });
  const gains = limiterGains(ducked, { from: 0, to: 1000, gain: 1, ceiling: 0.5 });
  expect(gains[505]).toBeCloseTo(0.8, 5);
  expect(gains[400]).toBe(1);
  expect(gains[900]).toBeCloseTo(1, 4);
});

test('without an excess nothing changes', () => {
  expect(duckedPeaks(peaks, new Float32Array(100), { highest: 0.8, more: 1, held: 0.5 })).toEqual(peaks);
});
