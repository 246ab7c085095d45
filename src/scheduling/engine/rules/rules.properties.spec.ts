import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type AllowedWindow,
  checkPlay,
  checkSessions,
  DAY_CHOICES,
  overlappingRuleSets,
  RuleBook,
  type RuledPlay,
  type RuleSet,
  refusalOfRuleSet,
  type YearDays,
} from './index.js';
import { aRuleSet, COMMUNE, COUNTRY, HAMLET, PROVINCE, someYear, VN } from './rules.spec-support.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const OFFSET_MS = 7 * 3_600_000;
const FIRST = Date.UTC(2027, 11, 20); // over a year's end, with days that a season runs over
const DAYS = 24;
const dayText = (index: number) => new Date(FIRST + index * DAY_MS).toISOString().slice(0, 10);
const two = (number: number) => String(number).padStart(2, '0');

const day = fc.integer({ min: 0, max: DAYS }).map(dayText);
// Few distinct times, so that windows often touch, overlap and nest.
const time = fc.integer({ min: 0, max: 23 }).map((half) => `${two(half)}:${half % 2 === 0 ? '00' : '30'}`);
const window: fc.Arbitrary<AllowedWindow> = fc
  .record({
    days: fc.uniqueArray(fc.constantFrom(...DAY_CHOICES), { minLength: 1, maxLength: 8 }),
    season: fc.option(fc.record({ from: day.map((text) => text.slice(5)), to: day.map((text) => text.slice(5)) })),
    from: time,
    until: fc.oneof(time, fc.constant('24:00')),
  })
  .map((drawn) => ({ ...drawn, untilDay: drawn.until <= drawn.from ? 'next' : 'same' }));
const ruleSet: fc.Arbitrary<Omit<RuleSet, 'id'>> = fc
  .record({
    areaPath: fc.constantFrom(COUNTRY, PROVINCE, COMMUNE, HAMLET),
    date: fc.constantFrom('2026-01-05', '2026-02-05', '2027-03-05'),
    validFrom: day,
    length: fc.option(fc.integer({ min: 0, max: DAYS })),
    windows: fc.option(fc.array(window, { minLength: 1, maxLength: 5 }), { freq: 4 }),
    volumeCeilings: fc.option(
      fc.array(
        window.map((one) => ({ ...one, max: one.days.length * 10 })),
        { maxLength: 3 },
      ),
    ),
    maxSessionMinutes: fc.option(fc.integer({ min: 1, max: 60 })),
    maxSessionsPerDay: fc.option(fc.integer({ min: 1, max: 3 })),
    sessionGapMinutes: fc.option(fc.integer({ min: 0, max: 30 })),
    blackouts: fc.array(
      fc.record({ start: fc.integer({ min: 0, max: DAYS * 24 }), hours: fc.integer({ min: 1, max: 40 }) }),
      { maxLength: 1 },
    ),
  })
  .map(({ length, blackouts, ...drawn }) =>
    aRuleSet({
      ...drawn,
      validTo:
        length === null ? null : new Date(Date.parse(drawn.validFrom) + length * DAY_MS).toISOString().slice(0, 10),
      blackouts: blackouts.map(({ start, hours }) => ({
        fromMs: FIRST + start * 3_600_000,
        untilMs: FIRST + (start + hours) * 3_600_000,
        reason: 'Đám tang',
        kind: 'funeral',
      })),
    }),
  );
const ruleSets = fc
  .array(ruleSet, { maxLength: 5 })
  .map((all) => all.map((set, index): RuleSet => ({ ...set, id: `r${index}` })));
const years: fc.Arbitrary<YearDays[]> = fc
  .record({ holidays: fc.uniqueArray(day, { maxLength: 6 }), swap: fc.option(fc.tuple(day, day)) })
  .map(({ holidays, swap }) => [
    someYear({
      holidays: holidays.map((text) => ({ day: text, name: 'Tết' })),
      swapped: swap && swap[0] !== swap[1] ? [{ worked: swap[0], standsFor: swap[1] }] : [],
    }),
  ]);
const plays: fc.Arbitrary<RuledPlay[]> = fc
  .array(
    fc.record({
      // On the half hours, where windows end, as often as between them.
      start: fc.oneof(
        fc.integer({ min: 1_440, max: DAYS * 1_440 }),
        fc.integer({ min: 48, max: DAYS * 48 }).map((half) => half * 30),
      ),
      minutes: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(30, 60, 120, 1_500)),
      areaPath: fc.constantFrom(PROVINCE, COMMUNE, HAMLET, `${HAMLET}x/`),
      class: fc.constantFrom('normal' as const, 'normal' as const, 'emergency' as const),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(({ start, minutes, ...rest }, index) => {
      const startMs = FIRST - OFFSET_MS + start * MINUTE_MS;
      return {
        ...rest,
        startMs,
        endMs: startMs + minutes * MINUTE_MS,
        volume: 80,
        entryId: `e${index}`,
        occurrence: `e${index}-0`,
      };
    }),
  );

/** Slow and obvious: one minute, in a country that is always seven hours ahead. */
function isAllowed(sets: readonly RuleSet[], list: YearDays, areaPath: string, ms: number): boolean {
  const local = ms + OFFSET_MS;
  const today = new Date(local).toISOString().slice(0, 10);
  const yesterday = new Date(local - DAY_MS).toISOString().slice(0, 10);
  const minute = new Date(local).toISOString().slice(11, 16);
  const windows = windowsStated(sets, areaPath, today);
  if (windows === null) return true;
  return (
    windowsFor(windows, list, today).some(
      ({ from, until, untilDay }) => from <= minute && (untilDay === 'next' || minute < until),
    ) ||
    windowsFor(windowsStated(sets, areaPath, yesterday) ?? [], list, yesterday).some(
      ({ until, untilDay }) => untilDay === 'next' && minute < until,
    )
  );
}

function windowsStated(sets: readonly RuleSet[], areaPath: string, on: string): readonly AllowedWindow[] | null {
  const stating = sets.filter(
    (set) =>
      areaPath.startsWith(set.areaPath) && set.windows !== null && set.validFrom <= on && (set.validTo ?? '9999') >= on,
  );
  const rank = (set: RuleSet) => `${two(set.areaPath.length)} ${set.date} ${set.validFrom} ${set.id}`;
  return stating.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).at(-1)?.windows ?? null;
}

