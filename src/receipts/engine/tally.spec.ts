import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Contribution,
  contributionsOf,
  type Said,
  spansOf,
  spansWithin,
  TallyChanges,
  type Told,
} from './tally.js';

const place = { itemId: 'a', clusterId: 'k', day: '2026-01-05' };
const standing: Told = { ...place, withdrawn: false };
const withdrawn: Told = { ...place, withdrawn: true };
const said = (changes: Partial<Said> = {}): Said => ({
  ...{ ...place, outcome: 'complete', relayHeardMs: null, sensed: null, doubted: false },
  ...changes,
});
const kinds = (found: readonly Contribution[]) => found.map(({ itemId, day, kind }) => `${itemId} ${day} ${kind}`);

describe('what one play counts as', () => {
  it.each<[string, Told | null, Said | null, string[]]>([
    ['told, and nothing heard of it: unknown', standing, null, ['a 2026-01-05 unknown']],
    ['withdrawn before it sounded: nowhere', withdrawn, null, []],
    ['played whole', standing, said(), ['a 2026-01-05 completed']],
    ['played whole, and the line carried a signal', standing, said({ sensed: true }), ['a 2026-01-05 sensed']],
    ['played whole into a line that was silent', standing, said({ sensed: false }), ['a 2026-01-05 partial']],
    [
      'a relay: nobody verified what its source sent',
      standing,
      said({ relayHeardMs: 58_000 }),
      ['a 2026-01-05 partial'],
    ],
    ['in part', standing, said({ outcome: 'partial' }), ['a 2026-01-05 partial']],
    ['stated as not played', standing, said({ outcome: 'notPlayed' }), ['a 2026-01-05 notPlayed']],
    ['withdrawn, and not played', withdrawn, said({ outcome: 'notPlayed' }), []],
    ['case 18: withdrawn, and played offline before that', withdrawn, said(), ['a 2026-01-05 completed']],
    ['summoned by a command, in no plan', null, said(), ['a 2026-01-05 completed']],
    ['summoned and not played: nothing was owed', null, said({ outcome: 'notPlayed' }), []],
    ['moved to another day after it was played', standing, said({ day: '2026-01-04' }), ['a 2026-01-04 completed']],
    [
      'other content by now, the former was heard',
      standing,
      said({ itemId: 'b' }),
      ['b 2026-01-05 completed', 'a 2026-01-05 notPlayed'],
    ],
    ['other content by now, withdrawn', withdrawn, said({ itemId: 'b' }), ['b 2026-01-05 completed']],
    [
      'signed with a key that was revoked for that time: unknown again',
      standing,
      said({ doubted: true }),
      ['a 2026-01-05 unknown'],
    ],
    ['doubted, in no plan', null, said({ doubted: true }), []],
  ])('%s', (_what, told, heard, expected) => {
    expect(kinds(contributionsOf(told, heard))).toEqual(expected);
  });
});

const day = fc
  .integer({ min: 0, max: 800 })
  .map((n) => new Date(Date.UTC(2025, 0, 1) + n * 86_400_000).toISOString().slice(0, 10));

describe('spans', () => {
  it('of a period hold each of its days once and no other', () => {
    fc.assert(
      fc.property(day, day, day, (a, b, looked) => {
        const period = a < b ? { from: a, to: b } : { from: b, to: a };
        const spans = spansWithin(period);
        const holding = spansOf(looked).filter((span) => spans.includes(span)).length;
        expect(holding).toBe(looked >= period.from && looked <= period.to ? 1 : 0);
      }),
    );
  });
});

describe('changes of tallies', () => {
  it('come in one order, and what takes itself back leaves nothing', () => {
    const changes = new TallyChanges();
    const [unknown, whole] = [contributionsOf(standing, null), contributionsOf(standing, said())];
    changes.change(unknown, whole);
    expect(changes.rows().map(({ span, unknown, completed }) => [span, unknown, completed])).toEqual([
      ['2026-01', -1, 1],
      ['2026-01-05', -1, 1],
      ['life', -1, 1],
    ]);
    changes.change(whole, unknown);
    expect(changes.rows()).toEqual([]);
  });
});
