import type { PlayClass } from '../../../../devices/protocol/index.js';
import type { Hours, Stretch } from './day-rules.js';
import type { Blackout, RuleSource } from './rule-set.js';

export const BREACH_CODES = [
  'ruleWindow',
  'ruleBlackout',
  'ruleVolume',
  'ruleSessionTooLong',
  'ruleTooManySessions',
] as const;
export type BreachCode = (typeof BREACH_CODES)[number];

/** A play as rules see it. UTC epoch milliseconds, half-open; volume 0..100. */
export interface RuledPlay {
  /** Of the area where it is heard (or of one above with the same rules), not of the office that scheduled it. */
  readonly areaPath: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly volume: number;
  readonly class: PlayClass;
  readonly entryId: string;
  readonly occurrence: string;
}

/** A person lets an entry, or one occurrence of it, break rules. */
export interface Override {
  readonly id: string;
  readonly entryId: string;
  /** Null: all of the entry. */
  readonly occurrence: string | null;
  readonly codes: readonly BreachCode[];
  /** The rules that stood when it was given, by `ruleKey`: only these are passed, what is made or changed later is not. */
  readonly passes: readonly string[];
  readonly reason: string;
  readonly byName: string;
  /** UTC epoch milliseconds. */
  readonly atMs: number;
}

/** Why a breach does not count. An emergency is logged as such; the other is a person's decision. */
export type Pass = { readonly by: 'emergency' } | { readonly by: 'override'; readonly override: Override };

interface BreachOf<Code extends BreachCode> {
  readonly code: Code;
  readonly source: RuleSource;
  readonly play: RuledPlay;
  /** IANA: the zone in which it was judged and is told. */
  readonly zone: string;
  /** Null: it counts. */
  readonly passed: Pass | null;
}

/** Some of the play lies outside the hours of a day. */
export interface WindowBreach extends BreachOf<'ruleWindow'> {
  /** The first of the play that is not allowed. */
  readonly outside: Stretch;
  /** Of the local day on which `outside` begins. */
  readonly allowed: {
    readonly day: string;
    readonly holiday: string | null;
    readonly hours: readonly Hours[];
  };
}

export interface BlackoutBreach extends BreachOf<'ruleBlackout'> {
  readonly blackout: Blackout;
}

/** No block: the play is turned down to `allowed.max`. */
export interface VolumeBreach extends BreachOf<'ruleVolume'> {
  readonly allowed: { readonly max: number; readonly hours: Hours };
}

export interface SessionLengthBreach extends BreachOf<'ruleSessionTooLong'> {
  readonly allowed: { readonly minutes: number };
  readonly session: Stretch;
}

export interface SessionCountBreach extends BreachOf<'ruleTooManySessions'> {
  readonly allowed: { readonly sessions: number };
  readonly session: Stretch;
  /** Which of the day's sessions it is, from 1. */
  readonly nth: number;
}

export type PlayBreach = WindowBreach | BlackoutBreach | VolumeBreach;
export type SessionBreach = SessionLengthBreach | SessionCountBreach;
export type Breach = PlayBreach | SessionBreach;

/** Whether the play may not be aired because of it. */
export const blocks = <B extends Breach>(breach: B): breach is Exclude<B, VolumeBreach> =>
  breach.passed === null && breach.code !== 'ruleVolume';
