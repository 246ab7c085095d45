import { addDays, weekdayOf } from '../time/index.js';

/** Days are local, YYYY-MM-DD. Names are what people read, in the language of the place. */
export interface Holiday {
  readonly day: string;
  readonly name: string;
}

/** The two days change places: what is worked counts as the weekday it stands for, and the other way round. */
export interface SwappedDay {
  readonly worked: string;
  readonly standsFor: string;
}

/** National mourning: silence on all its days, first and last included. */
export interface Mourning {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** What makes the days of a year special. Data that people edit each year; several lists of one year add up. */
export interface YearDays {
  readonly year: number;
  /** A ready-made list is a start to edit, never the announcement of an authority. */
  readonly origin: 'readyMade' | 'entered';
  readonly holidays: readonly Holiday[];
  readonly swapped: readonly SwappedDay[];
  readonly mourning: readonly Mourning[];
}

/** What a day counts as. */
export interface DayNature {
  readonly day: string;
  /** ISO, after swaps. */
  readonly weekday: number;
  readonly holiday: Holiday | null;
  /** Monday to Friday after swaps, and no holiday. */
  readonly workday: boolean;
  readonly mourning: readonly (Mourning & { readonly year: number })[];
}

/** Looks days up in all years; the order of the lists does not matter. */
export class DayTable {
  readonly #holidays = new Map<string, Holiday>();
  readonly #partners = new Map<string, string>();
  readonly #mourning: readonly (Mourning & { readonly year: number })[];

  constructor(years: readonly YearDays[]) {
    const inOrder = <T>(all: readonly T[], key: (one: T) => string) =>
      [...all].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    const holidays = years.flatMap((year) => year.holidays);
    for (const holiday of inOrder(holidays, ({ day, name }) => `${day} ${name}`))
      if (!this.#holidays.has(holiday.day)) this.#holidays.set(holiday.day, holiday);
    const swapped = years.flatMap((year) => year.swapped);
    for (const { worked, standsFor } of inOrder(swapped, (swap) => `${swap.worked} ${swap.standsFor}`)) {
      if (this.#partners.has(worked) || this.#partners.has(standsFor)) continue;
      this.#partners.set(worked, standsFor);
      this.#partners.set(standsFor, worked);
    }
    const mourning = years.flatMap(({ year, mourning }) => mourning.map((one) => ({ ...one, year })));
    this.#mourning = inOrder(mourning, ({ from, to, reason }) => `${from} ${to} ${reason}`);
  }

  natureOf(day: string): DayNature {
    const weekday = weekdayOf(this.#partners.get(day) ?? day);
    const holiday = this.#holidays.get(day) ?? null;
    const mourning = this.#mourning.filter(({ from, to }) => from <= day && day <= to);
    return { day, weekday, holiday, workday: weekday <= 5 && holiday === null, mourning };
  }
}

export const YEAR_DAYS_REFUSALS = [
  'yearDays.noSuchDay',
  'yearDays.otherYear',
  'yearDays.nameless',
  'yearDays.swapOfOneDay',
  'yearDays.swappedTwice',
  'yearDays.mourningReversed',
  'yearDays.mourningTooLong',
] as const;
export type YearDaysRefusal = (typeof YEAR_DAYS_REFUSALS)[number];

/** Longer is a mistake of the hand. */
const LONGEST_MOURNING_DAYS = 31;

/** Why a list cannot be kept; null: it can. A swap belongs to the year of either day, mourning to that of its first. */
export function refusalOfYearDays(list: YearDays): YearDaysRefusal | null {
  const { holidays, swapped, mourning } = list;
  const ofYear = (day: string) => Number(day.slice(0, 4)) === list.year;
  const days = [
    ...holidays.map(({ day }) => day),
    ...swapped.flatMap(({ worked, standsFor }) => [worked, standsFor]),
    ...mourning.flatMap(({ from, to }) => [from, to]),
  ];
  if (!days.every(isDay)) return 'yearDays.noSuchDay';
  const belongs =
    holidays.every(({ day }) => ofYear(day)) &&
    swapped.every(({ worked, standsFor }) => ofYear(worked) || ofYear(standsFor)) &&
    mourning.every(({ from }) => ofYear(from));
  if (!belongs) return 'yearDays.otherYear';
  const names = [...holidays.map(({ name }) => name), ...mourning.map(({ reason }) => reason)];
  if (names.some((name) => name.trim() === '')) return 'yearDays.nameless';
  if (swapped.some(({ worked, standsFor }) => worked === standsFor)) return 'yearDays.swapOfOneDay';
  const moved = swapped.flatMap(({ worked, standsFor }) => [worked, standsFor]);
  if (new Set(moved).size < moved.length) return 'yearDays.swappedTwice';
  if (mourning.some(({ from, to }) => to < from)) return 'yearDays.mourningReversed';
  if (mourning.some(({ from, to }) => to >= addDays(from, LONGEST_MOURNING_DAYS))) return 'yearDays.mourningTooLong';
  return null;
}

/** A real day of the calendar, as YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
