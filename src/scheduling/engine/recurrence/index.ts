export { MOST_STARTS_A_DAY } from './compile.js';
export {
  entryIdOf,
  extentOf,
  occurrenceId,
  occurrencesOf,
  originalWallOf,
  startsOnDay,
  wallsOf,
} from './occurrences.js';
export type {
  IcalRecurrence,
  LunarDays,
  LunarRecurrence,
  Occurrence,
  OccurrenceChange,
  Recurrence,
  Recurring,
} from './recurrence.js';
export { LONGEST_YEARS, type RuleRefusal, refusalOf } from './refusal.js';
export type { RuleError, RuleErrorReason } from './rule.js';
export { ruleErrorsOf, type Series, seriesOf } from './series.js';
export { type Linked, type SeriesEdit, type SplitSeries, splitSeries } from './split.js';
