import { addDays, Calendar, type Span, weekdayOf } from './local-time.js';

/**
 * When an entry is played. Days are local, YYYY-MM-DD, and first and last day are both included (case 2); `until` null
 * is open. Times are local, HH:MM or HH:MM:SS.
 */
export type Recurrence =
  | { readonly kind: 'once'; readonly date: string; readonly time: string }
  | { readonly kind: 'daily'; readonly from: string; readonly until: string | null; readonly time: string }
  | {
      readonly kind: 'weekly';
      readonly from: string;
      readonly until: string | null;
      /** ISO: 1 is Monday, 7 is Sunday (case 1: never 0). */
      readonly weekdays: readonly number[];
      readonly time: string;
    };

export interface Recurring {
  readonly id: string;
  readonly recurrence: Recurrence;
  /** IANA. */
  readonly zone: string;
  /** Nothing that would have started before is an occurrence: nobody had planned it, so it was not missed either. */
  readonly createdAtMs: number;
  /** What starts at or after this does not occur; what started before has happened and stays. */
  readonly cancelledAtMs: number | null;
}

/** The identity is (entry, original local start): it survives renames, and every edit but one of rule or start. */
export interface Occurrence {
  readonly id: string;
  /** Day of the start: what runs over midnight belongs to the day on which it began (case 3). */
  readonly localDay: string;
  readonly startMs: number;
}

/** Longer spans are a mistake of the caller; one entry has at most one occurrence a day. */
export const LONGEST_SPAN_MS = 3_700 * 86_400_000;

/**
 * Occurrences that start inside the span, in order. @throws RangeError on a span of more than ten years
 * @param calendar one for all entries of a question
 */
export function occurrencesOf(entry: Recurring, span: Span, calendar = new Calendar()): Occurrence[] {
  if (span.untilMs - span.fromMs > LONGEST_SPAN_MS) throw new RangeError('span of more than ten years');
  const fromMs = Math.max(span.fromMs, entry.createdAtMs);
  const untilMs = Math.min(span.untilMs, entry.cancelledAtMs ?? span.untilMs);
  if (fromMs >= untilMs) return [];
  // One day earlier: a zone that skips midnight pushes a start into the next day.
  const first = addDays(calendar.localDayOf(fromMs, entry.zone), -1);
  const last = calendar.localDayOf(untilMs - 1, entry.zone);
  const found: Occurrence[] = [];
  for (const day of daysOf(entry.recurrence, first, last)) {
    const { startMs, localDay } = calendar.instantOf(day, entry.recurrence.time, entry.zone);
    if (startMs >= fromMs && startMs < untilMs) found.push({ id: occurrenceId(entry, day), localDay, startMs });
  }
  return found;
}

/** First and last start by the rule alone; `lastMs` null: no end. Null: the rule never occurs. */
export function extentOf(
  recurrence: Recurrence,
  zone: string,
): { readonly firstMs: number; readonly lastMs: number | null } | null {
  const calendar = new Calendar();
  const startOn = (day: string) => calendar.instantOf(day, recurrence.time, zone).startMs;
  if (recurrence.kind === 'once') {
    const atMs = startOn(recurrence.date);
    return { firstMs: atMs, lastMs: atMs };
  }
  // Every rule repeats within a week, so a week at either end says it all.
  const { from, until } = recurrence;
  const [first] = daysOf(recurrence, from, addDays(from, 6));
  if (first === undefined) return null;
  if (until === null) return { firstMs: startOn(first), lastMs: null };
  const last = daysOf(recurrence, addDays(until, -6), until).at(-1) ?? first;
  return { firstMs: startOn(first), lastMs: startOn(last) };
}

/** Days of the rule from `first` to `last`, both included, ascending. */
function daysOf(recurrence: Recurrence, first: string, last: string): string[] {
  if (recurrence.kind === 'once') return first <= recurrence.date && recurrence.date <= last ? [recurrence.date] : [];
  const end = recurrence.until !== null && recurrence.until < last ? recurrence.until : last;
  const days: string[] = [];
  for (let day = first < recurrence.from ? recurrence.from : first; day <= end; day = addDays(day, 1))
    if (recurrence.kind === 'daily' || recurrence.weekdays.includes(weekdayOf(day))) days.push(day);
  return days;
}

/** Seconds only where there are some: 05:00 and 05:00:00 are one start. */
function occurrenceId({ id, recurrence }: Recurring, day: string): string {
  const digits = recurrence.time.replaceAll(':', '').padEnd(6, '0');
  return `${id}-${day.replaceAll('-', '')}T${digits.endsWith('00') ? digits.slice(0, 4) : digits}`;
}

/** The entry that an occurrence belongs to. */
export const entryIdOf = (occurrence: string): string => occurrence.slice(0, occurrence.lastIndexOf('-'));
