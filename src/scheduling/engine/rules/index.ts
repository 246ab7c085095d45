export {
  type BlackoutBreach,
  BREACH_CODES,
  type Breach,
  type BreachCode,
  blocks,
  type Override,
  type Pass,
  type PlayBreach,
  type RuledPlay,
  type SessionBreach,
  type SessionCountBreach,
  type SessionLengthBreach,
  type VolumeBreach,
  type WindowBreach,
} from './breach.js';
export { checkPlay, type PlayCheck } from './check-play.js';
export { checkSessions } from './check-sessions.js';
export type { EffectiveRules } from './effective.js';
export { overlappingRuleSets, type RuleSetOverlap } from './overlap.js';
export { NO_OVERRIDES, type OverrideRefusal, Overrides, refusalOfOverride, ruleKey } from './override.js';
export { type RuleSetRefusal, type RuleSetRefusalCode, refusalOfRuleSet } from './refusal.js';
export { RuleBook } from './rule-book.js';
export {
  type AllowedWindow,
  BLACKOUT_KINDS,
  type Blackout,
  DAY_CHOICES,
  type DayChoice,
  type DayHours,
  type RuleSet,
  type RuleSource,
  type Season,
  type Stated,
  type VolumeCeiling,
} from './rule-set.js';
export { READY_MADE_NOTE, type SolarOf, vietnamYearDays } from './vietnam.js';
export { type WordsLanguage, wordsOf } from './words.js';
export {
  type DayNature,
  type Holiday,
  type Mourning,
  refusalOfYearDays,
  type SwappedDay,
  type YearDays,
  type YearDaysRefusal,
} from './year-days.js';
