import { describe, expect, it } from '@jest/globals';
import { aListener, anEntry, anItem, at, itemsOf } from '../engine/engine.spec-support.js';
import { Board, type ClashDecision, clashKey, type Listener, type ScheduleEntry, spanOfDays } from '../engine/index.js';
import { clashesByCommune, DECIDED_BEFORE_MS, deadlineOf, LEAST_TIME_MS } from './noting.js';

const MINUTE_MS = 60_000;
const FIVE = at('2026-01-06T05:00:00');
const TWO_COMMUNES: readonly Listener[] = ['c', 'd'].map((commune) =>
  aListener(`k-${commune}`, { areaPath: `/p/${commune}/h/` }),
);
const PROVINCE = '0province-20260106T0500';
const OF_COMMUNE = 'commune-20260106T0500';

function boardWith(decisions: readonly ClashDecision[], ...more: readonly ScheduleEntry[]): Board {
  const recurrence = { kind: 'once', date: '2026-01-06', time: '05:00' } as const;
  const entry = (id: string, areaPath: string, level: 'province' | 'commune') =>
    anEntry(recurrence, { id, areaPath, level, class: 'priority' });
  return new Board({
    entries: [entry('0province', '/p/', 'province'), entry('commune', '/p/', 'commune'), ...more],
    listeners: TWO_COMMUNES,
    items: itemsOf(anItem()),
    span: spanOfDays('2026-01-06', 1, 'Asia/Ho_Chi_Minh'),
    zone: 'Asia/Ho_Chi_Minh',
    decisions,
  });
}
const decided = (areaPath: string, changes: Partial<ClashDecision> = {}): ClashDecision => ({
  ...{ key: clashKey(PROVINCE, OF_COMMUNE), areaPath, goesFirst: OF_COMMUNE, other: 'append' },
  ...{ automatic: false, byName: 'Chị Hoa', atMs: 0 },
  ...changes,
});
const heard = (board: Board, listener: string) => board.planOf(listener).slices.map(({ occurrence }) => occurrence);

describe('clashes of priorities, commune by commune', () => {
  it('case 14: undecided, both communes hear the province first and their own right behind it', () => {
    const board = boardWith([]);
    for (const listener of ['k-c', 'k-d']) expect(heard(board, listener)).toEqual([PROVINCE, OF_COMMUNE]);
  });

  it('case 14: what one commune decided holds for its loudspeakers and for no others', () => {
    const board = boardWith([decided('/p/c/')]);
    expect(heard(board, 'k-c')).toEqual([OF_COMMUNE, PROVINCE]);
    expect(heard(board, 'k-d')).toEqual([PROVINCE, OF_COMMUNE]);
  });

  it('case 14: two communes decide differently about the same two', () => {
    const board = boardWith([decided('/p/c/', { other: 'replace' }), decided('/p/d/', { goesFirst: PROVINCE })]);
    expect(heard(board, 'k-c')).toEqual([OF_COMMUNE]);
    expect(heard(board, 'k-d')).toEqual([PROVINCE, OF_COMMUNE]);
  });

  it('of two decisions that cover a loudspeaker that of the narrower area counts', () => {
    const board = boardWith([decided('/p/c/', { goesFirst: PROVINCE }), decided('/p/')]);
    expect(heard(board, 'k-c')).toEqual([PROVINCE, OF_COMMUNE]);
    expect(heard(board, 'k-d')).toEqual([OF_COMMUNE, PROVINCE]);
  });

  it('a default that was recorded does not stand against what people decided', () => {
    const third = 'third-20260106T0500';
    const more = anEntry(
      { kind: 'once', date: '2026-01-06', time: '05:00' },
      { id: 'third', areaPath: '/p/', level: 'commune', class: 'priority' },
    );
    const people = decided('/p/c/', { key: clashKey(PROVINCE, third), goesFirst: third });
    const recorded = decided('/p/c/', {
      ...{ key: clashKey(OF_COMMUNE, third), goesFirst: OF_COMMUNE },
      ...{ automatic: true, byName: null },
    });
    const alone = heard(boardWith([people], more), 'k-c');
    expect(alone).toEqual([third, PROVINCE, OF_COMMUNE]);
    expect(heard(boardWith([people, recorded], more), 'k-c')).toEqual(alone);
  });

  it('each commune has the clash as its own; where there is no commune nobody is asked', () => {
    const communeOf = (path: string) => (path.startsWith('/p/c/') ? '/p/c/' : null);
    const found = clashesByCommune(boardWith([]), TWO_COMMUNES, communeOf);
    expect([...found].map(([path, clashes]) => [path, [...clashes.values()]])).toEqual([
      ['/p/c/', [expect.objectContaining({ first: PROVINCE, second: OF_COMMUNE, fromMs: FIVE, byDefault: PROVINCE })]],
    ]);
  });

  it('the deadline is two hours before, or ten minutes from now, and always before the play', () => {
    expect(deadlineOf(FIVE, FIVE - DECIDED_BEFORE_MS - 1)).toBe(FIVE - DECIDED_BEFORE_MS);
    expect(deadlineOf(FIVE, FIVE - DECIDED_BEFORE_MS)).toBe(FIVE - DECIDED_BEFORE_MS + LEAST_TIME_MS);
    expect(deadlineOf(FIVE, FIVE - 11 * MINUTE_MS)).toBe(FIVE - MINUTE_MS);
    expect(deadlineOf(FIVE, FIVE - 5 * MINUTE_MS)).toBe(FIVE - 1);
  });
});
