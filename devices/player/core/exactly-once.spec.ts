import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LATE_POLICIES, PLAY_CLASSES } from '../../protocol/index.js';
import { at, audioNamed, DAY_MS, DAY_ONE, HOUR_MS, playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';

/**
 * Any history of plans, crashes, power cuts, networks and clocks: no play ever gets two final receipts, none gets one before
 * sound, what a receipt claims was heard, and the journal alone always gives the whole durable state back.
 */
const AUDIO = [audioNamed('one'), audioNamed('two')];
const MINUTE = 60_000;

const play = fc.record({
  id: fc.integer({ min: 0, max: 11 }),
  // Dense, and over two days, so that plays collide, move between days and fall into down times.
  minute: fc.oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 1_440, max: 1_500 })),
  late: fc.constantFrom(...LATE_POLICIES),
  class: fc.constantFrom(...PLAY_CLASSES),
  seconds: fc.integer({ min: 1, max: 90 }),
  slack: fc.integer({ min: 0, max: 900 }),
  audio: fc.nat({ max: 1 }),
});
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('run' as const), seconds: fc.integer({ min: 0, max: 3_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('plan' as const),
      plays: fc.array(play, { maxLength: 6 }),
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
      seconds: fc.integer({ min: 0, max: 4_000 }),
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
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

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

test('no history gives a play two final receipts', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.array(play, { minLength: 4, maxLength: 8 }),
      fc.array(act, { minLength: 5, maxLength: 40 }),
      (firstPlays, actions) => {
        const world = new World();
        world.checksJournal = true;
        world.service.hold(...AUDIO);
        world.now = at('0:00');
        world.powerOn();
        world.connect();
        perform(world, { do: 'plan', plays: firstPlays, nextDay: false }, 1);
        for (const [index, action] of actions.entries()) perform(world, action, index + 2);
        // In the end everything is told.
        if (!world.running) world.startPlayer();
        Object.assign(world.service, { acknowledges: true, answersTime: true, suppliesAssets: true, clockErrorMs: 0 });
        world.connect();
        world.run(Math.max(world.now, DAY_ONE + 2 * DAY_MS) + HOUR_MS);

        const plays = world.receipts.map((receipt) => receipt.play);
        expect(new Set(plays).size).toBe(plays.length);
        for (const receipt of world.receipts) {
          seen.set(receipt.cause ?? receipt.outcome, (seen.get(receipt.cause ?? receipt.outcome) ?? 0) + 1);
          expect(receipt.outcome === 'notPlayed').toBe(receipt.startedAtMs === null);
          if (receipt.startedAtMs === null) continue;
          expect(receipt.endedAtMs).toBeGreaterThanOrEqual(receipt.startedAtMs);
          const heardMs = world.sounded
            .filter((sound) => sound.play === receipt.play)
            .map((sound) => sound.endedMs - sound.startedMs);
          expect(Math.max(...heardMs)).toBeGreaterThanOrEqual(receipt.playedMs);
        }
        // Everything that was told before any doubt of ours arrived, in the order in which it was written.
        const arrived = [...new Set(world.service.arrived.map(({ text }) => text))];
        expect(arrived.map((text) => JSON.parse(text).play)).toEqual(plays);
        expect(world.state.durable.unsent).toEqual([]);
        // And nothing of the plan is left without a receipt, two days later.
        for (const part of Object.values(world.state.durable.parts))
          for (const planned of part.plays) if (planned.startMs >= DAY_ONE) expect(plays).toContain(planned.play);
      },
    ),
    // The same histories in every run; another seed is another search.
    { numRuns: 60, seed: 20_261_120 },
  );
  // The histories are rich enough to mean something.
  for (const what of [
    'complete',
    'powerLost',
    'playerStopped',
    'noTrustedTime',
    'withdrawn',
    'preempted',
    'cutShort',
    'soundFailed',
  ])
    expect([...seen.keys()]).toContain(what);
});
