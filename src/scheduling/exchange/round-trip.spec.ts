import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { anEntry, at } from '../engine/engine.spec-support.js';
import {
  Calendar,
  type OccurrenceChange,
  occurrencesOf,
  type Recurrence,
  type ScheduleEntry,
  seriesOf,
} from '../engine/index.js';
import { textOfDay, textOfWall, wallOfText } from '../engine/time/index.js';
import { writeCalendar } from './calendar-writer.js';
import type { LunarRule } from './engine/calendar-series.js';
import { exportSeries } from './engine/export-series.js';
import { importSeries } from './engine/import-series.js';
import { onlyEvent, startsOf } from './exchange.spec-support.js';

const NOW = at('2026-01-05T09:00:00');
const UNTIL = NOW + 400 * 86_400_000;
const FIRST_DAY = 20_458;

const day = fc.integer({ min: 0, max: 60 }).map((days) => textOfDay(FIRST_DAY + days));
const later = fc.option(fc.integer({ min: 61, max: 500 }).map((days) => textOfDay(FIRST_DAY + days)));
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hours, minutes]) => [hours, minutes].map((each) => String(each).padStart(2, '0')).join(':'));
const range = { from: day, until: later, time };
const weekdays = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
const rule = fc.constantFrom(
  'FREQ=DAILY;INTERVAL=3',
  'freq=weekly;interval=2;byday=mo,su',
  'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU',
  'FREQ=DAILY;COUNT=17',
  'FREQ=MONTHLY;BYMONTHDAY=-1',
  'FREQ=MONTHLY;BYDAY=+1MO',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'FREQ=DAILY;BYHOUR=5,17;BYMINUTE=30;UNTIL=20260301',
  'FREQ=WEEKLY;BYDAY=SU;UNTIL=20260531T230000',
  'FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=15',
);
const hourly = fc.constant('FREQ=HOURLY;INTERVAL=5;BYHOUR=5,6,7,8,17;UNTIL=20260401T000000Z');
const once = fc.record({ kind: fc.constant('once' as const), date: day, time });
const daily = fc.record({ kind: fc.constant('daily' as const), ...range });
const weekly = fc.record({ kind: fc.constant('weekly' as const), ...range, weekdays });
const rruleOf = (rules: fc.Arbitrary<string[]>, excepted: boolean): fc.Arbitrary<Recurrence> =>
  fc.record({
    kind: fc.constant('rrule' as const),
    start: fc.tuple(day, time).map(([from, clock]) => `${from}T${clock}`),
    rules,
    dates: fc.array(
      fc.tuple(later, time).map(([from, clock]) => `${from ?? '2026-05-05'}T${clock}`),
      { maxLength: 3 },
    ),
    except: excepted
      ? fc.array(
          fc.integer({ min: 0, max: 90 }).map((days) => textOfDay(FIRST_DAY + days)),
          { maxLength: 5 },
        )
      : fc.constant([]),
  });
const lunar: fc.Arbitrary<LunarRule> = fc.record({
  kind: fc.constant('lunar' as const),
  ...range,
  on: fc.record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 }),
    month: fc.option(fc.integer({ min: 1, max: 12 })),
    leap: fc.constantFrom('regular' as const, 'leap' as const, 'both' as const),
    missing30: fc.constantFrom('skip' as const, 'lastDay' as const),
    offsetDays: fc.integer({ min: -3, max: 3 }),
  }),
});

/** Some occurrences moved by hours, some cancelled; some entries made late or ended early. */
const entryOf = (recurrence: fc.Arbitrary<Recurrence>): fc.Arbitrary<ScheduleEntry> =>
  fc
    .record({
      recurrence,
      picks: fc.array(fc.record({ at: fc.nat(30), moveS: fc.option(fc.integer({ min: -90_000, max: 90_000 })) }), {
        maxLength: 4,
      }),
      madeAfter: fc.constantFrom(0, NOW + 20 * 86_400_000),
      endedAfter: fc.constantFrom(null, NOW + 45 * 86_400_000),
      zone: fc.constantFrom('Asia/Ho_Chi_Minh', 'Asia/Ho_Chi_Minh', 'UTC', 'Europe/Berlin'),
    })
    .map(({ recurrence, picks, madeAfter, endedAfter, zone }) => {
      const walls = seriesOf(recurrence, zone).between(FIRST_DAY * 86_400, (FIRST_DAY + 300) * 86_400);
      const changes = new Map<number, OccurrenceChange>();
      for (const { at: index, moveS } of picks) {
        const wall = walls[index];
        if (wall === undefined) continue;
        changes.set(wall, { original: textOfWall(wall), to: moveS === null ? null : textOfWall(wall + moveS) });
      }
      return anEntry(recurrence, {
        ...{ id: 'e1', zone, changes: [...changes.values()], createdAtMs: madeAfter, cancelledAtMs: endedAfter },
      });
    });

function written(entry: ScheduleEntry): string | null {
  const series = exportSeries(entry, NOW);
  const event = { uid: entry.id, title: 'Bản tin; “sáng”, xã', class: entry.class, lengthMs: 725_000, createdAtMs: 0 };
  return series && writeCalendar('An Khương', [{ ...event, series, description: null, settings: {} }], NOW);
}

function again(text: string): Pick<ScheduleEntry, 'recurrence' | 'changes' | 'zone'> {
  const { series, own } = onlyEvent(text);
  const rule = own.lunar === null ? null : (JSON.parse(own.lunar) as LunarRule);
  return { zone: series.zone, ...importSeries({ ...series, lunar: rule }) };
}

