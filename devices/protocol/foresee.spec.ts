import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { at, type PlayOptions, playOf } from '../player/testing/plans.js';
import {
  AUTHORITY_LEVELS,
  foresee,
  INTERRUPTED_POLICIES,
  LATE_POLICIES,
  MAX_INTERRUPTIONS,
  PLAY_CLASSES,
} from './index.js';

const START = at('5:30');
/** 60 s, at `seconds` after 5:30. */
const play = (seconds: number, name: string, options: Omit<PlayOptions, 'play'> = {}) =>
  playOf(START + seconds * 1_000, { play: name, ...options });
const storm = (seconds: number, name = 'storm', options: Omit<PlayOptions, 'play'> = {}) =>
  play(seconds, name, { class: 'emergency', durationMs: 30_000, ...options });
/** Segments as [play, from, until, seek] in seconds after 5:30. */
const sounds = (...plays: Parameters<typeof foresee>[0]) =>
  foresee(plays).segments.map(({ play: name, fromMs, untilMs, seekMs }) => [
    name,
    (fromMs - START) / 1_000,
    (untilMs - START) / 1_000,
    seekMs / 1_000,
  ]);
const fateOf = (name: string, ...plays: Parameters<typeof foresee>[0]) => foresee(plays).fates.get(name);

describe('what an emergency interrupts', () => {
  test('resume: goes on from where it was', () => {
    const plays = [play(0, 'talk', { interrupted: 'resume' }), storm(20)];
    expect(sounds(...plays)).toEqual([
      ['talk', 0, 20, 0],
      ['storm', 20, 50, 0],
      ['talk', 50, 90, 20],
    ]);
    expect(fateOf('talk', ...plays)).toMatchObject({
      outcome: 'complete',
      cause: null,
      playedMs: 60_000,
      seekMs: 0,
      lateMs: 0,
      startedAtMs: START,
      endedAtMs: START + 90_000,
      interruptions: [{ atMs: START + 20_000, playedMs: 20_000, by: 'storm', againAtMs: START + 50_000 }],
    });
  });

  test('resume: partial when what is left cannot end in time, to the millisecond', () => {
    const talk = (latestEndMs: number) => play(0, 'talk', { interrupted: 'resume', latestEndMs });
    expect(fateOf('talk', talk(START + 90_000), storm(20))).toMatchObject({ outcome: 'complete' });
    expect(fateOf('talk', talk(START + 89_999), storm(20))).toMatchObject({
      outcome: 'partial',
      cause: 'preempted',
      playedMs: 20_000,
      endedAtMs: START + 20_000,
      interruptions: [{ againAtMs: null }],
    });
  });

  test('makeUp: plays again from its beginning, and no second counts twice', () => {
    const plays = [play(0, 'talk', { interrupted: 'makeUp' }), storm(20)];
    expect(sounds(...plays).at(-1)).toEqual(['talk', 50, 110, 0]);
    expect(fateOf('talk', ...plays)).toMatchObject({ outcome: 'complete', playedMs: 60_000, startedAtMs: START });
  });

  test('makeUp: partial when the whole cannot end in time', () => {
    const plays = [play(0, 'talk', { interrupted: 'makeUp', latestEndMs: START + 109_999 }), storm(20)];
    expect(fateOf('talk', ...plays)).toMatchObject({ outcome: 'partial', cause: 'preempted', playedMs: 20_000 });
  });

  test('drop, and a plan that says nothing of it: partial at once', () => {
    for (const interrupted of ['drop', undefined] as const) {
      const plays = [play(0, 'talk', { ...(interrupted ? { interrupted } : {}) }), storm(20)];
      expect(sounds(...plays)).toHaveLength(2);
      expect(fateOf('talk', ...plays)).toMatchObject({ outcome: 'partial', cause: 'preempted', playedMs: 20_000 });
    }
  });

  test('a play that joined late goes on from where it was, and still lacks its beginning', () => {
    const plays = [
      play(0, 'first', { durationMs: 30_000 }),
      play(10, 'talk', { late: 'seek', interrupted: 'resume' }),
      storm(40),
    ];
    expect(sounds(...plays).filter(([name]) => name === 'talk')).toEqual([
      ['talk', 30, 40, 20],
      ['talk', 70, 100, 30],
    ]);
    expect(fateOf('talk', ...plays)).toMatchObject({
      outcome: 'partial',
      cause: 'late',
      seekMs: 20_000,
      playedMs: 40_000,
      lateMs: 20_000,
    });
  });
});

