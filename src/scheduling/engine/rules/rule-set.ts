/** ISO weekday (1 is Monday, 7 is Sunday), a public holiday, or a day on which offices work. */
export const DAY_CHOICES = [1, 2, 3, 4, 5, 6, 7, 'holiday', 'workday'] as const;
export type DayChoice = (typeof DAY_CHOICES)[number];

/** Days of the year as MM-DD, both included; `from` after `to` runs over the year's end. */
export interface Season {
  readonly from: string;
  readonly to: string;
}

/**
 * Hours on certain days. They belong to the day on which they begin, also where they run over midnight: day, season and
 * validity are judged by that day. Local time of the place.
 */
export interface DayHours {
  readonly days: readonly DayChoice[];
  /** Null: the whole year. */
  readonly season: Season | null;
  /** HH:MM. */
  readonly from: string;
  /** HH:MM; `24:00` is the end of the day. Said, not guessed: a slip of the hand is no window over midnight. */
  readonly until: string;
  readonly untilDay: 'same' | 'next';
}

/**
 * Loudspeakers may sound. Where a rule set has windows for holidays, a holiday is governed by these alone; where it has
 * none, a holiday is the weekday it falls on.
 */
export type AllowedWindow = DayHours;

/** The lowest of those that hold at a time counts. A holiday is also the weekday it falls on. */
export interface VolumeCeiling extends DayHours {
  /** 0..100. */
  readonly max: number;
}

export const BLACKOUT_KINDS = ['funeral', 'exam', 'mourning', 'other'] as const;

/** Half-open: silence from `fromMs`, sound again at `untilMs`. UTC epoch milliseconds. */
export interface Blackout {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly reason: string;
  readonly kind: (typeof BLACKOUT_KINDS)[number];
}

/**
 * Operating rules (quy chế hoạt động) of an area and all below it. A part that is null is inherited from above; a part that
 * is stated stands in for the whole of the same part above. Blackouts add up instead.
 */
export interface RuleSet {
  readonly id: string;
  /** 1 when made; grows when its content is replaced. A silence that is added is told by its times. */
  readonly revision: number;
  /** `/…/parent/own/` */
  readonly areaPath: string;
  /** As on the paper: `12/QC-UBND`. */
  readonly number: string;
  /** Day of the paper, YYYY-MM-DD. */
  readonly date: string;
  readonly attachmentSha256: string | null;
  /** Local day, YYYY-MM-DD, included. */
  readonly validFrom: string;
  /** Local day, included (case 2); null: until another takes its place. */
  readonly validTo: string | null;
  /** What no window covers is not allowed. */
  readonly windows: readonly AllowedWindow[] | null;
  /** From the first start of a session to its last end, pauses included. */
  readonly maxSessionMinutes: number | null;
  readonly maxSessionsPerDay: number | null;
  /** Plays closer than this are one session. */
  readonly sessionGapMinutes: number | null;
  /** An empty list lifts the ceilings from above. */
  readonly volumeCeilings: readonly VolumeCeiling[] | null;
  readonly blackouts: readonly Blackout[];
}

/** Where no rule set says otherwise. */
export const DEFAULT_SESSION_GAP_MINUTES = 5;

/** What a rule comes from, to be named to people. */
export type RuleSource =
  | {
      readonly kind: 'ruleSet';
      readonly id: string;
      readonly revision: number;
      readonly number: string;
      readonly date: string;
    }
  | { readonly kind: 'yearDays'; readonly year: number };

export interface Stated<T> {
  readonly value: T;
  readonly source: RuleSource;
}
