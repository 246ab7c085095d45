import { DEFAULT_ZONE, type Span, spanOfDays } from '../engine/index.js';
import { type EffectiveRules, overlappingRuleSets, type RuleBook } from '../engine/rules/index.js';
import { wordsOfRules } from './effective-words.js';
import type { RuleSetRow } from './rule.entity.js';
import { ruleSetOf } from './rule.queries.js';
import type { EffectiveView, RuleSetAnswer, RuleSetView } from './rule-set.api.js';

/** @param today local day, YYYY-MM-DD */
export function standingOf({ validFrom, validTo }: RuleSetRow, today: string): RuleSetView['standing'] {
  if (today < validFrom) return 'ahead';
  return validTo === null || today <= validTo ? 'inForce' : 'over';
}

export function viewOf(row: RuleSetRow, today: string): RuleSetView {
  const { id, areaId, number, date, validFrom, validTo, parts, attachmentSha256, attachmentType } = row;
  const { createdByName, createdAtMs, endedByName, endedAtMs } = row;
  return structuredClone({
    ...{ id, areaId, number, date, validFrom, validTo },
    ...parts,
    standing: standingOf(row, today),
    attachment:
      attachmentSha256 === null || attachmentType === null ? null : { sha256: attachmentSha256, type: attachmentType },
    ...{ createdByName, createdAtMs, endedByName, endedAtMs },
  }) as RuleSetView;
}

/** @param own rule sets of one area */
export function overlapsOf(own: readonly RuleSetRow[]): RuleSetAnswer['overlaps'] {
  return overlappingRuleSets(own.map(ruleSetOf)).map(({ areaPath: _path, ...overlap }) => overlap);
}

/** The rules of an area on a local day, YYYY-MM-DD. */
export function effectiveOn(book: RuleBook, areaPath: string, day: string): EffectiveView {
  const rules = book.at(areaPath, day);
  const { weekday, workday, holiday } = rules.day;
  const { windows, maxSessionMinutes, maxSessionsPerDay, sessionGapMinutes, volumeCeilings } = rules;
  const blackouts = blackoutsOn(rules);
  return structuredClone({
    ...{ day, weekday, workday, holiday: holiday?.name ?? null },
    ...{ windows, maxSessionMinutes, maxSessionsPerDay, sessionGapMinutes, volumeCeilings, blackouts },
    words: { vi: wordsOfRules(rules, blackouts, 'vi'), en: wordsOfRules(rules, blackouts, 'en') },
  }) as EffectiveView;
}

/** Silences that touch the day of the rules, national mourning with them. */
export function blackoutsOn({ day, blackouts }: EffectiveRules): EffectiveRules['blackouts'] {
  const touches = ({ fromMs, untilMs }: Span, of: Span) => fromMs < of.untilMs && untilMs > of.fromMs;
  const whole = spanOfDays(day.day, 1, DEFAULT_ZONE);
  return [
    ...blackouts.filter(({ value }) => touches(value, whole)),
    ...day.mourning.map(({ from, to, reason, year }) => ({
      value: {
        fromMs: spanOfDays(from, 1, DEFAULT_ZONE).fromMs,
        untilMs: spanOfDays(to, 1, DEFAULT_ZONE).untilMs,
        ...{ reason, kind: 'mourning' as const },
      },
      source: { kind: 'yearDays' as const, year },
    })),
  ];
}
