import { DEFAULT_ZONE, spanOfDays } from '../engine/index.js';
import {
  type BreachCode,
  type EffectiveRules,
  RuleBook,
  type RuleSet,
  type RuleSource,
  ruleKey,
  type Stated,
  type YearDays,
} from '../engine/rules/index.js';
import { addDays } from '../engine/time/index.js';
import { blackoutsOn } from './rule-set.views.js';

/** Rules that an override would break. */
export interface BrokenRules {
  /** What each is known by (`ruleKey`), sorted. */
  readonly keys: readonly string[];
  /** Paths of the areas whose rules they are, sorted; `/` gives the special days of the year. */
  readonly givers: readonly string[];
}

/** Rules on some days, of the area of an entry and of those above and below it: below, it is heard too. */
export interface RulesAround {
  readonly sets: readonly RuleSet[];
  readonly years: readonly YearDays[];
}

type Part = (rules: EffectiveRules) => Stated<unknown> | null;

/** What each breach breaks, silence apart. */
const PARTS: Readonly<Record<Exclude<BreachCode, 'ruleBlackout'>, Part>> = {
  ruleWindow: ({ windows }) => windows,
  ruleVolume: ({ volumeCeilings }) => volumeCeilings,
  ruleSessionTooLong: ({ maxSessionMinutes }) => maxSessionMinutes,
  ruleTooManySessions: ({ maxSessionsPerDay }) => maxSessionsPerDay,
};

/** What one occurrence would break, that is heard on these days. */
export function brokenOn(
  around: RulesAround,
  areaPath: string,
  codes: readonly BreachCode[],
  days: readonly string[],
): BrokenRules {
  return collected(around, areaPath, codes, () => days, blackoutsOn);
}

/** What all of an entry would break from today on, as far as it is known today. */
export function brokenFrom(
  around: RulesAround,
  areaPath: string,
  codes: readonly BreachCode[],
  today: string,
): BrokenRules {
  const fromMs = spanOfDays(today, 1, DEFAULT_ZONE).fromMs;
  const mourned = around.years.flatMap(({ mourning }) => mourning.map(({ to }) => to)).filter((day) => day >= today);
  return collected(
    around,
    areaPath,
    codes,
    (sets) => [...turningDays(sets, today), ...mourned],
    (rules) => [...rules.blackouts.filter(({ value }) => value.untilMs > fromMs), ...blackoutsOn(rules)],
  );
}

function collected(
  { sets, years }: RulesAround,
  areaPath: string,
  codes: readonly BreachCode[],
  daysFor: (sets: readonly RuleSet[]) => readonly string[],
  silencesOf: (rules: EffectiveRules) => EffectiveRules['blackouts'],
): BrokenRules {
  const book = new RuleBook(sets, years);
  const pathOf = new Map(sets.map((set) => [set.id, set.areaPath]));
  const [keys, givers] = [new Set<string>(), new Set<string>()];
  const add = (source: RuleSource, key: string) => {
    keys.add(key);
    givers.add(source.kind === 'ruleSet' ? (pathOf.get(source.id) ?? '/') : '/');
  };
  const below = sets.map((set) => set.areaPath).filter((path) => path.startsWith(areaPath));
  for (const path of new Set([areaPath, ...below]))
    for (const day of daysFor(sets.filter((set) => path.startsWith(set.areaPath)))) {
      const rules = book.at(path, day);
      for (const code of codes)
        if (code === 'ruleBlackout')
          for (const { source, value } of silencesOf(rules)) add(source, ruleKey(source, value));
        else {
          const stated = PARTS[code](rules);
          if (stated) add(stated.source, ruleKey(stated.source));
        }
    }
  return { keys: [...keys].sort(), givers: [...givers].sort() };
}

/** The days from `today` on, it included, on which the rules of these sets may begin to be others. */
function turningDays(sets: readonly RuleSet[], today: string): string[] {
  const turns = sets.flatMap(({ validFrom, validTo }) => [
    validFrom,
    ...(validTo === null ? [] : [addDays(validTo, 1)]),
  ]);
  return [...new Set([today, ...turns.filter((day) => day > today)])].sort();
}
