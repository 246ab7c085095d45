import { BLACKOUT_KINDS, type Blackout, DAY_CHOICES, type DayHours, type RuleSet } from './rule-set.js';
import { isDay } from './year-days.js';
import { minutesOf } from './zone-days.js';

export const RULE_SET_REFUSALS = [
  'ruleSet.areaUnknown',
  'ruleSet.noNumber',
  'ruleSet.noSuchDay',
  'ruleSet.attachmentWrong',
  'ruleSet.validityReversed',
  'ruleSet.tooMany',
  'ruleSet.noWindows',
  'ruleSet.noDays',
  'ruleSet.noSuchDate',
  'ruleSet.noSuchTime',
  'ruleSet.zeroLength',
  'ruleSet.reversed',
  'ruleSet.moreThanADay',
  'ruleSet.volumeOutOfRange',
  'ruleSet.minutesAbsurd',
  'ruleSet.sessionsAbsurd',
  'ruleSet.gapAbsurd',
  'ruleSet.blackoutZeroLength',
  'ruleSet.blackoutReversed',
  'ruleSet.blackoutTooLong',
  'ruleSet.blackoutWrong',
  'ruleSet.noReason',
] as const;
export type RuleSetRefusalCode = (typeof RULE_SET_REFUSALS)[number];

/** `index` counts from 0 in the list `part`; null where the part is no list, or the whole list is meant. */
export interface RuleSetRefusal {
  readonly code: RuleSetRefusalCode;
  readonly part: keyof RuleSet;
  readonly index: number | null;
}

const DAY_MINUTES = 24 * 60;
const LONGEST_BLACKOUT_MS = 366 * 86_400_000;
const MOST_LINES = 200;
const MOST_BLACKOUTS = 2_000;
const MOST_SESSIONS = 48;
const LONGEST_GAP_MINUTES = 240;

/** Why a rule set cannot be kept, and where; null: it can. */
export function refusalOfRuleSet(set: RuleSet): RuleSetRefusal | null {
  return refusalOfPaper(set) ?? refusalOfHours(set) ?? refusalOfSessions(set) ?? refusalOfBlackouts(set);
}

const refused = (code: RuleSetRefusalCode, part: keyof RuleSet, index: number | null = null): RuleSetRefusal => ({
  code,
  part,
  index,
});

function refusalOfPaper(set: RuleSet): RuleSetRefusal | null {
  if (!/^\/(?:[^/]+\/)*$/.test(set.areaPath)) return refused('ruleSet.areaUnknown', 'areaPath');
  if (set.number.trim() === '') return refused('ruleSet.noNumber', 'number');
  if (!isDay(set.date)) return refused('ruleSet.noSuchDay', 'date');
  if (set.attachmentSha256 !== null && !/^[0-9a-f]{64}$/.test(set.attachmentSha256))
    return refused('ruleSet.attachmentWrong', 'attachmentSha256');
  if (!isDay(set.validFrom)) return refused('ruleSet.noSuchDay', 'validFrom');
  if (set.validTo !== null && !isDay(set.validTo)) return refused('ruleSet.noSuchDay', 'validTo');
  if (set.validTo !== null && set.validTo < set.validFrom) return refused('ruleSet.validityReversed', 'validTo');
  return null;
}

function refusalOfHours({ windows, volumeCeilings }: RuleSet): RuleSetRefusal | null {
  // Nothing allowed at all would be a silent mistake: silence is a blackout, with a reason and an end.
  if (windows?.length === 0) return refused('ruleSet.noWindows', 'windows');
  for (const [part, lines] of [
    ['windows', windows ?? []],
    ['volumeCeilings', volumeCeilings ?? []],
  ] as const) {
    if (lines.length > MOST_LINES) return refused('ruleSet.tooMany', part);
    for (const [index, line] of lines.entries()) {
      const code = refusalOfLine(line);
      if (code !== null) return refused(code, part, index);
    }
  }
  for (const [index, { max }] of (volumeCeilings ?? []).entries())
    if (!isWithin(max, 0, 100)) return refused('ruleSet.volumeOutOfRange', 'volumeCeilings', index);
  return null;
}

function refusalOfLine({ days, season, from, until, untilDay }: DayHours): RuleSetRefusalCode | null {
  if (days.length === 0 || !days.every((day) => DAY_CHOICES.includes(day))) return 'ruleSet.noDays';
  // 29 February is a date: in a leap year.
  if (season !== null && ![season.from, season.to].every((date) => isDay(`2000-${date}`))) return 'ruleSet.noSuchDate';
  if (!isTime(from) || from === '24:00' || !isTime(until)) return 'ruleSet.noSuchTime';
  const minutes = minutesOf(until) - minutesOf(from) + (untilDay === 'next' ? DAY_MINUTES : 0);
  if (minutes === 0) return 'ruleSet.zeroLength';
  if (minutes < 0) return 'ruleSet.reversed';
  return minutes > DAY_MINUTES ? 'ruleSet.moreThanADay' : null;
}

const isTime = (text: string): boolean => /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text);

function refusalOfSessions(set: RuleSet): RuleSetRefusal | null {
  const { maxSessionMinutes, maxSessionsPerDay, sessionGapMinutes } = set;
  if (maxSessionMinutes !== null && !isWithin(maxSessionMinutes, 1, DAY_MINUTES))
    return refused('ruleSet.minutesAbsurd', 'maxSessionMinutes');
  if (maxSessionsPerDay !== null && !isWithin(maxSessionsPerDay, 1, MOST_SESSIONS))
    return refused('ruleSet.sessionsAbsurd', 'maxSessionsPerDay');
  if (sessionGapMinutes !== null && !isWithin(sessionGapMinutes, 0, LONGEST_GAP_MINUTES))
    return refused('ruleSet.gapAbsurd', 'sessionGapMinutes');
  return null;
}

function refusalOfBlackouts({ blackouts }: RuleSet): RuleSetRefusal | null {
  if (blackouts.length > MOST_BLACKOUTS) return refused('ruleSet.tooMany', 'blackouts');
  for (const [index, blackout] of blackouts.entries()) {
    const code = refusalOfBlackout(blackout);
    if (code !== null) return refused(code, 'blackouts', index);
  }
  return null;
}

function refusalOfBlackout({ fromMs, untilMs, reason, kind }: Blackout): RuleSetRefusalCode | null {
  if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(untilMs) || !BLACKOUT_KINDS.includes(kind))
    return 'ruleSet.blackoutWrong';
  if (untilMs === fromMs) return 'ruleSet.blackoutZeroLength';
  if (untilMs < fromMs) return 'ruleSet.blackoutReversed';
  if (untilMs - fromMs > LONGEST_BLACKOUT_MS) return 'ruleSet.blackoutTooLong';
  return reason.trim() === '' ? 'ruleSet.noReason' : null;
}

const isWithin = (number: number, least: number, most: number): boolean =>
  Number.isSafeInteger(number) && number >= least && number <= most;
