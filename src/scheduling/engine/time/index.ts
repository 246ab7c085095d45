export { Calendar, type Start } from './calendar.js';
export {
  DAY_MS,
  DAY_S,
  dayOfText,
  dayOfWall,
  textOfDay,
  textOfWall,
  wallOfText,
  weekdayOfDay,
} from './civil.js';
export {
  addDays,
  addYears,
  DEFAULT_ZONE,
  inWords,
  isZone,
  localDayOf,
  localTimeOf,
  type Span,
  spanOfDays,
  weekdayOf,
} from './local-time.js';
