import { BREACH_CODES, type BreachCode, type Override, type Pass, type RuledPlay } from './breach.js';
import { grouped } from './grouped.js';

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

/** Overrides by entry. One that would be refused lets nothing pass; of several, the earliest is named. */
export class Overrides {
  readonly #ofEntry: ReadonlyMap<string, readonly Override[]>;

  constructor(overrides: readonly Override[]) {
    const good = overrides.filter((override) => refusalOfOverride(override) === null);
    good.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
    this.#ofEntry = grouped(good, ({ entryId }) => entryId);
  }

  passFor(code: BreachCode, play: RuledPlay): Pass | null {
    if (play.class === 'emergency') return { by: 'emergency' };
    const override = this.#ofEntry
      .get(play.entryId)
      ?.find(({ occurrence, codes }) => (occurrence ?? play.occurrence) === play.occurrence && codes.includes(code));
    return override ? { by: 'override', override } : null;
  }
}

export const NO_OVERRIDES = new Overrides([]);
