import { describe, expect, it } from '@jest/globals';
import { STATUSES } from './approval.js';
import { dueAction, expiryOf } from './approval-clock.js';
import { holdsAt, LONGEST_DELEGATION_MS, termFault } from './approval-terms.js';

describe('what time does to a version', () => {
  it('the last day on air is whole, in Viet Nam, wherever the machine stands', () => {
    expect(expiryOf('2026-01-10')).toBe(Date.parse('2026-01-11T00:00:00+07:00'));
    expect(expiryOf('2028-02-28')).toBe(Date.parse('2028-02-29T00:00:00+07:00'));
    expect(expiryOf('2026-12-31')).toBe(Date.parse('2027-01-01T00:00:00+07:00'));
    expect(expiryOf(null)).toBeNull();
  });

  it('approved expires, provisional lapses, at their moment and not before; nothing else is touched', () => {
    for (const status of STATUSES) {
      const timed = { status, expiresAtMs: 1_000, reviewDueAtMs: 2_000 };
      expect([status, dueAction(timed, 999), dueAction(timed, 1_000), dueAction(timed, 2_000)]).toEqual(
        {
          approved: ['approved', null, 'expire', 'expire'],
          provisional: ['provisional', null, null, 'lapse'],
        }[status as string] ?? [status, null, null, null],
      );
      expect(dueAction({ status, expiresAtMs: null, reviewDueAtMs: null }, 9_000)).toBeNull();
    }
  });
});

describe('the term of a delegation', () => {
  it('holds from its beginning to its end, the end not included, unless it is revoked', () => {
    const term = { fromMs: 10, untilMs: 20, revokedAtMs: null };
    expect([9, 10, 19, 20].map((nowMs) => holdsAt(term, nowMs))).toEqual([false, true, true, false]);
    expect(holdsAt({ ...term, revokedAtMs: 12 }, 13)).toBe(false);
  });

  it('ends after it begins and after now, and is not longer than 90 days', () => {
    const nowMs = 1_000_000;
    expect(termFault({ fromMs: nowMs, untilMs: nowMs + LONGEST_DELEGATION_MS }, nowMs)).toBeNull();
    expect(termFault({ fromMs: nowMs, untilMs: nowMs + LONGEST_DELEGATION_MS + 1 }, nowMs)).toBe('tooLong');
    expect(termFault({ fromMs: nowMs, untilMs: nowMs }, nowMs)).toBe('backwards');
    expect(termFault({ fromMs: nowMs - 20, untilMs: nowMs - 10 }, nowMs)).toBe('over');
    const late = nowMs + LONGEST_DELEGATION_MS + 1;
    expect(termFault({ fromMs: late, untilMs: late + 1 }, nowMs)).toBe('tooFar');
  });
});
