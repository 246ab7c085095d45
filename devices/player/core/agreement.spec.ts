import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  AUTHORITY_LEVELS,
  foresee,
  INTERRUPTED_POLICIES,
  LATE_POLICIES,
  PLAY_CLASSES,
  type PlannedPlay,
} from '../../protocol/index.js';
import { at, audioNamed, HOUR_MS, playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';

const START = at('5:30');
/** Each play has audio of its own: a file has one length. */
const audioOf = (name: number) => audioNamed(`audio-${name}`);

/** Dense, on a grid of whole and of half-way seconds, so that plays meet in the same instant as often as between. */
const drawn = fc.uniqueArray(
  fc.record({
    name: fc.nat({ max: 40 }),
    start: fc.oneof(
      fc.nat({ max: 24 }).map((n) => n * 5_000),
      fc.nat({ max: 120_000 }),
    ),
    length: fc.oneof(
      fc.integer({ min: 1, max: 12 }).map((n) => n * 5_000),
      fc.integer({ min: 1, max: 60_000 }),
    ),
    slack: fc.oneof(
      fc.nat({ max: 40 }).map((n) => n * 5_000),
      fc.integer({ min: -20_000, max: 200_000 }),
    ),
    late: fc.constantFrom(...LATE_POLICIES),
    class: fc.constantFrom(...PLAY_CLASSES),
    level: fc.constantFrom(...AUTHORITY_LEVELS, undefined),
    interrupted: fc.constantFrom(...INTERRUPTED_POLICIES, undefined),
    relay: fc.constantFrom(undefined, undefined, { kind: 'stream' as const, url: 'https://vov.vn/live' }),
  }),
  { minLength: 2, maxLength: 14, selector: ({ name }) => name },
);

const planned = (plays: typeof drawn extends fc.Arbitrary<infer T> ? T : never): PlannedPlay[] =>
  plays.map(({ name, start, length, slack, ...rest }) => {
    const startMs = START + start;
    const latestEndMs = Math.max(startMs, startMs + length + slack);
    return playOf(startMs, { play: `p-${name}`, durationMs: length, latestEndMs, audio: audioOf(name), ...rest });
  });

/** What a player does with a plan that it holds whole, at an output that begins and stops in the instant. */
function played(plays: readonly PlannedPlay[]): World {
  const world = World.ready(at('5:00'), plays, ...[...Array(41).keys()].map(audioOf));
  world.disconnect();
  world.latency = { startMs: 0, stopMs: 0, progressMs: 5_000 };
  world.run(START + 2 * HOUR_MS);
  return world;
}

test('engine and player core agree on every pre-emption: the same sound to the millisecond, the same receipts', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(drawn, (each) => {
      const plays = planned(each);
      const { segments, fates } = foresee(plays);
      const world = played(plays);
      expect(
        world.sounded.map(({ play, startedMs, endedMs, seekMs }) => ({
          play,
          fromMs: startedMs,
          untilMs: endedMs,
          seekMs,
        })),
      ).toEqual(segments);
      expect(world.receipts).toHaveLength(plays.length);
      for (const [play, { segments: _, interruptions, ...fate }] of fates) {
        const receipt = world.receiptOf(play);
        expect(receipt).toMatchObject(fate);
        expect(receipt.interruptions ?? []).toEqual(interruptions);
        for (const what of [fate.cause ?? fate.outcome, ...interruptions.map((i) => `again ${i.againAtMs !== null}`)])
          seen.set(what, (seen.get(what) ?? 0) + 1);
      }
    }),
    { numRuns: 150, seed: 20_261_121 },
  );
  // The plans are rich enough to mean something.
  for (const what of ['complete', 'preempted', 'late', 'noTimeLeft', 'cutShort', 'again true', 'again false'])
    expect(seen.get(what) ?? 0).toBeGreaterThan(10);
});
