import { describe, expect, test } from '@jest/globals';
import { type AskOutcome, askAtMs, asked, nextAsk, PACE, type Renewal, UNASKED } from './renewal.js';

const KEY_DENIED: Renewal = { asks: 1, notBeforeMs: 0, last: { ask: 'key', outcome: 'denied' } };
const KEY_LOST: Renewal = { asks: 1, notBeforeMs: 0, last: { ask: 'key', outcome: 'unreachable' } };

describe('what a device asks for', () => {
  test.each([
    ['nothing, while its login is taken and no key waits', UNASKED, false, false, null],
    ['a token, when its login is refused', UNASKED, true, false, 'token'],
    ['the change, when a key waits', UNASKED, false, true, 'key'],
    ['the change first, when both: its answer may have been lost, and it brings a token', UNASKED, true, true, 'key'],
    ['the change again, when nobody answered', KEY_LOST, true, true, 'key'],
    ['a token by the former key, when the change was denied', KEY_DENIED, true, true, 'token'],
    ['the change again, denied or not, while the login is taken', KEY_DENIED, false, true, 'key'],
  ])('%s', (_, renewal, loginRefused, keyWaits, ask) => {
    expect(nextAsk(renewal, loginRefused, keyWaits)).toBe(ask);
  });
});

describe('when it asks', () => {
  test('a district that is refused in one second asks spread over ten', () => {
    const at = [0, 0.25, 0.999].map((random) => askAtMs(UNASKED, 5_000, random));
    expect(at).toEqual([5_000, 7_500, 14_990]);
  });

  const waitsAfter = (outcome: AskOutcome, random: number, times: number) => {
    let renewal = UNASKED;
    return Array.from({ length: times }, () => {
      renewal = asked(renewal, { ask: 'token', outcome }, 0, random);
      return askAtMs(renewal, 0, random);
    });
  };

  test('nobody answers: each wait is twice the one before, up to ten minutes', () => {
    expect(waitsAfter('unreachable', 0.5, 9)).toEqual(
      [5, 10, 20, 40, 80, 160, 320, 600, 600].map((seconds) => seconds * 1_000),
    );
  });

  test('a device that was revoked asks four times a day in the end, and no two in step', () => {
    const { longestMs } = PACE.waits.denied;
    expect([waitsAfter('denied', 0, 40).at(-1), waitsAfter('denied', 0.9, 40).at(-1)]).toEqual([
      longestMs * 0.5,
      longestMs * 1.4,
    ]);
  });

  test('two cards with one key, each of which ends the token of the other, do so ever more seldom', () => {
    expect(waitsAfter('answered', 0.5, 3)).toEqual([30_000, 60_000, 120_000]);
  });

  test('who waited long enough asks at once', () => {
    expect(askAtMs({ asks: 3, notBeforeMs: 10, last: null }, 500, 0.9)).toBe(500);
  });

  test('what was long ago counts no more', () => {
    const before = { asks: 9, notBeforeMs: 0, last: null };
    const nowMs = PACE.forgetMs + 1;
    expect(askAtMs(before, nowMs, 0.5)).toBe(nowMs + 5_000);
    expect(asked(before, { ask: 'token', outcome: 'answered' }, nowMs, 0.5).asks).toBe(1);
  });
});
