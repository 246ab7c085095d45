import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plannedPlay } from '../../../../devices/protocol/index.js';
import { aBoard, aListener, anEntry, anItem, aVideo, itemsOf } from '../engine.spec-support.js';
import { Board, DEVICES, type Recurrence, type ScheduleEntry, type Span } from '../index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const DAY_MS = 86_400_000;
const OFFSET_MS = 7 * 3_600_000;
const FIRST = Date.UTC(2027, 10, 1); // the span reaches over a year end and the leap day of 2028
const dayText = (index: number) => new Date(FIRST + index * DAY_MS).toISOString().slice(0, 10);

const day = fc.integer({ min: 0, max: 150 }).map(dayText);
const time = fc
  .record({
    h: fc.integer({ min: 0, max: 23 }),
    m: fc.integer({ min: 0, max: 59 }),
    s: fc.option(fc.integer({ min: 0, max: 59 })),
  })
  .map(({ h, m, s }) => [h, m, ...(s === null ? [] : [s])].map((part) => String(part).padStart(2, '0')).join(':'));
const range = { from: day, until: fc.option(day), time };
type SimpleRule = Extract<Recurrence, { readonly kind: 'once' | 'daily' | 'weekly' }>;
const recurrence: fc.Arbitrary<SimpleRule> = fc.oneof(
  fc.record({ kind: fc.constant('once' as const), date: day, time }),
  fc.record({ kind: fc.constant('daily' as const), ...range }),
  fc.record({
    kind: fc.constant('weekly' as const),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 })),
    ...range,
  }),
);
const instant = fc.integer({ min: -DAY_MS, max: 152 * DAY_MS }).map((ms) => FIRST + ms);
const entries: fc.Arbitrary<ScheduleEntry[]> = fc
  .array(
    fc.record({
      recurrence,
      class: fc.constant('normal' as const),
      areaPath: fc.constantFrom('/p/', '/p/x/', '/p/y/'),
      devices: fc.constantFrom(...DEVICES),
      clusterIds: fc.option(fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'b1'), { minLength: 1 })),
      itemId: fc.constantFrom('bulletin', 'long', 'video', 'unapproved'),
      cancelledAtMs: fc.option(instant),
      createdAtMs: fc.oneof(fc.constant(0), instant),
    }),
    { maxLength: 6 },
  )
  .map((all) =>
    all.map(({ recurrence: rule, itemId, ...changes }, index) =>
      anEntry(rule, { id: `e${index}`, runningOrder: [{ kind: 'item', itemId }], ...changes }),
    ),
  );
const span = fc
  .record({ fromMs: instant, days: fc.integer({ min: 0, max: 40 }) })
  .map(({ fromMs, days }) => ({ fromMs, untilMs: fromMs + days * DAY_MS }));
const items = itemsOf(anItem(), anItem('long', 2 * DAY_MS), aVideo());

/** Slow and obvious: looks at every day, with UTC arithmetic only, since Viet Nam is always seven hours ahead. */
function reference(all: readonly ScheduleEntry[], fromMs: number, untilMs: number): string[] {
  const found: string[] = [];
  for (const entry of all) {
    const rule = entry.recurrence as SimpleRule;
    for (let index = -3; index < 200; index++) {
      const midnight = FIRST + index * DAY_MS;
      const text = dayText(index);
      const weekday = new Date(midnight).getUTCDay() || 7;
      if (rule.kind === 'once' && text !== rule.date) continue;
      if (rule.kind !== 'once' && (text < rule.from || (rule.until !== null && text > rule.until))) continue;
      if (rule.kind === 'weekly' && !rule.weekdays.includes(weekday)) continue;
      const [h = 0, m = 0, s = 0] = rule.time.split(':').map(Number);
      const startMs = midnight + ((h * 60 + m) * 60 + s) * 1_000 - OFFSET_MS;
      if (startMs < fromMs || startMs >= untilMs || startMs < entry.createdAtMs) continue;
      if (entry.cancelledAtMs !== null && startMs >= entry.cancelledAtMs) continue;
      found.push(`${entry.id} ${startMs}`);
    }
  }
  return found.sort();
}

