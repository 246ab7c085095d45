import { Temporal } from 'temporal-polyfill';

export interface LocalDay {
  /** YYYY-MM-DD. */
  readonly day: string;
  /** Half-open span of the day in its zone, UTC epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The local day of `nowMs` and those that follow, `count` in all. */
export function localDays(nowMs: number, zone: string, count: number): LocalDay[] {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(zone).toPlainDate();
  const startOf = (offset: number) => today.add({ days: offset }).toZonedDateTime(zone).epochMilliseconds;
  return Array.from({ length: count }, (_, offset) => ({
    day: today.add({ days: offset }).toString(),
    fromMs: startOf(offset),
    untilMs: startOf(offset + 1),
  }));
}

/** The day before, the day itself and the day after, YYYY-MM-DD. */
export function daysAround(day: string): string[] {
  const date = Temporal.PlainDate.from(day);
  return [-1, 0, 1].map((days) => date.add({ days }).toString());
}
