import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aBoard, aListener, anEntry, anItem, at, aVideo, daily, itemsOf } from '../engine.spec-support.js';
import type { ScheduleEntry } from '../model.js';
import { RuleBook } from '../rules/index.js';
import { aRuleSet, hours } from '../rules/rules.spec-support.js';
import { spanOfDays } from '../time/index.js';
import { Board, type BoardSettings } from '../timeline/index.js';
import { changed, changeFor, conflictsOf } from './index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const listeners = [...['k1', 'k2', 'k3'].map((id) => aListener(id)), aBoard('b1')];
const items = itemsOf(
  anItem('short', 180_000),
  anItem('odd', 61_234),
  anItem('long', 1_200_000),
  aVideo('video', 240_000),
);
const rules = new RuleBook(
  [
    aRuleSet({
      areaPath: '/p/an-khuong/',
      validFrom: '2026-01-01',
      windows: [hours('05:00–06:30')],
      maxSessionMinutes: 45,
      maxSessionsPerDay: 3,
    }),
  ],
  [],
);

const entry = fc.record({
  minute: fc.integer({ min: 0, max: 80 }),
  class: fc.constantFrom('normal' as const, 'normal' as const, 'priority' as const),
  late: fc.constantFrom('skip' as const, 'seek' as const, 'whole' as const),
  runningOrder: fc.array(
    fc.constantFrom('short', 'odd', 'long', 'video').map((itemId) => ({ kind: 'item' as const, itemId })),
    { minLength: 1, maxLength: 2 },
  ),
  devices: fc.constantFrom('loudspeakers' as const, 'loudspeakers' as const, 'boards' as const, 'all' as const),
  clusterIds: fc.option(fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'b1'), { minLength: 1 })),
  after: fc.boolean(),
});
const entries = fc.array(entry, { minLength: 2, maxLength: 6 }).map((all) =>
  all.map(({ minute, after, ...changes }, index) => {
    const time = `${String(5 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const place = after && index > 0 ? ({ kind: 'after', entryId: 'e0', gapMs: 0 } as const) : null;
    return anEntry(daily(time), { id: `e${index}`, ...changes, place });
  }),
);

const pairsOf = (board: Board, id: string) =>
  board.planOf(id).overlaps.map(({ first, second }) =>
    [first, second]
      .map((play) => play.split('-p')[0])
      .sort()
      .join(' '),
  );

it('a solution that is applied ends its conflict and makes no new overlap', () => {
  let applied = 0;
  fc.assert(
    fc.property(entries, fc.boolean(), (all: ScheduleEntry[], ruled) => {
      const span = spanOfDays('2026-01-05', 2, ZONE);
      const settings: BoardSettings & { entries: ScheduleEntry[] } = {
        entries: all,
        listeners,
        items,
        span,
        zone: ZONE,
        rules: ruled ? rules : null,
      };
      const before = new Board(settings);
      const asked = { areaPath: '/p/an-khuong/', nowMs: at('2026-01-04T12:00') };
      const { conflicts } = conflictsOf({ settings, ...asked });
      for (const { key, code, occurrences, solutions } of conflicts)
        for (const solution of solutions) {
          const made = changeFor(solution);
          if (!made) continue;
          applied++;
          const edited = all.map((one) => (one.id === made.entryId ? changed(one, made.change) : one));
          const after = new Board({ ...settings, entries: edited });
          for (const { id } of listeners) {
            const known = new Set(pairsOf(before, id));
            expect(pairsOf(after, id).filter((pair) => !known.has(pair))).toEqual([]);
            if (code === 'overlap') expect(pairsOf(after, id)).not.toContain([...occurrences].sort().join(' '));
          }
          const left = conflictsOf({ settings: { ...settings, entries: edited }, ...asked, mayChange: () => false });
          expect(left.conflicts.map((conflict) => conflict.key)).not.toContain(key);
        }
    }),
    { numRuns: 40 },
  );
  expect(applied).toBeGreaterThan(20);
});

it('neither the order of entries nor that of loudspeakers changes the list', () => {
  fc.assert(
    fc.property(
      entries.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        const span = spanOfDays('2026-01-05', 1, ZONE);
        const list = (some: ScheduleEntry[], ears: typeof listeners) =>
          conflictsOf({
            settings: { entries: some, listeners: ears, items, span, zone: ZONE, rules },
            ...{ areaPath: '/p/an-khuong/', nowMs: at('2026-01-04T12:00') },
          });
        expect(list(shuffled, [...listeners].reverse())).toEqual(list(all, listeners));
      },
    ),
    { numRuns: 10 },
  );
});
