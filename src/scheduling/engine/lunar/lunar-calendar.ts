import { dayOfText, firstDayOfYear, mod, textOfDay } from '../time/civil.js';
import { deltaT, MEAN_MONTH, newMoon, sunLongitude } from './astronomy.js';

/**
 * The Vietnamese lunar calendar: a month begins on the day (UTC+7) of the new moon, month 11 holds the winter solstice, and
 * of thirteen months between two of those the first without a major solar term is the leap one. By Decision 121/CP of
 * 8 August 1967 that is the calendar of Viet Nam from 1968 on; before, the north used UTC+8 with China, and what is
 * answered here for earlier days is this rule computed backwards, not the calendar that was in use.
 */
export const LUNAR_FROM_YEAR = 1968;
/** First and last year that are answered; the formulas hold for these centuries. */
export const FIRST_LUNAR_YEAR = 1901;
export const LAST_LUNAR_YEAR = 2149;

export interface LunarDate {
  /** The year in which its Tết lies. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** The second of two months of one number (tháng nhuận). */
  readonly leap: boolean;
}

export interface LunarMonth {
  readonly year: number;
  readonly month: number;
  readonly leap: boolean;
  /** Days since 1970-01-01. */
  readonly firstDay: number;
  /** 29 or 30. */
  readonly days: number;
}

/**
 * @param day YYYY-MM-DD, solar; null where the calendar is not known (before 1902 or after 2149)
 * `official`: from 1968 on, when Viet Nam took this calendar; false: computed only.
 */
export function lunarOf(day: string): (LunarDate & { readonly official: boolean }) | null {
  const number = dayOfText(day);
  const month = number === null ? null : lunarMonthAt(number);
  if (number === null || month === null) return null;
  const { year, leap, firstDay } = month;
  return { year, month: month.month, day: number - firstDay + 1, leap, official: year >= LUNAR_FROM_YEAR };
}

/** @returns YYYY-MM-DD; null: there is no such lunar day (a 30th of a short month, a leap month of another year) */
export function solarOf(lunar: LunarDate): string | null {
  const found = lunarMonthsOf(lunar.year)?.find(({ month, leap }) => month === lunar.month && leap === lunar.leap);
  if (!found || !Number.isInteger(lunar.day) || lunar.day < 1 || lunar.day > found.days) return null;
  return textOfDay(found.firstDay + lunar.day - 1);
}

/** The twelve or thirteen months of a lunar year, in order; null outside 1901–2149. */
export function lunarMonthsOf(year: number): readonly LunarMonth[] | null {
  if (!Number.isInteger(year) || year < FIRST_LUNAR_YEAR || year > LAST_LUNAR_YEAR) return null;
  const known = years.get(year);
  if (known) return known;
  // Months 11 and 12 lie in the span that begins with this year's solstice.
  const months = [...spanTo(year), ...spanTo(year + 1)].filter((month) => month.year === year);
  years.set(year, months);
  return months;
}

/** A year's months follow from its number alone, so each is computed once. */
const years = new Map<number, readonly LunarMonth[]>();

/** The lunar month that holds a day (days since 1970-01-01). */
export function lunarMonthAt(day: number): LunarMonth | null {
  const solarYear = Math.floor(day / 365.2425) + 1970;
  for (const year of [solarYear - 1, solarYear, solarYear + 1]) {
    const found = lunarMonthsOf(year)?.find(({ firstDay, days }) => day >= firstDay && day < firstDay + days);
    if (found) return found;
  }
  return null;
}

/** The months from the one with the solstice of the year before (a month 11) up to the one with that of `year`, which is left out. */
function spanTo(year: number): readonly LunarMonth[] {
  const first = solsticeMoon(year - 1);
  const count = solsticeMoon(year) - first;
  const starts = Array.from({ length: count + 1 }, (_, index) => newMoonDay(first + index));
  const terms = starts.map(majorTermAt);
  const leapAt = count === 13 ? terms.findIndex((term, index) => index > 0 && term === terms[index + 1]) : -1;
  return starts.slice(0, count).map((firstDay, index): LunarMonth => {
    const ordinal = leapAt >= 0 && index >= leapAt ? index - 1 : index;
    return {
      year: ordinal < 2 ? year - 1 : year,
      month: ((ordinal + 10) % 12) + 1,
      leap: index === leapAt,
      firstDay,
      days: (starts[index + 1] ?? firstDay) - firstDay,
    };
  });
}

/** Number of the new moon that begins the month with the winter solstice of a solar year. */
function solsticeMoon(year: number): number {
  const lastPossible = firstDayOfYear(year + 1) - 8;
  let k = Math.round((lastPossible - J2000_DAY) / MEAN_MONTH) + 1;
  // The solstice is where the twelfth of longitude 270° is entered: in this month, hence before the next begins.
  while (newMoonDay(k) > lastPossible || majorTermAt(newMoonDay(k)) === WINTER) k--;
  return k;
}

const WINTER = 9;
/** 2000-01-01 in days since 1970-01-01. */
const J2000_DAY = 10_957;
const ZONE_DAYS = 7 / 24;

/**
 * The new moon of May 2054 falls 22 seconds after midnight with the rotation of the earth foreseen today, and before it with
 * what was foreseen when the tables were printed. Nobody knows yet; people go by what is printed: 7 May.
 */
const PRINTED_DAYS: ReadonlyMap<number, number> = new Map([[672, 30_807]]);

/** The day in Viet Nam of a new moon. */
function newMoonDay(k: number): number {
  const printed = PRINTED_DAYS.get(k);
  if (printed !== undefined) return printed;
  const at = newMoon(k);
  return Math.floor(at - deltaT(2000 + at / 365.25) + 0.5 + ZONE_DAYS) + J2000_DAY;
}

/** The twelfth (0..11, of 30 degrees) in which the sun stands when a day begins in Viet Nam: terms on that day come later. */
function majorTermAt(day: number): number {
  const at = day - J2000_DAY - 0.5 - ZONE_DAYS;
  return Math.floor(sunLongitude(at + deltaT(2000 + at / 365.25)) / 30);
}

/** Number of days of a lunar month; null: the year has no such month. */
export function lunarMonthLength(year: number, month: number, leap: boolean): number | null {
  return lunarMonthsOf(year)?.find((each) => each.month === month && each.leap === leap)?.days ?? null;
}

/** The month that a lunar year has twice; null: none. */
export function leapMonthOf(year: number): number | null {
  return lunarMonthsOf(year)?.find(({ leap }) => leap)?.month ?? null;
}

const STEMS = ['Giáp', 'Ất', 'Bính', 'Đinh', 'Mậu', 'Kỷ', 'Canh', 'Tân', 'Nhâm', 'Quý'];
const BRANCHES = ['Tý', 'Sửu', 'Dần', 'Mão', 'Thìn', 'Tỵ', 'Ngọ', 'Mùi', 'Thân', 'Dậu', 'Tuất', 'Hợi'];

/** The can chi name of a lunar year, e.g. `Bính Ngọ` for 2026. */
export function yearNameOf(year: number): string {
  return `${STEMS[mod(year - 4, 10)]} ${BRANCHES[mod(year - 4, 12)]}`;
}
