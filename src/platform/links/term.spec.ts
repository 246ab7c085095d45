import { describe, expect, it } from '@jest/globals';
import { isOpen, termEnd } from './term.js';

describe('the term of a link', () => {
  it('it is open until its end, the end not included, unless it was revoked', () => {
    expect(isOpen({ validUntilMs: 10, revokedAtMs: null }, 9)).toBe(true);
    expect(isOpen({ validUntilMs: 10, revokedAtMs: null }, 10)).toBe(false);
    expect(isOpen({ validUntilMs: 10, revokedAtMs: 9 }, 9)).toBe(false);
  });

  it('an end is the usual one, or in the future and not too far', () => {
    const terms = { usualMs: 10, longestMs: 20 };
    expect([null, 101, 120, 121, 100].map((wanted) => termEnd(wanted, 100, terms))).toEqual([
      110,
      101,
      120,
      null,
      null,
    ]);
  });
});
