import type { OccurrenceChange, Recurrence } from '../../engine/index.js';

/** Days that a lunar rule gives: iCalendar has no such rule, so they are listed beside it. */
export type LunarRule = Extract<Recurrence, { readonly kind: 'lunar' }>;

/** When an event of a calendar is, in the words of RFC 5545. All times are local in `zone`, YYYY-MM-DDTHH:MM:SS. */
export interface CalendarSeries {
  /** IANA. */
  readonly zone: string;
  readonly start: string;
  /** Values of RRULE. */
  readonly rules: readonly string[];
  /** RDATE. */
  readonly dates: readonly string[];
  /** EXDATE; read ones may be whole days, YYYY-MM-DD. */
  readonly except: readonly string[];
  /** RECURRENCE-ID with what became of it. */
  readonly changes: readonly OccurrenceChange[];
  /** What `dates` list for those who know no lunar calendar. */
  readonly lunar: LunarRule | null;
}
