import { describe, expect, it } from '@jest/globals';
import { READY_MADE_NOTE, refusalOfYearDays, type SolarOf, vietnamYearDays } from './index.js';

/** Tết and Giỗ Tổ as they were announced. */
const KNOWN: Readonly<Record<string, string>> = {
  '2021-1-1': '2021-02-12',
  '2021-3-10': '2021-04-21',
  '2026-1-1': '2026-02-17',
  '2026-3-10': '2026-04-26',
  '2027-1-1': '2027-02-06',
};
const solarOf: SolarOf = ({ year, month, day }) => KNOWN[`${year}-${month}-${day}`] ?? null;
const daysOf = (year: number) => vietnamYearDays(year, solarOf).holidays.map(({ day }) => day.slice(5));

describe('the ready-made days of Viet Nam', () => {
  it('2026: as announced, with the day in lieu of Giỗ Tổ on a Sunday', () => {
    expect(daysOf(2026)).toEqual([
      ...['01-01', '02-16', '02-17', '02-18', '02-19', '02-20'],
      ...['04-26', '04-27', '04-30', '05-01', '09-01', '09-02'],
    ]);
  });

  it('2027: Tết on a weekend gives two days in lieu after its fourth', () => {
    expect(daysOf(2027).filter((day) => day.startsWith('02'))).toEqual([
      ...['02-05', '02-06', '02-07', '02-08', '02-09', '02-10', '02-11'],
    ]);
  });

  it.each([
    ['on a Thursday with the Friday', 2021, ['09-02', '09-03']],
    ['on a Wednesday with the Tuesday', 2026, ['09-01', '09-02']],
    ['on a Monday with the Tuesday', 2024, ['09-02', '09-03']],
    ['on a Saturday with the Friday, and the Monday in lieu', 2028, ['09-01', '09-02', '09-04']],
  ])('National Day %s', (_, year, days) => {
    expect(daysOf(year).filter((day) => day.startsWith('09'))).toEqual(days);
  });

  it('leaves out what the lunar calendar does not know, and guesses no swap and no mourning', () => {
    const list = vietnamYearDays(2024, () => null);
    expect(list.holidays.map(({ name }) => name).filter((name) => /Tết Nguyên đán|Giỗ Tổ/.test(name))).toEqual([]);
    expect(list).toMatchObject({ swapped: [], mourning: [] });
  });

  it('is marked as ready-made and can be kept as it is; the note says that it is no law', () => {
    for (const year of [2021, 2024, 2026, 2027, 2028]) {
      expect(vietnamYearDays(year, solarOf).origin).toBe('readyMade');
      expect(refusalOfYearDays(vietnamYearDays(year, solarOf))).toBeNull();
    }
    expect(READY_MADE_NOTE.vi).toContain('sửa được');
    expect(READY_MADE_NOTE.vi).toContain('không thay cho thông báo');
  });
});
