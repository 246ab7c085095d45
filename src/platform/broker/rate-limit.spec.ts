import { describe, expect, it } from '@jest/globals';
import { RateLimit } from './rate-limit.js';

describe('rate limit', () => {
  it('lets a flood through up to its share, harms nobody else, and forgets after a minute', () => {
    const limit = new RateLimit(3);
    expect([0, 1, 2, 3, 4].map((ms) => limit.allow('loud', ms))).toEqual([true, true, true, false, false]);
    expect(limit.allow('quiet', 5)).toBe(true);
    expect(limit.allow('loud', 60_000)).toBe(true);
  });
});