describe('interrupts of interrupts', () => {
  test('commune, province and centre: each goes on when the one above it has ended', () => {
    const plays = [
      play(0, 'talk', { interrupted: 'resume' }),
      storm(10, 'flood', { interrupted: 'resume' }),
      storm(20, 'dam', { interrupted: 'makeUp', level: 'province' }),
      storm(30, 'war', { level: 'centre' }),
    ];
    expect(sounds(...plays)).toEqual([
      ['talk', 0, 10, 0],
      ['flood', 10, 20, 0],
      ['dam', 20, 30, 0],
      ['war', 30, 60, 0],
      ['dam', 60, 90, 0],
      ['flood', 90, 110, 10],
      ['talk', 110, 160, 10],
    ]);
    expect([...foresee(plays).fates.values()].map(({ outcome }) => outcome)).toEqual(Array(4).fill('complete'));
  });

  test('an emergency of a higher level passes one of a lower that already waits', () => {
    expect(sounds(storm(0, 'a'), storm(5, 'b'), storm(10, 'c', { level: 'province' })).map(([name]) => name)).toEqual([
      'a',
      'c',
      'b',
    ]);
  });

  test('before a suspended bulletin goes on, priority has its turn', () => {
    expect(
      sounds(play(0, 'talk', { interrupted: 'resume' }), storm(20), play(30, 'notice', { class: 'priority' })).map(
        ([name]) => name,
      ),
    ).toEqual(['talk', 'storm', 'notice', 'talk']);
  });

  test(`the ${MAX_INTERRUPTIONS}th interruption ends a play`, () => {
    const storms = [...Array(MAX_INTERRUPTIONS + 5).keys()].map((n) =>
      storm(1 + n * 2, `storm-${n}`, { durationMs: 1_000 }),
    );
    const talk = play(0, 'talk', { interrupted: 'resume' });
    const fate = fateOf('talk', talk, ...storms);
    expect(fate).toMatchObject({ outcome: 'partial', cause: 'preempted', playedMs: MAX_INTERRUPTIONS * 1_000 });
    expect(fate?.interruptions).toHaveLength(MAX_INTERRUPTIONS);
    expect(fateOf('talk', talk, ...storms.slice(0, MAX_INTERRUPTIONS - 1))).toMatchObject({ outcome: 'complete' });
  });
});

describe('what could not start', () => {
  test('because an emergency held the loudspeaker was pre-empted; because another bulletin did, is late', () => {
    const skipped = play(10, 'talk', { late: 'skip' });
    expect(fateOf('talk', storm(0), skipped)).toMatchObject({ outcome: 'notPlayed', cause: 'preempted' });
    expect(fateOf('talk', play(0, 'other'), skipped)).toMatchObject({ outcome: 'notPlayed', cause: 'late' });
    const flood = storm(10, 'flood', { late: 'skip' });
    expect(fateOf('flood', storm(0), flood)).toMatchObject({ cause: 'late' });
    expect(fateOf('flood', storm(0, 'dam', { level: 'province' }), flood)).toMatchObject({ cause: 'preempted' });
  });

  test('who may no longer sound when it starts, does not', () => {
    expect(fateOf('talk', play(0, 'talk', { latestEndMs: START }))).toMatchObject({ cause: 'noTimeLeft' });
  });

  test('no plays: silence', () => {
    expect(foresee([])).toEqual({ segments: [], fates: new Map() });
  });
});

