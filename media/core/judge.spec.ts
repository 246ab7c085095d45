import { describe, expect, test } from '@jest/globals';
import { withoutDamage } from './clean.js';
import { Clipping } from './clipping.js';
import { type Judged, judge } from './judge.js';
import { levelsOf } from './trim.js';

const power = (db: (index: number) => number) => Array.from({ length: 600 }, (_, index) => 10 ** (db(index) / 10));
/** Words of half a second, pauses of a quarter of one at this level. */
const speech = (pauseDb: number) => power((index) => (index % 75 < 50 ? -20 - (index % 7) * 2 : pauseDb + (index % 3)));
const sound = (over: Partial<Judged>): Judged => ({
  levels: levelsOf(speech(-70)),
  rangeLu: 4.04,
  gainDb: 5,
  clippedSamples: 0,
  recordedSamples: 300_000,
  repairedSamples: 0,
  trimmedStartMs: 0,
  trimmedEndMs: 0,
  ...over,
});

describe('the verdict', () => {
  test('on a good recording is empty', () => {
    expect(judge(sound({}))).toMatchObject({ verdict: [], rangeLu: 4 });
  });
  test('is too quiet when it needed over 18 dB', () => {
    expect(judge(sound({ gainDb: 18 })).verdict).toEqual([]);
    expect(judge(sound({ gainDb: 18.5 })).verdict).toContain('tooQuiet');
  });
  test('is clipped from one sample in 2,000 on', () => {
    expect(judge(sound({ clippedSamples: 149 })).verdict).toEqual([]);
    expect(judge(sound({ clippedSamples: 150 })).verdict).toEqual(['clipped']);
  });
  test('is noisy when the pauses go on air above −46 dBFS', () => {
    expect(judge(sound({ levels: levelsOf(speech(-45)) })).verdict).toEqual(['noisy']);
    expect(judge(sound({ levels: levelsOf(speech(-60)) })).verdict).toEqual([]);
  });
});

describe('what can be told of the pauses', () => {
  test('their level behind the gain', () => {
    expect(judge(sound({})).noiseFloorDb).toBeGreaterThan(-67);
    expect(judge(sound({})).noiseFloorDb).toBeLessThan(-62);
  });
  test('nothing when they are digital silence, or when there are none', () => {
    expect(judge(sound({ levels: levelsOf(speech(-140)) })).noiseFloorDb).toBeNull();
    expect(judge(sound({ levels: levelsOf(power(() => -20)) })).noiseFloorDb).toBeNull();
  });
  test('their part of the sound', () => {
    expect(judge(sound({})).speechRatio).toBeCloseTo(2 / 3, 1);
    expect(judge(sound({ levels: levelsOf(power(() => -20)) })).speechRatio).toBe(1);
  });
});

describe('clipping', () => {
  const clipped = (channels: number, ...samples: number[]) => {
    const clipping = new Clipping(channels);
    clipping.push(Int16Array.from(samples.slice(0, samples.length / 2)));
    clipping.push(Int16Array.from(samples.slice(samples.length / 2)));
    return clipping.clipped;
  };
  test('is a run of three samples at full scale, also across pieces and to the end', () => {
    expect(clipped(1, 0, 32767, 32767, 32767, 0, -32768, -32768, -32768)).toBe(6);
    expect(clipped(1, 0, 32767, 32767, 0, 0, 32767, 0, 0)).toBe(0);
  });
  test('is looked for in each channel', () => {
    expect(clipped(2, 32767, 0, 32767, 0, 32767, 0, 0, 0)).toBe(3);
    expect(clipped(2, 32767, 32767, 0, 32767, 32767, 0, 0, 0)).toBe(0);
  });
});

test('what is no number, or no sound, becomes silence', () => {
  const samples = Float32Array.from([0.5, Number.NaN, Number.NEGATIVE_INFINITY, 1e30, -2]);
  expect(withoutDamage(samples)).toBe(3);
  expect([...samples]).toEqual([0.5, 0, 0, 0, -2]);
});
