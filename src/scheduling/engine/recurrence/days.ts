import { firstDayOf, firstDayOfYear, mod, monthOfDay, weekdayOfDay, yearOf } from '../time/civil.js';
import type { Rule, WeekdayNumber } from './rule.js';

/** The days of a month as bits: bit 0 is the 1st. One number says it all, so whole years are passed over quickly. */
export interface DaySource {
  daysOf(month: number): number;
}

/** Bits 0, 7, 14, 21, 28: one weekday through a month. */
const WEEKLY = 0x10204081;

/**
 * The days that a rule's FREQ, INTERVAL, BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY and BYDAY leave. What a rule does not say
 * comes from the start (RFC 5545, 3.3.10): BYWEEKNO alone means the weekday of the start, FREQ=MONTHLY its day of the month.
 * A year's period is the calendar year, also for BYWEEKNO: a day of week 1 that lies in December is of the December year.
 */
export class RuleDays implements DaySource {
  readonly #rule: Rule;
  readonly #startDay: number;
  readonly #startMonth: number;
  readonly #months: number;
  readonly #monthDays: readonly number[];
  readonly #weekdays: readonly WeekdayNumber[];
  readonly #nthOfYear: boolean;

  constructor(rule: Rule, startDay: number) {
    this.#rule = rule;
    this.#startDay = startDay;
    this.#startMonth = monthOfDay(startDay);
    const { freq, byMonth, byDay, byMonthDay, byYearDay, byWeekNo } = rule;
    const dayUnsaid = byDay.length + byMonthDay.length + byYearDay.length === 0;
    const ofMonthDay = dayUnsaid && byWeekNo.length === 0 && (freq === 'MONTHLY' || freq === 'YEARLY');
    const ofWeekday = dayUnsaid && (freq === 'WEEKLY' || byWeekNo.length > 0);
    const startMonthOnly = ofMonthDay && freq === 'YEARLY' && byMonth.length === 0;
    this.#months = bitsOf(startMonthOnly ? [mod(this.#startMonth, 12) + 1] : byMonth);
    this.#monthDays = ofMonthDay ? [startDay - firstDayOf(this.#startMonth) + 1] : byMonthDay;
    this.#weekdays = ofWeekday ? [{ weekday: weekdayOfDay(startDay), nth: 0 }] : byDay;
    this.#nthOfYear = freq === 'YEARLY' && byMonth.length === 0;
  }

