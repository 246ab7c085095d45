import { describe, expect, it } from '@jest/globals';
import {
  type Cell,
  type CellRule,
  type CellState,
  type Counts,
  DEFAULT_RULE,
  type Epoch,
  heardOf,
  matrix,
  progressOf,
  provenOf,
  stateOf,
  tallyKey,
} from './cells.js';

const counts = (some: Partial<Counts>): Counts => ({
  ...{ unknown: 0, notPlayed: 0, partial: 0, completed: 0, sensed: 0 },
  ...some,
});
const WHOLE = counts({ completed: 1 });
const PART = counts({ partial: 1 });
const MISSED = counts({ notPlayed: 1 });
const SILENT = counts({ unknown: 1 });
const NEVER = counts({});
const twice: CellRule = { ...DEFAULT_RULE, plays: 2 };
const any: CellRule = { ...DEFAULT_RULE, clusters: 'any' };
const sensed: CellRule = { ...DEFAULT_RULE, leastGrade: 'sensed' };
const heard: CellRule = { ...DEFAULT_RULE, leastGrade: 'heard' };

describe('one cluster’s plays of one item', () => {
  it.each<[string, Counts, CellRule, CellState]>([
    ['nothing planned', NEVER, DEFAULT_RULE, 'notPlanned'],
    ['played whole', WHOLE, DEFAULT_RULE, 'complete'],
    ['played in part', PART, DEFAULT_RULE, 'partial'],
    ['stated as not played', MISSED, DEFAULT_RULE, 'notPlayed'],
    ['silence is unknown, never not played', SILENT, DEFAULT_RULE, 'unknown'],
    ['one stated miss among silence is still unknown', counts({ notPlayed: 1, unknown: 1 }), DEFAULT_RULE, 'unknown'],
    [
      'one whole play is enough, whatever the others',
      counts({ completed: 1, notPlayed: 1, unknown: 1 }),
      DEFAULT_RULE,
      'complete',
    ],
    ['two required, one played, one silent', counts({ completed: 1, unknown: 1 }), twice, 'unknown'],
    ['two required, one played, one missed', counts({ completed: 1, notPlayed: 1 }), twice, 'partial'],
    ['two required, only one ever planned', WHOLE, twice, 'partial'],
    ['two required, two played, one of them sensed', counts({ completed: 1, sensed: 1 }), twice, 'complete'],
    ['a signal on the line is asked, and there is none', WHOLE, sensed, 'partial'],
    ['a signal on the line is asked and was there', counts({ sensed: 1 }), sensed, 'complete'],
  ])('%s', (_what, plays, rule, state) => {
    expect(stateOf(provenOf(plays, rule, false), rule.plays)).toBe(state);
  });

  it.each<[string, Counts, CellState]>([
    ['a transmitter: đưa tới máy phát, no more', WHOLE, 'partial'],
    ['a transmitter that did not play it', MISSED, 'notPlayed'],
    ['a transmitter that is silent is unknown', SILENT, 'unknown'],
  ])('%s', (_what, plays, state) => {
    expect(stateOf(provenOf(plays, DEFAULT_RULE, true), 1)).toBe(state);
  });
});

/** One item at one hamlet, whose clusters have these counts, one list for each epoch. */
function cell(
  epochs: readonly (readonly Counts[])[],
  rule: CellRule,
  { heardTimes = 0, transmitters = [] as readonly string[] } = {},
): Cell | undefined {
  const served = epochs.map(
    (clusters): Epoch => ({
      clusterIds: clusters.map((_, index) => `k${index}`),
      tallies: new Map(clusters.map((plays, index) => [tallyKey('a', `k${index}`), plays])),
    }),
  );
  return matrix({
    ...{ itemIds: ['a'], hamletIds: ['h'], rule, transmitters: new Set(transmitters) },
    epochs: new Map([['h', served]]),
    heard: new Map([[tallyKey('a', 'h'), heardTimes]]),
  })[0]?.[0];
}

