import { describe, expect, it } from '@jest/globals';
import { type LunarDays, occurrencesOf, type Recurrence } from '../recurrence/index.js';
import { spanOfDays } from '../time/index.js';
import { leapMonthOf, lunarMonthLength, lunarMonthsOf, lunarOf, solarOf, yearNameOf } from './index.js';
import { PUBLISHED_YEARS } from './published-years.spec-support.js';

const tet = (year: number) => solarOf({ year, month: 1, day: 1, leap: false });

describe('the lunar calendar of Viet Nam', () => {
  it.each([
    [1968, '1968-01-29'], // a day before China
    [1985, '1985-01-21'], // a month before China
    [2007, '2007-02-17'], // a day before China
    [2026, '2026-02-17'],
    [2027, '2027-02-06'],
    [2030, '2030-02-02'], // a day before China
  ])('Tết %i', (year, day) => expect(tet(year)).toBe(day));

  it('1968–2100: every Tết, month length and leap month is that of the published tables', () => {
    expect(PUBLISHED_YEARS).toHaveLength(133);
    for (const line of PUBLISHED_YEARS) {
      const year = Number(line.slice(0, 4));
      const months = lunarMonthsOf(year) ?? [];
      const lengths = months.map(({ leap, days }) => (leap ? { 29: 'n', 30: 'N' }[days] : { 29: 't', 30: 'D' }[days]));
      expect(`${tet(year)} ${lengths.join('')}`).toBe(line);
    }
  });

  it('leap months', () => {
    expect([1985, 2004, 2020, 2023, 2025, 2026, 2028, 2033].map(leapMonthOf)).toEqual([2, 2, 4, 2, 6, null, 5, 11]);
    expect(solarOf({ year: 2025, month: 6, day: 1, leap: true })).toBe('2025-07-25');
    expect(lunarMonthLength(2025, 6, true)).toBe(29);
    expect(lunarMonthLength(2025, 7, true)).toBeNull();
  });

  it('what does not exist is null', () => {
    expect(solarOf({ year: 2025, month: 6, day: 30, leap: true })).toBeNull();
    expect(solarOf({ year: 2026, month: 6, day: 1, leap: true })).toBeNull();
    expect(solarOf({ year: 2026, month: 13, day: 1, leap: false })).toBeNull();
    expect(solarOf({ year: 2400, month: 1, day: 1, leap: false })).toBeNull();
    expect(lunarOf('2026-02-30')).toBeNull();
    expect(lunarOf('1850-01-01')).toBeNull();
  });

  it('there and back, every day of 1968–2100', () => {
    for (let ms = Date.UTC(1968, 0, 29); ms < Date.UTC(2101, 0, 1); ms += 86_400_000) {
      const day = new Date(ms).toISOString().slice(0, 10);
      const lunar = lunarOf(day);
      if (!lunar || solarOf(lunar) !== day) throw new Error(day);
    }
  });

  it('years before 1968 are marked as computed: the north went by UTC+8 then', () => {
    expect(lunarOf('1967-02-09')).toMatchObject({ year: 1967, month: 1, day: 1, official: false });
    expect(lunarOf('1968-01-29')).toMatchObject({ year: 1968, official: true });
  });

  it('names of years', () => {
    expect([1984, 2024, 2026].map(yearNameOf)).toEqual(['Giáp Tý', 'Giáp Thìn', 'Bính Ngọ']);
  });
});

describe('lunar recurrence', () => {
  const lunar = (on: Partial<LunarDays>, from = '2020-01-01', until: string | null = null): Recurrence => ({
    kind: 'lunar',
    from,
    until,
    time: '05:00',
    on: { days: [1], month: null, leap: 'regular', missing30: 'skip', offsetDays: 0, ...on },
  });
  const daysOf = (recurrence: Recurrence, first: string, days: number, zone = 'Asia/Ho_Chi_Minh') =>
    occurrencesOf(
      { id: 'e', recurrence, zone, createdAtMs: 0, cancelledAtMs: null },
      spanOfDays(first, days, zone),
    ).map(({ localDay }) => localDay);

  it('mùng 1 and rằm of every month', () => {
    expect(daysOf(lunar({ days: [1, 15] }), '2026-02-01', 60)).toEqual([
      '2026-02-02',
      '2026-02-17',
      '2026-03-03',
      '2026-03-19',
    ]);
  });

  it('Tết, and its eve', () => {
    const decade = (on: Partial<LunarDays>) => daysOf(lunar({ month: 1, ...on }), '2026-01-01', 1_600);
    expect(decade({})).toEqual(['2026-02-17', '2027-02-06', '2028-01-26', '2029-02-13', '2030-02-02']);
    expect(decade({ offsetDays: -1 })).toEqual(['2026-02-16', '2027-02-05', '2028-01-25', '2029-02-12', '2030-02-01']);
  });

  it('the death anniversary of the Hùng kings, 10 of the third month', () => {
    expect(daysOf(lunar({ month: 3, days: [10] }), '2024-01-01', 1_000)).toEqual([
      '2024-04-18',
      '2025-04-07',
      '2026-04-26',
    ]);
  });

  it('a year with two sixth months: the regular one, the leap one, or both', () => {
    const sixth = (leap: LunarDays['leap']) => daysOf(lunar({ month: 6, leap }), '2025-01-01', 365);
    expect(sixth('regular')).toEqual(['2025-06-25']);
    expect(sixth('leap')).toEqual(['2025-07-25']);
    expect(sixth('both')).toEqual(['2025-06-25', '2025-07-25']);
  });

  it('a 30th that a short month lacks is skipped, or is its last day', () => {
    const months = lunarMonthsOf(2026) ?? [];
    const lasts = months.map(({ year, month, days, leap }) => ({
      days,
      on: solarOf({ year, month, day: days, leap }),
    }));
    const thirtieths = (missing30: LunarDays['missing30']) =>
      daysOf(lunar({ days: [30], missing30 }), '2026-02-17', 354);
    expect(thirtieths('lastDay')).toEqual(lasts.map(({ on }) => on));
    expect(thirtieths('skip')).toEqual(lasts.filter(({ days }) => days === 30).map(({ on }) => on));
    expect(thirtieths('skip').length).toBeLessThan(12);
  });

  it('case 2: first and last day are included, and count the day it is played', () => {
    expect(daysOf(lunar({ month: 1 }, '2026-02-17', '2026-02-17'), '2026-01-01', 365)).toEqual(['2026-02-17']);
    expect(daysOf(lunar({ month: 1, offsetDays: -1 }, '2026-02-16', '2026-02-16'), '2026-01-01', 365)).toEqual([
      '2026-02-16',
    ]);
    expect(daysOf(lunar({ month: 1 }, '2026-02-18', '2027-02-05'), '2026-01-01', 500)).toEqual([]);
  });

  it('equals asking every day', () => {
    for (const offsetDays of [-30, -1, 0, 1, 45])
      for (const leap of ['regular', 'leap', 'both'] as const) {
        const expected: string[] = [];
        for (let ms = Date.UTC(2025, 0, 1); ms < Date.UTC(2026, 6, 1); ms += 86_400_000) {
          const on = lunarOf(new Date(ms - offsetDays * 86_400_000).toISOString().slice(0, 10));
          const counts = leap === 'both' || on?.leap === (leap === 'leap');
          if (on && counts && [1, 15, 30].includes(on.day)) expected.push(new Date(ms).toISOString().slice(0, 10));
        }
        expect(daysOf(lunar({ days: [1, 15, 30], leap, offsetDays }), '2025-01-01', 546)).toEqual(expected);
      }
  });
});
