import { describe, expect, test } from '@jest/globals';
import { correlate } from './correlate.js';

const sampleRate = 16_000;

/** Noise from a seed, shaped in syllables, so that it has a rhythm like speech. */
function voice(seconds: number, seed = 1): Int16Array {
  let state = seed;
  let low = 0;
  return Int16Array.from({ length: seconds * sampleRate }, (_, at) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    low += 0.3 * (state / 2 ** 31 - 1 - low);
    return 9000 * low * (0.6 + 0.4 * Math.sin((2 * Math.PI * 4 * at) / sampleRate));
  });
}

function shifted(samples: Int16Array, by: number): Int16Array {
  return Int16Array.from(samples, (_, at) => samples[at - by] ?? 0);
}

describe('the same sound', () => {
  test('at another volume and with clipping is still the same', () => {
    const reference = voice(10);
    expect(correlate({ reference, recorded: reference, sampleRate }).similarity).toBeCloseTo(1, 6);
    const quieter = reference.map((sample) => sample / 8);
    expect(correlate({ reference, recorded: quieter, sampleRate }).similarity).toBeGreaterThan(0.999);
  });

  test.each([0, 1, 37, 1600, 3200, -5, -2901])('shifted by %i samples is found', (by) => {
    const reference = voice(10);
    const { similarity, lagMs } = correlate({ reference, recorded: shifted(reference, by), sampleRate });
    expect(similarity).toBeGreaterThan(0.98);
    expect(lagMs).toBeCloseTo((by * 1000) / sampleRate, 6);
  });

  test('with noise of a line in it is still similar', () => {
    const reference = voice(10);
    const noise = voice(10, 99);
    const recorded = reference.map((sample, at) => sample + (noise[at] as number) / 5);
    expect(correlate({ reference, recorded, sampleRate }).similarity).toBeGreaterThan(0.95);
  });
});

describe('not the same sound', () => {
  test('another notice', () => {
    expect(correlate({ reference: voice(10), recorded: voice(10, 2), sampleRate }).similarity).toBeLessThan(0.1);
  });
  test('a play that stopped half-way proves only half', () => {
    const reference = voice(10);
    const half = reference.slice(0, reference.length / 2);
    expect(correlate({ reference, recorded: half, sampleRate }).similarity).toBeCloseTo(Math.SQRT1_2, 1);
  });
  test('a shift beyond the search', () => {
    const reference = voice(10);
    expect(correlate({ reference, recorded: shifted(reference, 4000), sampleRate }).similarity).toBeLessThan(0.2);
  });
  test('silence and nothing prove nothing', () => {
    const reference = voice(2);
    expect(correlate({ reference, recorded: new Int16Array(32_000), sampleRate })).toEqual({ similarity: 0, lagMs: 0 });
    expect(correlate({ reference, recorded: new Int16Array(0), sampleRate }).similarity).toBe(0);
  });
});

test('of 20 s each sample is looked at a few times, not once for each shift', () => {
  // Half the rate, half the samples: what is counted here is slow to count.
  const request = { reference: voice(10), sampleRate: sampleRate / 2 };
  let looks = 0;
  // Counted, not timed: the same on every machine, whatever else it does.
  const recorded = new Proxy(shifted(request.reference, 123), {
    get(samples, at) {
      looks += 1;
      return Reflect.get(samples, at);
    },
  });
  expect(correlate({ ...request, recorded }).lagMs).toBeCloseTo(15.375, 4);
  // ± 200 ms are 3201 shifts.
  expect(looks / recorded.length).toBeLessThan(20);
});
