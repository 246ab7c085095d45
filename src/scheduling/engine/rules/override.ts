import { BREACH_CODES, type BreachCode, type Override, type Pass, type RuledPlay } from './breach.js';
import { grouped } from './grouped.js';
import type { Blackout, RuleSource } from './rule-set.js';

export const OVERRIDE_REFUSALS = [
  'override.noReason',
  'override.noPerson',
  'override.noEntry',
  'override.noCodes',
] as const;
export type OverrideRefusal = (typeof OVERRIDE_REFUSALS)[number];

/** Why an override cannot be kept; null: it can. It takes a reason and a person. */
export function refusalOfOverride({ entryId, codes, reason, byName }: Override): OverrideRefusal | null {
  if (reason.trim() === '') return 'override.noReason';
  if (byName.trim() === '') return 'override.noPerson';
  if (entryId === '') return 'override.noEntry';
  const known: readonly string[] = BREACH_CODES;
  return codes.length === 0 || !codes.every((code) => known.includes(code)) ? 'override.noCodes' : null;
}

/**
 * What an override knows a rule by: one of another revision is another rule.
 * @param silence of that rule, for `ruleBlackout`: each is a rule of its own, since silences are added to rules in force
 */
export function ruleKey(source: RuleSource, silence: Pick<Blackout, 'fromMs' | 'untilMs'> | null = null): string {
  const stated = source.kind === 'ruleSet' ? `${source.id}@${source.revision}` : `year ${source.year}`;
  return silence === null ? stated : `${stated}: ${silence.fromMs}-${silence.untilMs}`;
}

/** Overrides by entry. One that would be refused lets nothing pass; of several, the earliest is named. */
export class Overrides {
  readonly #ofEntry: ReadonlyMap<string, readonly Override[]>;

  constructor(overrides: readonly Override[]) {
    const good = overrides.filter((override) => refusalOfOverride(override) === null);
    good.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
    this.#ofEntry = grouped(good, ({ entryId }) => entryId);
  }

  /** @param silence that is broken, for `ruleBlackout` */
  passFor(code: BreachCode, play: RuledPlay, source: RuleSource, silence: Blackout | null = null): Pass | null {
    if (play.class === 'emergency') return { by: 'emergency' };
    const given = this.#ofEntry.get(play.entryId);
    if (!given) return null;
    const key = ruleKey(source, silence);
    const override = given.find(
      ({ occurrence, codes, passes }) =>
        (occurrence ?? play.occurrence) === play.occurrence && codes.includes(code) && passes.includes(key),
    );
    return override ? { by: 'override', override } : null;
  }
}

export const NO_OVERRIDES = new Overrides([]);