describe('a hamlet and its clusters', () => {
  it.each<[string, Counts[], CellRule, Omit<Cell, 'clusters'>]>([
    ['case 23: no cluster at all', [], DEFAULT_RULE, { state: 'notPlanned', complete: 0, of: 0 }],
    [
      'case 23: three clusters, all complete',
      [WHOLE, WHOLE, WHOLE],
      DEFAULT_RULE,
      { state: 'complete', complete: 3, of: 3 },
    ],
    [
      'case 23: three clusters, one silent',
      [WHOLE, WHOLE, SILENT],
      DEFAULT_RULE,
      { state: 'unknown', complete: 2, of: 3 },
    ],
    [
      'case 23: three clusters, one missed',
      [WHOLE, WHOLE, MISSED],
      DEFAULT_RULE,
      { state: 'partial', complete: 2, of: 3 },
    ],
    [
      'case 23: three clusters, one never planned',
      [WHOLE, WHOLE, NEVER],
      DEFAULT_RULE,
      { state: 'partial', complete: 2, of: 3 },
    ],
    ['any cluster is enough', [MISSED, WHOLE, SILENT], any, { state: 'complete', complete: 1, of: 3 }],
    ['any cluster, none complete, one silent', [MISSED, PART, SILENT], any, { state: 'unknown', complete: 0, of: 3 }],
    ['all missed', [MISSED, MISSED], DEFAULT_RULE, { state: 'notPlayed', complete: 0, of: 2 }],
    ['missed where planned', [MISSED, NEVER], DEFAULT_RULE, { state: 'notPlayed', complete: 0, of: 2 }],
    ['planned nowhere', [NEVER, NEVER], any, { state: 'notPlanned', complete: 0, of: 2 }],
  ])('%s', (_what, clusters, rule, expected) => {
    expect(cell([clusters], rule)).toMatchObject(expected);
  });

  it('case 23: a shared cluster counts for both hamlets, three clusters for one, and none for none', () => {
    const tallies = new Map([
      [tallyKey('a', 'k1'), WHOLE],
      [tallyKey('a', 'k2'), WHOLE],
      [tallyKey('a', 'k3'), SILENT],
      [tallyKey('b', 'k1'), MISSED],
    ]);
    const serving = (...clusterIds: string[]): Epoch[] => [{ clusterIds, tallies }];
    const states = matrix({
      ...{ itemIds: ['a', 'b', 'never'], hamletIds: ['shares', 'alsoShares', 'hasThree', 'hasNone'] },
      ...{ rule: DEFAULT_RULE, transmitters: new Set<string>(), heard: new Map<string, number>() },
      epochs: new Map([
        ['shares', serving('k1')],
        ['alsoShares', serving('k1')],
        ['hasThree', serving('k1', 'k2', 'k3')],
      ]),
    }).map((row) => row.map(({ state }) => state));
    expect(states).toEqual([
      ['complete', 'complete', 'unknown', 'notPlanned'],
      ['notPlayed', 'notPlayed', 'notPlayed', 'notPlanned'],
      ['notPlanned', 'notPlanned', 'notPlanned', 'notPlanned'],
    ]);
  });

  it('case 17: what served it at the time counts, and plays of both times are added', () => {
    expect(cell([[WHOLE], [MISSED]], DEFAULT_RULE)?.state).toBe('complete');
    expect(cell([[WHOLE], [WHOLE]], twice)?.state).toBe('complete');
    // With a second cluster since then, each play must have come from both.
    expect(cell([[WHOLE], [WHOLE, MISSED]], twice)?.state).toBe('partial');
    expect(cell([[WHOLE], [WHOLE, MISSED]], DEFAULT_RULE)?.state).toBe('complete');
  });

  it('heard by its head is asked: whole plays alone are a part, and so is his word without them', () => {
    expect(cell([[WHOLE]], heard)?.state).toBe('partial');
    expect(cell([[WHOLE]], heard, { heardTimes: 1 })?.state).toBe('complete');
    expect(cell([[MISSED]], heard, { heardTimes: 1 })?.state).toBe('notPlayed');
  });

  it('a hamlet with a transmitter among its clusters is complete only where one cluster is enough', () => {
    expect(cell([[WHOLE, WHOLE]], DEFAULT_RULE, { transmitters: ['k1'] })).toEqual({
      state: 'partial',
      complete: 1,
      of: 2,
      clusters: new Map([
        ['k0', 'complete'],
        ['k1', 'partial'],
      ]),
    });
    expect(cell([[WHOLE, WHOLE]], any, { transmitters: ['k1'] })?.state).toBe('complete');
  });

  it('a board is read, not heard: it takes no part', () => {
    const link = (clusterId: string, kind: 'board' | 'loudspeakers') =>
      ({ hamletId: 'h', clusterId, kind, reach: 'horn' }) as const;
    expect(heardOf([link('k1', 'loudspeakers'), link('b1', 'board')])).toMatchObject([{ clusterId: 'k1' }]);
  });
});

