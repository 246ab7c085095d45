import type { BreachCode, EffectiveRules, RuleBook, RuleSet, RuleSource, Stated } from '../engine/rules/index.js';
import { addDays } from '../engine/time/index.js';
import { blackoutsOn } from './rule-set.views.js';

type Part = (rules: EffectiveRules) => readonly Stated<unknown>[];

const one = (stated: Stated<unknown> | null): readonly Stated<unknown>[] => (stated === null ? [] : [stated]);

/** What each breach breaks. */
const PARTS: Readonly<Record<BreachCode, Part>> = {
  ruleWindow: ({ windows }) => one(windows),
  ruleBlackout: blackoutsOn,
  ruleVolume: ({ volumeCeilings }) => one(volumeCeilings),
  ruleSessionTooLong: ({ maxSessionMinutes }) => one(maxSessionMinutes),
  ruleTooManySessions: ({ maxSessionsPerDay }) => one(maxSessionsPerDay),
};

/**
 * Paths of the areas whose rules an override would break at an area on these days; `/` gives the special days of the year.
 * @param sets of the area and of those above it
 */
export function ruleGivers(
  book: RuleBook,
  sets: readonly RuleSet[],
  areaPath: string,
  codes: readonly BreachCode[],
  days: readonly string[],
): string[] {
  const pathOf = new Map(sets.map((set) => [set.id, set.areaPath]));
  const giver = (source: RuleSource) => (source.kind === 'ruleSet' ? (pathOf.get(source.id) ?? '/') : '/');
  const broken = days.flatMap((day) => codes.flatMap((code) => PARTS[code](book.at(areaPath, day))));
  return [...new Set(broken.map(({ source }) => giver(source)))].sort();
}

/** The days from `today` on, it included, on which the rules of these sets may begin to be others. */
export function turningDays(sets: readonly RuleSet[], today: string): string[] {
  const turns = sets.flatMap(({ validFrom, validTo }) => [
    validFrom,
    ...(validTo === null ? [] : [addDays(validTo, 1)]),
  ]);
  return [...new Set([today, ...turns.filter((day) => day > today)])].sort();
}
