import { describe, expect, it } from '@jest/globals';
import { type CellRule, type Counts, DEFAULT_RULE } from '../../engine/cells.js';
import { aimed, completedBy, wantedOf } from './grouping.js';
import { type MissingCell, missingOf } from './missing.js';

const NONE: Counts = { unknown: 0, notPlayed: 0, partial: 0, completed: 0, sensed: 0 };
const complete: Counts = { ...NONE, completed: 1 };
const partial: Counts = { ...NONE, partial: 1 };
const notPlayed: Counts = { ...NONE, notPlayed: 1 };
const unknown: Counts = { ...NONE, unknown: 1 };

const cell = { itemId: 'i', hamletId: 'h' };
const all = DEFAULT_RULE;
const rule = (plays: number, clusters: CellRule['clusters']): CellRule => ({ ...DEFAULT_RULE, plays, clusters });
const horns = (...ids: string[]) => ids.map((clusterId) => ({ clusterId, reach: 'horn' as const }));
const of = (plays: Record<string, Counts>, by: CellRule = all) =>
  missingOf(cell, horns(...Object.keys(plays)), new Map(Object.entries(plays)), by);

describe('what a cell still wants', () => {
  it('nothing once it is complete', () => {
    expect(of({ a: complete })).toBeNull();
    expect(of({ a: complete, b: notPlayed }, rule(1, 'any'))).toBeNull();
  });

  it('case 23: of three clusters only the one that failed', () => {
    expect(of({ a: complete, b: partial, c: complete })).toMatchObject({
      state: 'partial',
      clusters: [{ clusterId: 'b', plays: 1, perhaps: 0 }],
    });
  });

  it('what may still come is not missing for sure; what was taken out of the plan is', () => {
    expect(of({ a: unknown, b: NONE })).toMatchObject({
      state: 'unknown',
      clusters: [
        { clusterId: 'a', plays: 0, perhaps: 1 },
        { clusterId: 'b', plays: 1, perhaps: 0 },
      ],
    });
    expect(of({ a: { ...complete, unknown: 1 } }, rule(3, 'all'))?.clusters).toEqual([
      { clusterId: 'a', plays: 1, perhaps: 1 },
    ]);
  });

  it('where one cluster is enough, the one that owes least', () => {
    expect(of({ a: NONE, b: complete, c: NONE }, rule(2, 'any'))?.clusters).toEqual([
      { clusterId: 'b', plays: 1, perhaps: 0 },
    ]);
  });

  it('a hamlet without a cluster wants what no play can give', () => {
    expect(missingOf(cell, [], new Map(), all)).toMatchObject({
      state: 'notPlanned',
      clusters: [],
      atTransmitter: false,
    });
  });

  it('what a transmitter brought on the air is not asked for again, what it missed is', () => {
    const transmitter = [{ clusterId: 't', reach: 'transmitter' as const }];
    const at = (plays: Counts) => missingOf(cell, transmitter, new Map([['t', plays]]), all);
    expect(at(complete)).toMatchObject({ state: 'partial', clusters: [], atTransmitter: true });
    expect(at(notPlayed)).toMatchObject({ clusters: [{ clusterId: 't', plays: 1 }], atTransmitter: false });
    const beside = missingOf(cell, [...transmitter, ...horns('a')], new Map([['t', partial]]), {
      ...all,
      clusters: 'any',
    });
    expect(beside).toMatchObject({ clusters: [{ clusterId: 'a', plays: 1 }], atTransmitter: false });
  });
});

const missing = (hamletId: string, ...clusters: [string, number, number?][]): MissingCell => ({
  ...{ itemId: 'i', hamletId, state: 'notPlayed', atTransmitter: false },
  clusters: clusters.map(([clusterId, plays, perhaps = 0]) => ({ clusterId, plays, perhaps })),
});
const idsOf = (cells: readonly { readonly hamletId: string }[]) => cells.map(({ hamletId }) => hamletId);

describe('what can be done about it', () => {
  const cells = [
    missing('sure', ['a', 1]),
    missing('open', ['b', 0, 1]),
    missing('none'),
    missing('both', ['c', 1, 1]),
  ];

  it('unknown ones are apart, and in on demand', () => {
    const plain = wantedOf(cells, new Map(), false);
    expect([plain.cells, plain.unknown, plain.withoutCluster].map(idsOf)).toEqual([
      ['sure', 'both'],
      ['open'],
      ['none'],
    ]);
    const more = wantedOf(cells, new Map(), true);
    expect(more.cells.map(({ hamletId, plays }) => [hamletId, plays])).toEqual([
      ['sure', 1],
      ['open', 1],
      ['both', 2],
    ]);
  });

  it('what is made up for already is not wanted twice, told to devices or not', () => {
    const pending = new Map([
      ['i sure', 1],
      ['i open', 1],
      ['i both', 1],
    ]);
    expect(idsOf(wantedOf(cells, pending, false).cells)).toEqual([]);
    expect(idsOf(wantedOf(cells, pending, false).pending)).toEqual(['sure', 'open']);
    expect(idsOf(wantedOf(cells, pending, true).cells)).toEqual(['both']);
  });
});

describe('aiming places', () => {
  const wanted = wantedOf([missing('x', ['a', 2], ['s', 1]), missing('y', ['s', 1])], new Map(), false).cells;
  const place = (startMs: number, ...serves: string[]) => ({
    itemId: 'i',
    startMs,
    serves,
    day: `2026-01-0${startMs}`,
  });

  it('at the clusters that owe, one that hamlets share once, and no more often than they owe', () => {
    expect(aimed([place(1, 'x', 'y'), place(2, 'x'), place(3, 'x')], wanted)).toMatchObject([
      { startMs: 1, serves: ['x', 'y'], clusterIds: ['a', 's'] },
      { startMs: 2, serves: ['x'], clusterIds: ['a'] },
    ]);
  });

  it('cells are complete when all their plays are placed, before a day or at all', () => {
    const places = [place(1, 'x', 'y'), place(2, 'x')];
    expect(completedBy(wanted, places, null)).toBe(2);
    expect(completedBy(wanted, places, '2026-01-02')).toBe(1);
    expect(completedBy(wanted, places, '2026-01-01')).toBe(0);
  });
});