  daysOf(month: number): number {
    if (this.#months !== 0 && (this.#months & (1 << (mod(month, 12) + 1))) === 0) return 0;
    const first = firstDayOf(month);
    const length = firstDayOf(month + 1) - first;
    let days = this.#onInterval(month, first, length);
    if (days !== 0 && this.#monthDays.length > 0) days &= this.#ofMonthDays(length);
    if (days !== 0 && this.#weekdays.length > 0) days &= this.#ofWeekdays(month, first, length);
    if (days !== 0 && this.#rule.byYearDay.length > 0) days &= this.#ofYearDays(month, first, length);
    if (days !== 0 && this.#rule.byWeekNo.length > 0) days &= this.#ofWeekNumbers(first, length);
    return days;
  }

  #onInterval(month: number, first: number, length: number): number {
    const all = 2 ** length - 1;
    const { freq, interval, weekStart } = this.#rule;
    if (interval === 1) return all;
    if (freq === 'YEARLY') return (yearOf(month) - yearOf(this.#startMonth)) % interval === 0 ? all : 0;
    if (freq === 'MONTHLY') return (month - this.#startMonth) % interval === 0 ? all : 0;
    let days = 0;
    if (freq === 'DAILY')
      for (let at = mod(this.#startDay - first, interval); at < length; at += interval) days |= 1 << at;
    else if (freq === 'WEEKLY') {
      const weeks = interval * 7;
      const phase = mod(weekOf(this.#startDay, weekStart) - weekOf(first, weekStart), weeks);
      // The week that holds the 1st may itself be one, and may have begun in the month before.
      const begins = weekOf(first, weekStart) - first + phase;
      for (let at = begins; at < length; at += weeks) days |= weekBits(at);
    } else return all;
    return days & all;
  }

  #ofMonthDays(length: number): number {
    let days = 0;
    for (const number of this.#monthDays) {
      const at = number > 0 ? number - 1 : length + number;
      if (at >= 0 && at < length) days |= 1 << at;
    }
    return days;
  }

  #ofWeekdays(month: number, first: number, length: number): number {
    let days = 0;
    for (const { weekday, nth } of this.#weekdays) {
      if (nth === 0) days |= WEEKLY << mod(weekday - weekdayOfDay(first), 7);
      else {
        const year = yearOf(month);
        const at = this.#nthOfYear
          ? nthWeekday(firstDayOfYear(year), firstDayOfYear(year + 1), weekday, nth) - first
          : nthWeekday(first, first + length, weekday, nth) - first;
        if (at >= 0 && at < length) days |= 1 << at;
      }
    }
    return days & (2 ** length - 1);
  }

  #ofYearDays(month: number, first: number, length: number): number {
    const yearBegins = firstDayOfYear(yearOf(month));
    const yearEnds = firstDayOfYear(yearOf(month) + 1);
    let days = 0;
    for (const number of this.#rule.byYearDay) {
      const at = (number > 0 ? yearBegins + number - 1 : yearEnds + number) - first;
      if (at >= 0 && at < length) days |= 1 << at;
    }
    return days;
  }

  #ofWeekNumbers(first: number, length: number): number {
    const { byWeekNo, weekStart } = this.#rule;
    let days = 0;
    for (let week = weekOf(first, weekStart); week < first + length; week += 7) {
      // A week is of the year that has at least four of its days, hence of the year of its fourth.
      const fourth = week + 3;
      const year = yearOf(monthOfDay(fourth));
      const number = Math.floor((fourth - firstDayOfYear(year)) / 7) + 1;
      const fromEnd = -Math.floor((firstDayOfYear(year + 1) - 1 - fourth) / 7) - 1;
      if (byWeekNo.includes(number) || byWeekNo.includes(fromEnd)) days |= weekBits(week - first);
    }
    return days & (2 ** length - 1);
  }
}

/** The first day of the week in which a day lies. */
export const weekOf = (day: number, weekStart: number): number => day - mod(weekdayOfDay(day) - weekStart, 7);

/** Seven days from bit `at` on; those before bit 0 fall away. */
const weekBits = (at: number): number => (at >= 0 ? 127 << at : 127 >> -at);

const bitsOf = (numbers: readonly number[]): number => numbers.reduce((bits, number) => bits | (1 << number), 0);

/** @returns a day outside [from, until) when there is no such one */
function nthWeekday(from: number, until: number, weekday: number, nth: number): number {
  const day =
    nth > 0
      ? from + mod(weekday - weekdayOfDay(from), 7) + 7 * (nth - 1)
      : until - 1 - mod(weekdayOfDay(until - 1) - weekday, 7) + 7 * (nth + 1);
  return day >= from && day < until ? day : -Infinity;
}

/** Days of a source from `first` to `last`, both included, ascending. */
export function daysBetween(source: DaySource, first: number, last: number): number[] {
  const found: number[] = [];
  for (let month = monthOfDay(first); month <= monthOfDay(last); month++) {
    const begins = firstDayOf(month);
    for (let days = source.daysOf(month); days !== 0; days &= days - 1) {
      const day = begins + 31 - Math.clz32(days & -days);
      if (day >= first && day <= last) found.push(day);
    }
  }
  return found;
}

/** First and last day of the period of a rule (its week, month, else the calendar year) in which a day lies. */
export function periodOf(rule: Rule, day: number): { readonly first: number; readonly last: number } {
  if (rule.freq === 'WEEKLY') {
    const first = weekOf(day, rule.weekStart);
    return { first, last: first + 6 };
  }
  const month = monthOfDay(day);
  if (rule.freq === 'MONTHLY') return { first: firstDayOf(month), last: firstDayOf(month + 1) - 1 };
  const year = yearOf(month);
  return { first: firstDayOfYear(year), last: firstDayOfYear(year + 1) - 1 };
}
