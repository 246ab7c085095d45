import { describe, expect, it } from '@jest/globals';
import { freshPace, holdMs, type Pace, rateOf, slowedDown, spent } from './pace.js';

/** Sends pieces of 10 kB as soon as the pace allows, for so long; gives the bytes that went out. */
function sendFor(durationMs: number, pace: Pace, fromMs = 0): { bytes: number; pace: Pace } {
  let bytes = 0;
  let left = pace;
  for (let nowMs = fromMs; nowMs < fromMs + durationMs; nowMs++) {
    while (holdMs(left, nowMs) === 0 && bytes < 1e9) {
      left = spent(left, 10_000, nowMs);
      bytes += 10_000;
      if (left.limit === null && !left.slowed) break;
    }
  }
  return { bytes, pace: left };
}

describe('the pace of audio', () => {
  it('keeps to what the line may carry', () => {
    const { bytes } = sendFor(10_000, freshPace(500_000, 0));
    expect(bytes).toBeGreaterThanOrEqual(5_000_000);
    expect(bytes).toBeLessThanOrEqual(5_070_000);
  });

  it('a line that stood still for an hour catches up with a tenth of a second, not with an hour', () => {
    const { bytes } = sendFor(1_000, freshPace(500_000, 0), 3_600_000);
    expect(bytes).toBeLessThanOrEqual(500_000 + 60_000);
  });

  it('without a limit it never holds back', () => {
    expect(holdMs(spent(freshPace(null, 0), 1e9, 5), 5)).toBe(0);
  });

  it('halves what really went out when devices lose it, once for each round of wishes', () => {
    const { pace } = sendFor(4_000, freshPace(1_000_000, 0));
    const slower = slowedDown(pace, 4_000);
    expect(rateOf(slower, 4_000)).toBeCloseTo(500_000, -5);
    expect(slowedDown(slower, 5_000)).toBe(slower);
    expect(rateOf(slowedDown(slower, 12_100), 12_100)).toBeLessThan(rateOf(slower, 12_100) as number);
  });

  it('also without a limit, and never to a standstill', () => {
    const { pace } = sendFor(1_000, freshPace(null, 0));
    const rate = rateOf(slowedDown(pace, 1_000), 1_000);
    expect(rate).toBeCloseTo(5_000_000, -5);
    expect(rateOf(slowedDown(freshPace(null, 0), 1_000), 1_000)).toBe(16_384);
  });

  it('grows back to the limit and not beyond', () => {
    const slower = slowedDown(sendFor(4_000, freshPace(1_000_000, 0)).pace, 4_000);
    expect(rateOf(slower, 4_000 + 10_000)).toBe(1_000_000);
    expect(rateOf(slower, 4_000 + 1_000)).toBeLessThan(600_000);
  });
});
