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
    }
  | IcalRecurrence
  | LunarRecurrence;

/**
 * RFC 5545: union of the rules and `dates`, less `except`. Without rules `start` itself is an occurrence; with rules only
 * what they name is, so a `start` that no rule matches does not occur and is not counted (the RFC leaves that case open;
 * dateutil, libical and rrule.js do the same).
 */
export interface IcalRecurrence {
  readonly kind: 'rrule';
  /** DTSTART, local: YYYY-MM-DDTHH:MM or with :SS. */
  readonly start: string;
  /** Values of RRULE, such as `FREQ=WEEKLY;BYDAY=SU`. */
  readonly rules: readonly string[];
  /** RDATE, local date-times. */
  readonly dates: readonly string[];
  /** EXDATE: local date-times, or whole days (YYYY-MM-DD). */
  readonly except: readonly string[];
}

/** Days of the Vietnamese lunar calendar (UTC+7, whatever the zone of the entry). */
export interface LunarRecurrence {
  readonly kind: 'lunar';
  /** Bounds of the days on which it is played, not of the lunar days before `offsetDays`. */
  readonly from: string;
  readonly until: string | null;
  readonly time: string;
  readonly on: LunarDays;
}

export interface LunarDays {
  /** 1..30: mùng 1 is 1, rằm is 15. */
  readonly days: readonly number[];
  /** 1..12: once a year, as Tết or a death anniversary (giỗ). Null: in every lunar month. */
  readonly month: number | null;
  /** Which of the months of that number count in a year that has the month twice. */
  readonly leap: 'regular' | 'leap' | 'both';
  /** What a 30th is in a month of 29 days. */
  readonly missing30: 'skip' | 'lastDay';
  /** Days added afterwards: −1 is the eve. */
  readonly offsetDays: number;
}

/** A single occurrence that was moved or cancelled. Local date-times, YYYY-MM-DDTHH:MM:SS. */
export interface OccurrenceChange {
  /** Where the rule puts it; it keeps the identity of this start. */
  readonly original: string;
  /** Null: cancelled. */
  readonly to: string | null;
}

export interface Recurring {
  readonly id: string;
  readonly recurrence: Recurrence;
  /** IANA. */
  readonly zone: string;
  /** Nothing that would have started before is an occurrence: nobody had planned it, so it was not missed either. */
  readonly createdAtMs: number;
  /** What starts at or after this does not occur; what started before has happened and stays. */
  readonly cancelledAtMs: number | null;
  /** No two of one original; one whose original the rule does not have is of no effect. */
  readonly changes?: readonly OccurrenceChange[];
}

/** The identity is (entry, original local start): it survives renames, moves, and every edit but one of rule or start. */
export interface Occurrence {
  readonly id: string;
  /** Day of the start: what runs over midnight belongs to the day on which it began (case 3). */
  readonly localDay: string;
  readonly startMs: number;
}
