import {
  type AllowedWindow,
  type Blackout,
  DEFAULT_SESSION_GAP_MINUTES,
  type RuleSet,
  type RuleSource,
  type Stated,
  type VolumeCeiling,
} from './rule-set.js';
import type { DayNature } from './year-days.js';

/** What holds in an area on a day, each part with the rule set that states it; null: nobody states it. */
export interface EffectiveRules {
  readonly day: DayNature;
  readonly windows: Stated<readonly AllowedWindow[]> | null;
  readonly maxSessionMinutes: Stated<number> | null;
  readonly maxSessionsPerDay: Stated<number> | null;
  readonly sessionGapMinutes: number;
  readonly volumeCeilings: Stated<readonly VolumeCeiling[]> | null;
  /** Of all rule sets that are valid on the day, from here to the top: also those that are at another time. */
  readonly blackouts: readonly Stated<Blackout>[];
}

/** @param day nothing is stated on it but what the whole country keeps */
export function unruled(day: DayNature): EffectiveRules {
  return {
    day,
    windows: null,
    maxSessionMinutes: null,
    maxSessionsPerDay: null,
    sessionGapMinutes: DEFAULT_SESSION_GAP_MINUTES,
    volumeCeilings: null,
    blackouts: [],
  };
}

/** @param own rule sets of one area, those that win first (`laterFirst`) */
export function overruled(above: EffectiveRules, own: readonly RuleSet[]): EffectiveRules {
  const valid = own.filter((set) => isValidOn(set, above.day.day));
  if (valid.length === 0) return above;
  return {
    day: above.day,
    windows: stated(valid, (set) => set.windows) ?? above.windows,
    maxSessionMinutes: stated(valid, (set) => set.maxSessionMinutes) ?? above.maxSessionMinutes,
    maxSessionsPerDay: stated(valid, (set) => set.maxSessionsPerDay) ?? above.maxSessionsPerDay,
    sessionGapMinutes: stated(valid, (set) => set.sessionGapMinutes)?.value ?? above.sessionGapMinutes,
    volumeCeilings: stated(valid, (set) => set.volumeCeilings) ?? above.volumeCeilings,
    blackouts: [
      ...above.blackouts,
      ...valid.flatMap((set) => set.blackouts.map((value) => ({ value, source: sourceOf(set) }))),
    ],
  };
}

const isValidOn = ({ validFrom, validTo }: RuleSet, day: string): boolean =>
  validFrom <= day && (validTo === null || day <= validTo);

function stated<T>(sets: readonly RuleSet[], part: (set: RuleSet) => T | null): Stated<T> | null {
  for (const set of sets) {
    const value = part(set);
    if (value !== null) return { value, source: sourceOf(set) };
  }
  return null;
}

export const sourceOf = ({ id, revision, number, date }: RuleSet): RuleSource => ({
  ...{ kind: 'ruleSet', id, revision, number, date },
});

/** Of two rule sets of one area, that of the later paper wins, then the one that came into force later. */
export function laterFirst(a: RuleSet, b: RuleSet): number {
  const key = ({ date, validFrom, number, id }: RuleSet) => [date, validFrom, number, id].join('\n');
  return key(a) < key(b) ? 1 : key(a) > key(b) ? -1 : 0;
}