describe('whether a line is done', () => {
  const hamlets = Array.from({ length: 95 }, (_, index) => ({ id: `h${index}`, communeId: `c${index % 12}` }));
  const cellsOf = (items: number, state: (item: number, hamlet: number) => CellState) =>
    Array.from({ length: items }, (_, item) => hamlets.map((_hamlet, index) => state(item, index)));

  it('case 22: 1,899 of 1,900 is not done, 1,900 is', () => {
    const all = cellsOf(20, () => 'complete');
    const allButOne = cellsOf(20, (item, hamlet) => (item === 7 && hamlet === 42 ? 'partial' : 'complete'));
    expect(progressOf('playedEveryHamlet', 20, 20, allButOne, hamlets)).toEqual({
      required: 1_900,
      reached: 1_899,
      done: false,
    });
    expect(progressOf('playedEveryHamlet', 20, 20, all, hamlets)).toEqual({
      required: 1_900,
      reached: 1_900,
      done: true,
    });
  });

  it('played in every commune: one complete hamlet speaks for its commune', () => {
    const firstOfEach = cellsOf(20, (_item, hamlet) => (hamlet < 12 ? 'complete' : 'unknown'));
    expect(progressOf('playedEveryCommune', 20, 20, firstOfEach, hamlets)).toEqual({
      required: 240,
      reached: 240,
      done: true,
    });
    const oneCommuneShort = cellsOf(20, (item, hamlet) => (hamlet < (item === 0 ? 11 : 12) ? 'complete' : 'unknown'));
    expect(progressOf('playedEveryCommune', 20, 20, oneCommuneShort, hamlets)).toEqual({
      required: 240,
      reached: 239,
      done: false,
    });
  });

  it('produced counts scripts, not plays', () => {
    const unheard = cellsOf(20, () => 'notPlanned');
    expect(progressOf('produced', 20, 20, unheard, hamlets)).toEqual({ required: 20, reached: 20, done: true });
    expect(progressOf('produced', 20, 19, unheard, hamlets)).toMatchObject({ done: false });
  });

  it('scripts that do not exist yet are cells that are not reached', () => {
    expect(
      progressOf(
        'playedEveryHamlet',
        20,
        19,
        cellsOf(19, () => 'complete'),
        hamlets,
      ),
    ).toEqual({ required: 1_900, reached: 1_805, done: false });
  });

  it('a plan of nowhere is not done', () => {
    expect(progressOf('playedEveryHamlet', 20, 20, [], [])).toMatchObject({ required: 0, done: false });
  });

  it.each<CellState>(['partial', 'notPlayed', 'unknown', 'notPlanned'])('%s does not count', (state) => {
    expect(
      progressOf(
        'playedEveryHamlet',
        1,
        1,
        cellsOf(1, () => state),
        hamlets,
      ),
    ).toMatchObject({ reached: 0, done: false });
  });
});
