export { DEFAULT_ZONE, inWords, localDayOf, localTimeOf, type Span, spanOfDays } from './local-time.js';
export { entryIdOf, extentOf, type Occurrence, occurrencesOf, type Recurrence } from './recurrence.js';
export { LONGEST_YEARS, refusalOf } from './refusal.js';
export { concerns } from './target.js';
export {
  ENTRY_CLASSES,
  type Gap,
  type Overlap,
  type ScheduleEntry,
  type Timeline,
  type TimelineItem,
  timeline,
} from './timeline.js';
