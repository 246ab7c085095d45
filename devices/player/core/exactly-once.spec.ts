import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AUTHORITY_LEVELS, INTERRUPTED_POLICIES, LATE_POLICIES, PLAY_CLASSES } from '../../protocol/index.js';
import { heardMs } from '../testing/loudspeaker.js';
import { at, audioNamed, DAY_MS, DAY_ONE, HOUR_MS, playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';

/**
 * Any history of plans, crashes, power cuts, networks and clocks: no play ever gets two final receipts, none gets one before
 * sound, what a receipt claims was heard, and the journal alone always gives the whole durable state back.
 */
const AUDIO = [audioNamed('one'), audioNamed('two')];
const MINUTE = 60_000;

const play = (minute: fc.Arbitrary<number>, longestSeconds: number) =>
  fc.record({
    id: fc.integer({ min: 0, max: 11 }),
    minute,
    late: fc.constantFrom(...LATE_POLICIES),
    class: fc.constantFrom(...PLAY_CLASSES),
    level: fc.constantFrom(...AUTHORITY_LEVELS, undefined),
    interrupted: fc.constantFrom(...INTERRUPTED_POLICIES, undefined),
    seconds: fc.integer({ min: 1, max: longestSeconds }),
    slack: fc.integer({ min: 0, max: 900 }),
    audio: fc.nat({ max: 1 }),
  });
/** Over two days, so that plays collide, move between days and fall into down times. */
const spread = play(fc.oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 1_440, max: 1_500 })), 90);
/** Within a few minutes, so that they interrupt each other again and again. */
const crowded = play(fc.integer({ min: 1, max: 6 }), 240);

const act = (each: typeof spread, longestPauseSeconds: number) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('run' as const),
        seconds: fc.integer({ min: 0, max: longestPauseSeconds }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('plan' as const),
        plays: fc.array(each, { maxLength: 6 }),
        nextDay: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'connect' as const,
          'disconnect' as const,
          'crash' as const,
          'powerCut' as const,
          'closing' as const,
          'start' as const,
        ),
        seconds: fc.integer({ min: 0, max: longestPauseSeconds }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('sound' as const),
        reason: fc.constantFrom('stopped' as const, 'failed' as const, 'damaged' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('service' as const),
        acknowledges: fc.boolean(),
        answersTime: fc.boolean(),
        suppliesAssets: fc.boolean(),
        clockErrorMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
      }),
    },
  );
type Act = ReturnType<typeof act> extends fc.Arbitrary<infer T> ? T : never;
type Drawn = typeof spread extends fc.Arbitrary<infer T> ? T : never;

/** `version` counts up with each plan. */
function perform(world: World, action: Act, version: number): void {
  switch (action.do) {
    case 'run':
      return world.run(world.now + action.seconds * 1_000);
    case 'plan': {
      const unique = new Map(
        action.plays.map((each) => {
          const { id, minute, seconds, slack, audio, ...rest } = each;
          const durationMs = seconds * 1_000;
          const startMs = DAY_ONE + minute * MINUTE;
          const named = AUDIO[audio] as (typeof AUDIO)[0];
          return [
            id,
            playOf(startMs, {
              play: `p-${id}`,
              durationMs,
              latestEndMs: startMs + durationMs + slack * 1_000,
              audio: named,
              ...rest,
            }),
          ];
        }),
      );
      return world.plan({
        version,
        plays: [...unique.values()],
        change: action.nextDay ? { fromMs: DAY_ONE + DAY_MS } : {},
      });
    }
    case 'service':
      return void Object.assign(world.service, action);
    case 'start':
      return world.running ? undefined : world.startPlayer();
    default:
      break;
  }
  if (!world.running) return;
  switch (action.do) {
    case 'crash':
      return world.crash();
    case 'powerCut':
      world.powerCut();
      world.run(world.now + action.seconds * 1_000);
      return world.powerOn();
    case 'closing':
      world.feed({ type: 'closing' });
      world.endSound('stopped');
      return world.crash();
    case 'sound':
      return world.endSound(action.reason);
    case 'connect':
      return world.connect();
    case 'disconnect':
      return world.disconnect();
  }
}

/** Lives through all of it; counts what the receipts say, once everything is told. */
function live(firstPlays: readonly Drawn[], actions: readonly Act[], seen: Map<string, number>): void {
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const world = new World();
  world.checksJournal = true;
  world.service.hold(...AUDIO);
  world.now = at('0:00');
  world.powerOn();
  world.connect();
  perform(world, { do: 'plan', plays: [...firstPlays], nextDay: false }, 1);
  for (const [index, action] of actions.entries()) perform(world, action, index + 2);
  // In the end everything is told.
  if (!world.running) world.startPlayer();
  Object.assign(world.service, { acknowledges: true, answersTime: true, suppliesAssets: true, clockErrorMs: 0 });
  world.connect();
  world.run(Math.max(world.now, DAY_ONE + 2 * DAY_MS) + HOUR_MS);

  const plays = world.receipts.map((receipt) => receipt.play);
  expect(new Set(plays).size).toBe(plays.length);
  for (const receipt of world.receipts) {
    count(receipt.cause ?? receipt.outcome);
    expect(receipt.outcome === 'notPlayed').toBe(receipt.startedAtMs === null);
    if (receipt.startedAtMs === null) continue;
    expect(receipt.endedAtMs).toBeGreaterThanOrEqual(receipt.startedAtMs);
    expect(heardMs(world.sounded, receipt.play)).toBeGreaterThanOrEqual(receipt.playedMs);
    for (const { againAtMs } of receipt.interruptions ?? []) count(againAtMs === null ? 'given up' : 'sounded again');
  }
  // Everything that was told before any doubt of ours arrived, in the order in which it was written.
  const arrived = [...new Set(world.service.arrived.map(({ text }) => text))];
  expect(arrived.map((text) => JSON.parse(text).play)).toEqual(plays);
  expect(world.state.durable.unsent).toEqual([]);
  expect(world.state.durable.suspended).toEqual({});
  // And nothing of the plan is left without a receipt, two days later.
  for (const part of Object.values(world.state.durable.parts))
    for (const planned of part.plays) if (planned.startMs >= DAY_ONE) expect(plays).toContain(planned.play);
}

/** The same histories in every run; another seed is another search. They are rich enough to mean something: `expected`. */
function search(each: typeof spread, longestPauseSeconds: number, numRuns: number, expected: readonly string[]): void {
  const seen = new Map<string, number>();
  const firstPlays = fc.array(each, { minLength: 4, maxLength: 8 });
  const actions = fc.array(act(each, longestPauseSeconds), { minLength: 5, maxLength: 40 });
  fc.assert(
    fc.property(firstPlays, actions, (plays, acts) => live(plays, acts, seen)),
    { numRuns, seed: 11 },
  );
  expect([...seen.keys()]).toEqual(expect.arrayContaining([...expected]));
}

test('no history gives a play two final receipts', () => {
  search(spread, 4_000, 60, [
    'complete',
    'powerLost',
    'playerStopped',
    'noTrustedTime',
    'withdrawn',
    'preempted',
    'cutShort',
    'soundFailed',
  ]);
});

test('nor does one full of interruptions, and no second counts twice', () => {
  search(crowded, 90, 40, ['complete', 'powerLost', 'withdrawn', 'preempted', 'sounded again', 'given up']);
});
