export const FREQUENCIES = ['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** A value of RRULE (RFC 5545, 3.3.10), read. An empty list: the part is not there. */
export interface Rule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count: number | null;
  readonly until: Until | null;
  readonly bySecond: readonly number[];
  readonly byMinute: readonly number[];
  readonly byHour: readonly number[];
  readonly byDay: readonly WeekdayNumber[];
  readonly byMonthDay: readonly number[];
  readonly byYearDay: readonly number[];
  readonly byWeekNo: readonly number[];
  readonly byMonth: readonly number[];
  readonly bySetPos: readonly number[];
  /** ISO: 1 is Monday. */
  readonly weekStart: number;
}

export interface WeekdayNumber {
  /** ISO: 1 is Monday. */
  readonly weekday: number;
  /** Which of them in the month or year, counted from its end when negative; 0: all. */
  readonly nth: number;
}

/** The last start that may still be. A day is included to its end, an instant is UTC epoch milliseconds. */
export type Until =
  | { readonly kind: 'day'; readonly day: number }
  | { readonly kind: 'local'; readonly wall: number }
  | { readonly kind: 'utc'; readonly ms: number };

/** Why a rule cannot be read, for whoever wrote it. */
export interface RuleError {
  /** Which of the rules, dates or exceptions: its index. */
  readonly at: number;
  /** `BYDAY`, or `RDATE`, `EXDATE`, `DTSTART`. */
  readonly part: string;
  readonly value: string;
  readonly reason: RuleErrorReason;
}

/**
 * `notAllowed`: the table of 3.3.10 forbids the part beside this FREQ or another part. `tooMany`: more rules, dates or text
 * than a schedule needs.
 */
export type RuleErrorReason =
  | 'missing'
  | 'unknown'
  | 'repeated'
  | 'notReadable'
  | 'outOfRange'
  | 'notAllowed'
  | 'tooMany';
