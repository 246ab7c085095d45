import { describe, expect, test } from '@jest/globals';
import { applyGains, limiterGains } from './limiter.js';

const peaksWith = (at: number, peak: number, length = 3000) => {
  const peaks = new Float32Array(length).fill(0.1);
  peaks[at] = peak;
  return peaks;
};

describe('the limiter', () => {
  test('leaves alone what stays below the ceiling', () => {
    const gains = limiterGains(peaksWith(100, 0.4), { from: 0, to: 3000, gain: 2, ceiling: 0.8 });
    expect(gains.every((gain) => gain === 1)).toBe(true);
  });
  test('is down before the peak comes, by just what is needed, and comes back', () => {
    const gains = limiterGains(peaksWith(100, 0.8), { from: 0, to: 3000, gain: 2, ceiling: 0.8 });
    expect(gains[100]).toBeCloseTo(0.5, 5);
    expect(gains[99]).toBeCloseTo(0.5, 5);
    expect(gains[85]).toBe(1);
    expect(gains[130]).toBeGreaterThan(0.6);
    expect(gains[400]).toBeCloseTo(1, 3);
  });
  test('moves evenly: no step of the gain is a click', () => {
    const gains = limiterGains(peaksWith(100, 4), { from: 0, to: 3000, gain: 2, ceiling: 0.8 });
    const steps = gains.slice(1).map((gain, index) => Math.abs(gain - (gains[index] as number)));
    expect(Math.max(...steps)).toBeLessThan(0.11);
  });
  test('gives the same for a part as for the whole', () => {
    const peaks = peaksWith(1990, 0.9);
    const whole = limiterGains(peaks, { from: 0, to: 3000, gain: 2, ceiling: 0.8 });
    const part = limiterGains(peaks, { from: 2000, to: 3000, gain: 2, ceiling: 0.8 });
    expect(Math.max(...part.map((gain, index) => Math.abs(gain - (whole[2000 + index] as number))))).toBeLessThan(1e-6);
  });
});

test('a gain that runs from one millisecond to the next is applied sample by sample', () => {
  const samples = new Float32Array(8).fill(1);
  applyGains(samples, Float32Array.from([1, 1, 0.5, 0.5]), 2, 4);
  expect(samples[0]).toBe(2);
  expect(samples[7]).toBeLessThan(1.3);
  expect(samples.slice(1).every((sample, index) => sample <= (samples[index] as number))).toBe(true);
});
