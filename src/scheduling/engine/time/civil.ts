/**
 * Days and wall-clock times as integers, for hot paths. A day is the number of days since 1970-01-01, a wall time the number
 * of seconds since that day's midnight as a clock on the wall counts them, a month is year × 12 + (month − 1). Proleptic
 * Gregorian, no zone: which instant a wall time is, only `Calendar` knows.
 */
export const DAY_S = 86_400;
export const DAY_MS = 86_400_000;

/** @param month 1..12 */
export const monthOf = (year: number, month: number): number => year * 12 + month - 1;

/** The first day of a month. Counts years from March, so that the leap day is the last of its year. */
export function firstDayOf(month: number): number {
  const shifted = month - 2;
  const year = Math.floor(shifted / 12);
  const fromMarch = shifted - year * 12;
  return (
    year * 365 +
    Math.floor(year / 4) -
    Math.floor(year / 100) +
    Math.floor(year / 400) +
    Math.floor((153 * fromMarch + 2) / 5) -
    719_468
  );
}

/** The month in which a day lies. */
export function monthOfDay(day: number): number {
  // A guess by the mean length of a month is at most one off.
  const guess = Math.floor((day + 719_528) / 30.436875);
  if (day < firstDayOf(guess)) return guess - 1;
  return day < firstDayOf(guess + 1) ? guess : guess + 1;
}

export const yearOf = (month: number): number => Math.floor(month / 12);
export const firstDayOfYear = (year: number): number => firstDayOf(year * 12);

/** ISO: 1 is Monday, 7 is Sunday. */
export const weekdayOfDay = (day: number): number => mod(day + 3, 7) + 1;

/** Never negative, as `%` would be. */
export const mod = (value: number, by: number): number => ((value % by) + by) % by;

/** @returns null: not a day of the calendar, or not written YYYY-MM-DD */
export function dayOfText(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match ? dayOf(Number(match[1]), Number(match[2]), Number(match[3])) : null;
}

/** @returns null: there is no such day */
export function dayOf(year: number, month: number, dayOfMonth: number): number | null {
  if (month < 1 || month > 12 || dayOfMonth < 1) return null;
  const first = firstDayOf(monthOf(year, month));
  return first + dayOfMonth > firstDayOf(monthOf(year, month) + 1) ? null : first + dayOfMonth - 1;
}

/** @returns seconds of the day; null: not written HH:MM or HH:MM:SS */
export function secondsOfText(text: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  return match ? Number(match[1]) * 3_600 + Number(match[2]) * 60 + Number(match[3] ?? 0) : null;
}

/** @param text YYYY-MM-DDTHH:MM or with :SS */
export function wallOfText(text: string): number | null {
  const day = dayOfText(text.slice(0, 10));
  const seconds = text[10] === 'T' ? secondsOfText(text.slice(11)) : null;
  return day === null || seconds === null ? null : day * DAY_S + seconds;
}

/** YYYY-MM-DD */
export function textOfDay(day: number): string {
  const month = monthOfDay(day);
  const year = String(yearOf(month)).padStart(4, '0');
  return `${year}-${two(mod(month, 12) + 1)}-${two(day - firstDayOf(month) + 1)}`;
}

/** YYYY-MM-DDTHH:MM:SS */
export function textOfWall(wall: number): string {
  const day = dayOfWall(wall);
  const seconds = wall - day * DAY_S;
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${textOfDay(day)}T${clock}`;
}

export const dayOfWall = (wall: number): number => Math.floor(wall / DAY_S);

export const two = (number: number): string => (number < 10 ? `0${number}` : String(number));