const listeners = [
  aListener('k1', { areaPath: '/p/x/' }),
  aListener('k2', { areaPath: '/p/x/hamlet/' }),
  aListener('k3', { areaPath: '/p/y/' }),
  aBoard('b1', { areaPath: '/p/x/' }),
];
const boardOf = (all: readonly ScheduleEntry[], inside: Span) =>
  new Board({ entries: all, listeners, items, span: inside, zone: ZONE });
/** Told apart from the engine's own answer on purpose. */
const heardBy = (all: readonly ScheduleEntry[], { id, areaPath }: (typeof listeners)[number]) =>
  all
    .filter(({ devices }) => devices === 'all' || devices === (id === 'b1' ? 'boards' : 'loudspeakers'))
    .filter((entry) => areaPath.startsWith(entry.areaPath) && (!entry.clusterIds || entry.clusterIds.includes(id)));

describe('timeline, for any entries, loudspeakers and span', () => {
  const check = (property: (all: ScheduleEntry[], inside: Span) => void) =>
    fc.assert(fc.property(entries, span, property), { numRuns: 100 });

  it('equals a slow reference: nothing is lost, nothing added, nothing outside the span', () => {
    check((all, inside) => {
      const board = boardOf(all, inside);
      for (const listener of listeners) {
        const { slices, gaps } = board.planOf(listener.id);
        const made = [...slices, ...gaps].map(({ occurrence, startMs }) => `${occurrence.split('-')[0]} ${startMs}`);
        expect(made.sort()).toEqual(reference(heardBy(all, listener), inside.fromMs, inside.untilMs));
      }
    });
  });

  it('every play is one that the protocol takes, and no two have one id', () => {
    check((all, inside) => {
      const { plays } = boardOf(all, inside).planOf('k1');
      for (const play of plays) expect(plannedPlay.parse(play)).toEqual(play);
      expect(new Set(plays.map(({ play }) => play)).size).toBe(plays.length);
    });
  });

  it('the order of entries does not matter', () => {
    fc.assert(
      fc.property(
        entries.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        span,
        ([all, shuffled], inside) => {
          const [one, other] = [boardOf(all, inside), boardOf(shuffled, inside)];
          for (const { id } of listeners) expect(other.planOf(id)).toEqual(one.planOf(id));
        },
      ),
      { numRuns: 70 },
    );
  });

  it('two spans side by side make the plays of the whole: each belongs to exactly one', () => {
    check((all, { fromMs, untilMs }) => {
      const middle = fromMs + Math.floor((untilMs - fromMs) / 3);
      const plays = (from: number, until: number) => boardOf(all, { fromMs: from, untilMs: until }).planOf('k2').plays;
      expect([...plays(fromMs, middle), ...plays(middle, untilMs)]).toEqual(plays(fromMs, untilMs));
    });
  });

  it('overlaps are all pairs that sound together', () => {
    check((all, inside) => {
      const { slices, overlaps } = boardOf(all, inside).planOf('k2');
      const expected = slices.flatMap((a, index) =>
        slices.slice(index + 1).flatMap((b) => (b.startMs < a.endMs ? [`${a.id} ${b.id}`] : [])),
      );
      expect(overlaps.map(({ first, second }) => `${first} ${second}`)).toEqual(expected);
    });
  });

  it('edited entry by entry it is the same as made at once, and nobody else is touched', () => {
    fc.assert(
      fc.property(entries, entries, span, (before, edits, inside) => {
        const board = boardOf(before, inside);
        for (const { id } of listeners) board.planOf(id);
        const now = new Map(before.map((entry) => [entry.id, entry]));
        for (const entry of edits) {
          const was = now.get(entry.id);
          now.set(entry.id, entry);
          const touched = new Set(board.edit(entry));
          for (const listener of listeners) {
            const concerned = heardBy([entry, ...(was ? [was] : [])], listener).length > 0;
            expect([listener.id, touched.has(listener.id)]).toEqual([listener.id, concerned]);
          }
        }
        const anew = boardOf([...now.values()], inside);
        for (const { id } of listeners) expect(board.planOf(id)).toEqual(anew.planOf(id));
      }),
      { numRuns: 70 },
    );
  });
});