const anyPlays = fc.uniqueArray(
  fc.record({
    name: fc.nat({ max: 30 }),
    second: fc.nat({ max: 120 }),
    seconds: fc.integer({ min: 1, max: 60 }),
    slack: fc.nat({ max: 240 }),
    late: fc.constantFrom(...LATE_POLICIES),
    class: fc.constantFrom(...PLAY_CLASSES),
    level: fc.constantFrom(...AUTHORITY_LEVELS, undefined),
    interrupted: fc.constantFrom(...INTERRUPTED_POLICIES, undefined),
  }),
  { maxLength: 20, selector: ({ name }) => name },
);

test('one sound at a time, never outside its span, and a fate for each, whatever the order of the input', () => {
  fc.assert(
    fc.property(anyPlays, fc.nat(), (drawn, turn) => {
      const plays = drawn.map(({ name, second, seconds, slack, ...rest }) =>
        play(second, `p-${name}`, {
          durationMs: seconds * 1_000,
          latestEndMs: START + (second + seconds + slack) * 1_000,
          ...rest,
        }),
      );
      const { segments, fates } = foresee(plays);
      const turned = plays.map((_, n) => plays[(n + turn) % plays.length] as (typeof plays)[0]);
      expect(foresee(turned)).toEqual({ segments, fates });
      expect(fates.size).toBe(plays.length);
      let silentFrom = 0;
      for (const { fromMs, untilMs } of segments) {
        expect(fromMs).toBeGreaterThanOrEqual(silentFrom);
        expect(untilMs).toBeGreaterThan(fromMs);
        silentFrom = untilMs;
      }
      for (const { play: name, startMs, latestEndMs, audio } of plays) {
        const fate = fates.get(name);
        expect(fate?.segments).toEqual(segments.filter((segment) => segment.play === name));
        expect(fate?.playedMs).toBeLessThanOrEqual(audio.durationMs);
        if (fate?.outcome === 'complete') expect(fate.playedMs).toBe(audio.durationMs);
        for (const { fromMs, untilMs } of fate?.segments ?? []) {
          expect(fromMs).toBeGreaterThanOrEqual(startMs);
          expect(untilMs).toBeLessThanOrEqual(latestEndMs);
        }
      }
    }),
  );
});

/** So many plays that all collide, as different as they come. */
function crowd(count: number): ReturnType<typeof play>[] {
  const pick = <T>(list: readonly T[], n: number) => list[n % list.length] as T;
  return [...Array(count).keys()].map((n) =>
    play((n * 7_919) % 20_000, `p-${n}`, {
      durationMs: 5_000 + ((n * 104_729) % 60_000),
      latestEndMs: START + 40_000_000,
      class: pick(PLAY_CLASSES, n),
      level: pick(AUTHORITY_LEVELS, n >> 2),
      interrupted: pick(INTERRUPTED_POLICIES, n >> 1),
    }),
  );
}

test('a full day part of 2,000 plays that all collide costs about four times what 500 cost, not sixteen', () => {
  const [quarter, full] = [crowd(500), crowd(2_000)];
  const work = { quarters: Array(8).fill(quarter), wholes: Array(2).fill(full) };
  const bestMs = { quarters: Number.POSITIVE_INFINITY, wholes: Number.POSITIVE_INFINITY };
  // As many plays on either side, in turns, the best of each: others who use the machine count in neither.
  for (let turn = 0; turn < 15; turn++)
    for (const name of ['quarters', 'wholes'] as const) {
      const fromMs = performance.now();
      for (const plays of work[name]) expect(foresee(plays).fates.size).toBe(plays.length);
      bestMs[name] = Math.min(bestMs[name], performance.now() - fromMs);
    }
  expect(bestMs.wholes / bestMs.quarters).toBeLessThan(2.5);
});