function windowsFor(windows: readonly AllowedWindow[], list: YearDays, on: string): readonly AllowedWindow[] {
  const swap = list.swapped.find(({ worked, standsFor }) => worked === on || standsFor === on);
  const asDay = swap === undefined ? on : swap.worked === on ? swap.standsFor : swap.worked;
  const weekday = (new Date(asDay).getUTCDay() || 7) as 1;
  const holiday = list.holidays.some((one) => one.day === on);
  const date = on.slice(5);
  const inSeason = windows.filter(({ season }) => {
    if (season === null) return true;
    const { from, to } = season;
    return from <= to ? date >= from && date <= to : date >= from || date <= to;
  });
  if (holiday && inSeason.some(({ days }) => days.includes('holiday')))
    return inSeason.filter(({ days }) => days.includes('holiday'));
  const workday = weekday <= 5 && !holiday;
  return inSeason.filter(({ days }) => days.includes(weekday) || (workday && days.includes('workday')));
}

describe('for any rule sets, days and plays', () => {
  it('a play passes exactly if each of its minutes is inside a window, by a minute-by-minute reference', () => {
    const seen = { allowed: 0, refused: 0 };
    fc.assert(
      fc.property(ruleSets, years, plays, (sets, lists, all) => {
        fc.pre(sets.every((set) => refusalOfRuleSet(set) === null));
        const book = new RuleBook(sets, lists);
        for (const play of all) {
          const breach = checkPlay(book, play).breaches.find(({ code }) => code === 'ruleWindow');
          let firstOutside: number | null = null;
          for (let ms = play.startMs; ms < play.endMs && firstOutside === null; ms += MINUTE_MS)
            if (!isAllowed(sets, lists[0]!, play.areaPath, ms)) firstOutside = ms;
          expect(breach?.code === 'ruleWindow' ? breach.outside.fromMs : null).toBe(firstOutside);
          seen[firstOutside === null ? 'allowed' : 'refused']++;
        }
      }),
      { numRuns: 250 },
    );
    // Were all plays alike, the property would show nothing.
    expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(100);
  });

  it('the order of rule sets, of years and of questions never matters', () => {
    const orders = ruleSets.chain((sets) =>
      fc.tuple(fc.constant(sets), fc.shuffledSubarray(sets, { minLength: sets.length })),
    );
    fc.assert(
      fc.property(orders, years, years, plays, ([sets, shuffled], a, b, all) => {
        const answers = (book: RuleBook, asked: readonly RuledPlay[]) =>
          asked
            .map((play) => ({ id: play.entryId, ...checkPlay(book, play) }))
            .sort((one, other) => (one.id < other.id ? -1 : 1));
        const [book, other] = [new RuleBook(sets, [...a, ...b]), new RuleBook(shuffled, [...b, ...a])];
        expect(answers(other, [...all].reverse())).toEqual(answers(book, all));
        const ofOneCluster = all.map((play) => ({ ...play, areaPath: HAMLET }));
        expect(checkSessions(other, [...ofOneCluster].reverse())).toEqual(checkSessions(book, ofOneCluster));
        expect(overlappingRuleSets(shuffled)).toEqual(overlappingRuleSets(sets));
      }),
      { numRuns: 100 },
    );
  });

  it('no play is louder than any ceiling within it, and only an emergency passes without an override', () => {
    fc.assert(
      fc.property(ruleSets, years, plays, (sets, lists, all) => {
        const book = new RuleBook(sets, lists);
        for (const play of all) {
          const { volume, breaches } = checkPlay(book, play);
          const { days, onDay } = book.inZone(VN);
          const within = onDay(play.areaPath, days.numberAt(play.startMs)).ceilings.filter(
            ({ fromMs, untilMs }) => fromMs <= play.startMs && play.startMs < untilMs,
          );
          for (const { passed } of breaches)
            expect(passed).toEqual(play.class === 'emergency' ? { by: 'emergency' } : null);
          if (play.class === 'emergency') expect(volume).toBe(play.volume);
          else for (const { max } of within) expect(volume).toBeLessThanOrEqual(max);
        }
      }),
      { numRuns: 100 },
    );
  });
});
