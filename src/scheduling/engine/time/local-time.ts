import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from './civil.js';

/** Wall-clock words and instants. The zone is always named: the machine's own never matters (invariant 1). */
export const DEFAULT_ZONE = 'Asia/Ho_Chi_Minh';

/** Half-open: `fromMs` belongs to it, `untilMs` does not. UTC epoch milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A named IANA zone. A bare offset such as `+07:00` is none: it would freeze what a law may change. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** @param day YYYY-MM-DD: a day without hours is the same everywhere, so plain UTC arithmetic will do */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

export function addYears(day: string, years: number): string {
  return Temporal.PlainDate.from(day).add({ years }).toString();
}

/** ISO: 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(day).getUTCDay() || 7;
}

export function localDayOf(ms: number, zone: string): string {
  return zoned(ms, zone).toPlainDate().toString();
}

/** HH:MM:SS, 24 hours. */
export function localTimeOf(ms: number, zone: string): string {
  return zoned(ms, zone).toPlainTime().toString({ smallestUnit: 'second' });
}

/** Local midnight (or the first instant of the day where midnight is skipped) to the one `days` days later. */
export function spanOfDays(from: string, days: number, zone: string): Span {
  return { fromMs: startOfDay(from, zone), untilMs: startOfDay(addDays(from, days), zone) };
}

function startOfDay(day: string, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
}

function zoned(ms: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
}

const WEEKDAY_WORDS = ['Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy', 'Chủ nhật'] as const;

/** `Chủ nhật 04/01/2026, 23:50–00:05 (05/01)`: what a person reads; the other day is named when the end is on one. */
export function inWords(startMs: number, endMs: number, zone: string): string {
  const start = zoned(startMs, zone);
  const end = zoned(endMs, zone);
  const dayMonth = (at: Temporal.ZonedDateTime) => `${two(at.day)}/${two(at.month)}`;
  const clock = (at: Temporal.ZonedDateTime) =>
    `${two(at.hour)}:${two(at.minute)}${at.second > 0 ? `:${two(at.second)}` : ''}`;
  const otherDay = start.toPlainDate().equals(end.toPlainDate()) ? '' : ` (${dayMonth(end)})`;
  return `${WEEKDAY_WORDS[start.dayOfWeek - 1]} ${dayMonth(start)}/${start.year}, ${clock(start)}–${clock(end)}${otherDay}`;
}

const two = (number: number): string => String(number).padStart(2, '0');
