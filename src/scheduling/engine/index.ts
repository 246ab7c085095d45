export { MOST_PLAYS_A_DAY } from './full-day.js';
export { DEFAULT_ZONE, inWords, localDayOf, localTimeOf, type Span, spanOfDays } from './local-time.js';
export { entryIdOf, extentOf, type Occurrence, occurrencesOf, type Recurrence } from './recurrence.js';
export { LONGEST_YEARS, refusalOf } from './refusal.js';
export { concerns } from './target.js';
export {
  ENTRY_CLASSES,
  GAP_REASONS,
  type Gap,
  type GapReason,
  type Overlap,
  type ScheduleEntry,
  type Timeline,
  type TimelineItem,
  timeline,
} from './timeline.js';
