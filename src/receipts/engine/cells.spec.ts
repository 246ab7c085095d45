import { describe, expect, it } from '@jest/globals';
import {
  type CellRule,
  type CellState,
  cellState,
  clusterState,
  DEFAULT_RULE,
  matrix,
  type PlayFact,
  progressOf,
  type Serving,
  servedBy,
} from './cells.js';
import { provenBy } from './followed.js';

type Fact = Pick<PlayFact, 'outcome' | 'withdrawn'>;
const fact = (outcome: Fact['outcome'], withdrawn = false): Fact => ({ outcome, withdrawn });
const twice: CellRule = { plays: 2, clusters: 'all' };
const any: CellRule = { plays: 1, clusters: 'any' };

describe('one cluster’s plays of one item', () => {
  it.each<[string, Fact[], CellRule, CellState]>([
    ['nothing planned', [], DEFAULT_RULE, 'notPlanned'],
    ['played whole', [fact('complete')], DEFAULT_RULE, 'complete'],
    ['played in part', [fact('partial')], DEFAULT_RULE, 'partial'],
    ['stated as not played', [fact('notPlayed')], DEFAULT_RULE, 'notPlayed'],
    ['silence is unknown, never not played', [fact(null)], DEFAULT_RULE, 'unknown'],
    ['one stated miss among silence is still unknown', [fact('notPlayed'), fact(null)], DEFAULT_RULE, 'unknown'],
    [
      'one whole play is enough, whatever the others',
      [fact('complete'), fact('notPlayed'), fact(null)],
      DEFAULT_RULE,
      'complete',
    ],
    ['two required, one played, one silent', [fact('complete'), fact(null)], twice, 'unknown'],
    ['two required, one played, one missed', [fact('complete'), fact('notPlayed')], twice, 'partial'],
    ['two required, only one ever planned', [fact('complete')], twice, 'partial'],
    ['two required, two played', [fact('complete'), fact('complete')], twice, 'complete'],
    ['withdrawn before it sounded', [fact(null, true)], DEFAULT_RULE, 'notPlanned'],
    ['withdrawn, and the device says not played', [fact('notPlayed', true)], DEFAULT_RULE, 'notPlanned'],
    [
      'case 18: withdrawn, but played offline before the device knew',
      [fact('complete', true)],
      DEFAULT_RULE,
      'complete',
    ],
    ['case 18: withdrawn in mid-play', [fact('partial', true)], DEFAULT_RULE, 'partial'],
  ])('%s', (_what, facts, rule, state) => {
    expect(clusterState(facts, rule)).toBe(state);
  });
});

describe('a hamlet and its clusters', () => {
  it.each<[string, CellState[], CellRule, CellState]>([
    ['case 23: no cluster at all', [], DEFAULT_RULE, 'notPlanned'],
    ['case 23: three clusters, all complete', ['complete', 'complete', 'complete'], DEFAULT_RULE, 'complete'],
    ['case 23: three clusters, one silent', ['complete', 'complete', 'unknown'], DEFAULT_RULE, 'unknown'],
    ['case 23: three clusters, one missed', ['complete', 'complete', 'notPlayed'], DEFAULT_RULE, 'partial'],
    ['case 23: three clusters, one was never planned', ['complete', 'complete', 'notPlanned'], DEFAULT_RULE, 'partial'],
    ['any cluster is enough', ['notPlayed', 'complete', 'unknown'], any, 'complete'],
    ['any cluster, none complete, one silent', ['notPlayed', 'partial', 'unknown'], any, 'unknown'],
    ['all missed', ['notPlayed', 'notPlayed'], DEFAULT_RULE, 'notPlayed'],
    ['missed where planned', ['notPlayed', 'notPlanned'], DEFAULT_RULE, 'notPlayed'],
    ['planned nowhere', ['notPlanned', 'notPlanned'], any, 'notPlanned'],
  ])('%s', (_what, clusters, rule, state) => {
    expect(cellState(clusters, rule)).toBe(state);
  });

  it('case 23: a shared cluster counts for both hamlets, three clusters for one, and none for none', () => {
    const hamlets = ['shares', 'alsoShares', 'hasThree', 'hasNone'].map((id) => ({ id, communeId: 'c' }));
    const clustersOf = new Map([
      ['shares', ['k1']],
      ['alsoShares', ['k1']],
      ['hasThree', ['k1', 'k2', 'k3']],
    ]);
    const facts: PlayFact[] = [
      { clusterId: 'k1', itemId: 'a', outcome: 'complete', withdrawn: false },
      { clusterId: 'k2', itemId: 'a', outcome: 'complete', withdrawn: false },
      { clusterId: 'k3', itemId: 'a', outcome: null, withdrawn: false },
      { clusterId: 'k1', itemId: 'b', outcome: 'notPlayed', withdrawn: false },
    ];
    expect(matrix({ itemIds: ['a', 'b', 'never'], hamlets, clustersOf, facts, rule: DEFAULT_RULE })).toEqual([
      ['complete', 'complete', 'unknown', 'notPlanned'],
      ['notPlayed', 'notPlayed', 'notPlayed', 'notPlanned'],
      ['notPlanned', 'notPlanned', 'notPlanned', 'notPlanned'],
    ]);
    expect(matrix({ itemIds: ['a'], hamlets, clustersOf, facts, rule: any })[0]?.[2]).toBe('complete');
  });
});

describe('how far what was played is proved', () => {
  const stored = { relayHeardMs: null, toTransmitter: false };
  const link = (hamletId: string, clusterId: string, changes: Partial<Serving> = {}): Serving => ({
    ...{ hamletId, clusterId, kind: 'loudspeakers', reach: 'horn' },
    ...changes,
  });

  it.each<[string, PlayFact['outcome'], Parameters<typeof provenBy>[1], PlayFact['outcome']]>([
    ['stored sound from a horn', 'complete', stored, 'complete'],
    ['a relay: nobody verified what its source sent', 'complete', { ...stored, relayHeardMs: 58_000 }, 'partial'],
    ['a transmitter: đưa tới máy phát, no more', 'complete', { ...stored, toTransmitter: true }, 'partial'],
    ['a transmitter that did not play it', 'notPlayed', { ...stored, toTransmitter: true }, 'notPlayed'],
    ['a transmitter that is silent is unknown', null, { ...stored, toTransmitter: true }, null],
  ])('%s', (_what, outcome, weaknesses, proven) => {
    expect(provenBy(outcome, weaknesses)).toBe(proven);
  });

  it('a hamlet served only by a transmitter is never complete, one with a loudspeaker and a board is when the loudspeaker is', () => {
    const hamlets = ['transmitted', 'withBoard', 'boardOnly'].map((id) => ({ id, communeId: 'c' }));
    const { clustersOf, byTransmitter } = servedBy([
      link('transmitted', 'fm', { reach: 'transmitter' }),
      link('withBoard', 'k1'),
      link('withBoard', 'b1', { kind: 'board' }),
      link('boardOnly', 'b1', { kind: 'board' }),
    ]);
    const facts: PlayFact[] = ['fm', 'k1'].map((clusterId) => ({
      clusterId,
      itemId: 'a',
      outcome: provenBy('complete', { relayHeardMs: null, toTransmitter: clusterId === 'fm' }),
      withdrawn: false,
    }));
    for (const rule of [DEFAULT_RULE, any])
      expect(matrix({ itemIds: ['a'], hamlets, clustersOf, facts, rule })).toEqual([
        ['partial', 'complete', 'notPlanned'],
      ]);
    expect([...byTransmitter]).toEqual(['transmitted']);
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
