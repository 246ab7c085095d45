import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plannedPlay } from '../../../devices/protocol/index.js';
import { anEntry, anItem, itemsOf } from './engine.spec-support.js';
import { type Recurrence, type ScheduleEntry, timeline } from './index.js';

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
const recurrence: fc.Arbitrary<Recurrence> = fc.oneof(
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
      class: fc.constantFrom('normal' as const, 'priority' as const),
      areaPath: fc.constantFrom('/p/', '/p/x/', '/p/y/'),
      clusterIds: fc.option(fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3'), { minLength: 1 })),
      itemId: fc.constantFrom('bulletin', 'long', 'unapproved'),
      cancelledAtMs: fc.option(instant),
      createdAtMs: fc.oneof(fc.constant(0), instant),
    }),
    { maxLength: 6 },
  )
  .map((all) => all.map(({ recurrence: rule, ...changes }, index) => anEntry(rule, { id: `e${index}`, ...changes })));
const span = fc
  .record({ fromMs: instant, days: fc.integer({ min: 0, max: 40 }) })
  .map(({ fromMs, days }) => ({ fromMs, untilMs: fromMs + days * DAY_MS }));
const items = itemsOf(anItem(), anItem('long', 2 * DAY_MS));

/** Slow and obvious: looks at every day, with UTC arithmetic only, since Viet Nam is always seven hours ahead. */
function reference(all: readonly ScheduleEntry[], fromMs: number, untilMs: number): string[] {
  const found: string[] = [];
  for (const entry of all) {
    const rule = entry.recurrence;
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

describe('timeline, for any entries and span', () => {
  const check = (property: (all: ScheduleEntry[], inside: { fromMs: number; untilMs: number }) => void) =>
    fc.assert(fc.property(entries, span, property), { numRuns: 150 });

  it('equals a slow reference: nothing is lost, nothing added, nothing outside the span', () => {
    check((all, inside) => {
      const { plays, gaps } = timeline({ entries: all, items, span: inside, zone: ZONE });
      const made = [...plays, ...gaps].map(({ occurrence, startMs }) => `${occurrence.split('-')[0]} ${startMs}`);
      expect(made.sort()).toEqual(reference(all, inside.fromMs, inside.untilMs));
    });
  });

  it('every play is one that the protocol takes, and no two have one id', () => {
    check((all, inside) => {
      const { plays } = timeline({ entries: all, items, span: inside, zone: ZONE });
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
          expect(timeline({ entries: shuffled, items, span: inside, zone: ZONE })).toEqual(
            timeline({ entries: all, items, span: inside, zone: ZONE }),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('two spans side by side make the plays of the whole: each belongs to exactly one', () => {
    check((all, { fromMs, untilMs }) => {
      const middle = fromMs + Math.floor((untilMs - fromMs) / 3);
      const plays = (from: number, until: number) =>
        timeline({ entries: all, items, span: { fromMs: from, untilMs: until }, zone: ZONE }).plays;
      expect([...plays(fromMs, middle), ...plays(middle, untilMs)]).toEqual(plays(fromMs, untilMs));
    });
  });

  it('overlaps are all pairs that sound together and may meet', () => {
    check((all, inside) => {
      const { plays, overlaps } = timeline({ entries: all, items, span: inside, zone: ZONE });
      const entryOf = (occurrence: string) => all.find(({ id }) => id === occurrence.split('-')[0])!;
      const expected = plays.flatMap((a, index) =>
        plays.slice(index + 1).flatMap((b) => {
          const [x, y] = [entryOf(a.occurrence), entryOf(b.occurrence)];
          const nested = x.areaPath.startsWith(y.areaPath) || y.areaPath.startsWith(x.areaPath);
          const shared = !x.clusterIds || !y.clusterIds || x.clusterIds.some((id) => y.clusterIds?.includes(id));
          return nested && shared && b.startMs < a.startMs + a.audio.durationMs ? [`${a.play} ${b.play}`] : [];
        }),
      );
      expect(overlaps.map(({ first, second }) => `${first} ${second}`)).toEqual(expected);
    });
  });
});