const instantsOf = (entry: ScheduleEntry, fromMs: number): number[] => [
  ...new Set(occurrencesOf(entry, { fromMs, untilMs: UNTIL }).map(({ startMs }) => startMs)),
];

const sameAgain = (recurrence: fc.Arbitrary<Recurrence>, numRuns: number) =>
  fc.assert(
    fc.property(entryOf(recurrence), (entry) => {
      const text = written(entry);
      const from = Math.max(NOW, entry.createdAtMs);
      const read = text && { ...entry, ...again(text), createdAtMs: 0, cancelledAtMs: null };
      expect(read ? instantsOf(read, from) : []).toEqual(instantsOf(entry, NOW));
    }),
    { numRuns },
  );

describe('what is exported and imported again has the same occurrences', () => {
  it('once', () => sameAgain(once, 30));
  it('daily', () => sameAgain(daily, 40));
  it('weekly', () => sameAgain(weekly, 40));
  it('one rule, with dates and exceptions', () =>
    sameAgain(
      rruleOf(
        fc.oneof(rule, hourly).map((one) => [one]),
        true,
      ),
      60,
    ));
  it('several rules, or none', () => sameAgain(rruleOf(fc.array(fc.oneof(rule, hourly), { maxLength: 3 }), true), 100));
  it('lunar days', () => sameAgain(lunar, 30));

  it('simple rules stay simple', () => {
    const same = (recurrence: Recurrence) =>
      expect(again(written(anEntry(recurrence)) ?? '').recurrence).toEqual(recurrence);
    same({ kind: 'once', date: '2026-02-01', time: '05:00:00' });
    same({ kind: 'daily', from: '2026-02-01', until: '2026-03-31', time: '05:00:00' });
    same({ kind: 'weekly', from: '2026-02-01', until: null, weekdays: [6, 7], time: '05:00:00' });
  });
});

describe('another reader', () => {
  /** The first starts as ical.js itself counts them, moved ones where they were moved to. */
  function readElsewhere(text: string, most: number): string[] {
    const events = new ICAL.Component(ICAL.parse(text))
      .getAllSubcomponents('vevent')
      .map((each) => new ICAL.Event(each));
    const master = events.find((event) => !event.isRecurrenceException());
    if (!master) return [];
    for (const event of events) if (event.isRecurrenceException()) master.relateException(event);
    const [iterator, found] = [master.iterator(), [] as string[]];
    for (let next = iterator.next(); next && found.length < most; next = iterator.next())
      found.push(master.getOccurrenceDetails(next).startDate.toString().slice(0, 19));
    return found;
  }

  // It leaves INTERVAL out of hourly rules with BYHOUR, so those are not asked.
  it('reads the same starts of whatever is not lunar', () => {
    const recurrence = fc.oneof(
      once,
      daily,
      weekly,
      rruleOf(
        rule.map((one) => [one]),
        false,
      ),
    );
    fc.assert(
      fc.property(entryOf(recurrence), (entry) => {
        const end = textOfWall(new Calendar().wallAt(UNTIL, entry.zone));
        const isBefore = (start: string) => start < end;
        const text = written({ ...entry, createdAtMs: 0 });
        const expected = startsOf({ ...entry, createdAtMs: 0 }, NOW - 10 * 86_400_000, UNTIL)
          .sort()
          .slice(0, 25);
        // It tells a time that clocks skip as it stands in the rule; what counts is the instant.
        const shown = (wall: string) => {
          const calendar = new Calendar();
          return textOfWall(calendar.wallAt(calendar.startOf(wallOfText(wall) ?? 0, entry.zone).startMs, entry.zone));
        };
        const read = text === null ? [] : readElsewhere(text, 60).map(shown).filter(isBefore).sort().slice(0, 25);
        expect([...new Set(read)].slice(0, 15)).toEqual([...new Set(expected)].slice(0, 15));
      }),
      { numRuns: 60 },
    );
  });

  it('reads lunar days from the list of the next two years', () => {
    const rằm: Recurrence = {
      ...{ kind: 'lunar', from: '2026-01-06', until: null, time: '05:00' },
      on: { days: [15], month: null, leap: 'both', missing30: 'skip', offsetDays: 0 },
    };
    const text = written(anEntry(rằm)) ?? '';
    expect(readElsewhere(text, 12)).toEqual(startsOf(anEntry(rằm), NOW, UNTIL).slice(0, 12));
    expect(readElsewhere(text, 100).length).toBeGreaterThanOrEqual(24);
  });
});

it('an event says its length, class, zone and what iCalendar lacks', () => {
  const text = written(
    anEntry({ kind: 'daily', from: '2026-02-01', until: null, time: '05:00' }, { class: 'priority' }),
  );
  for (const line of [
    'BEGIN:VTIMEZONE',
    'TZOFFSETTO:+0700',
    'UID:e1',
    'DTSTART;TZID=Asia/Ho_Chi_Minh:20260201T050000',
    'DURATION:PT12M5S',
    'CATEGORIES:PRIORITY',
    'SUMMARY:Bản tin\\; “sáng”\\, xã',
    'X-VANG-ENTRY:{}',
  ])
    expect(text?.replaceAll(';VALUE=TEXT', '').split('\r\n')).toContain(line);
});
