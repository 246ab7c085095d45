export {
  type DayLine,
  type LaidLine,
  layOut,
  linesOf,
  plannedLengthMs,
  SKIP_REASONS,
  type SkippedLine,
  type SkipReason,
} from './copies/index.js';
export {
  type ForecastController,
  type ForecastPlan,
  forecast,
  MONTH_DAYS,
} from './forecast/index.js';
export {
  type LunarDate,
  type LunarMonth,
  lunarOf,
  solarOf,
  yearNameOf,
} from './lunar/index.js';
export {
  type Capability,
  ENTRY_CLASSES,
  itemIdsOf,
  type Listener,
  type OrderPart,
  type Place,
  type ScheduleEntry,
  type SlotFrame,
  type TimelineItem,
} from './model.js';
export { EarshotGrid } from './neighbours/earshot.js';
export {
  NEIGHBOUR_CODES,
  NEIGHBOUR_SETTINGS,
  type NeighbourAnswer,
  type NeighbourWarning,
  neighbours,
  type SoundingPlay,
} from './neighbours/index.js';
export {
  type Campaign,
  type CampaignHamlet,
  type CampaignScript,
  type ExistingPlay,
  type Interval,
  MOST_PLAYS_PER_CELL,
  type PlannerAnswer,
  type PlannerRefusal,
  type PlanningGround,
  type Proposal,
  type ProposedSchedule,
  planCampaign,
  planMakeUps,
  UNPLACED_REASONS,
  type Unplaced,
} from './planner/index.js';
export { wordsOf as plannerWords } from './planner/words.js';
export {
  entryIdOf,
  extentOf,
  type IcalRecurrence,
  type Linked,
  LONGEST_YEARS,
  type LunarDays,
  type LunarRecurrence,
  type Occurrence,
  type OccurrenceChange,
  occurrencesOf,
  type Recurrence,
  type Recurring,
  type RuleError,
  type RuleErrorReason,
  type RuleRefusal,
  refusalOf,
  ruleErrorsOf,
  type Series,
  type SeriesEdit,
  type SplitSeries,
  seriesOf,
  splitSeries,
} from './recurrence/index.js';
export { checkSessions, type RuledPlay, type SessionBreach } from './rules/index.js';
export { pathsAbove } from './target.js';
export {
  addDays,
  Calendar,
  DEFAULT_ZONE,
  dayOfText,
  inWords,
  localDayOf,
  localTimeOf,
  type Span,
  spanOfDays,
  wallOfText,
  weekdayOf,
} from './time/index.js';
export {
  Board,
  type BoardSettings,
  type Clash,
  type ClashDecision,
  clashKey,
  GAP_REASONS,
  type Gap,
  type GapReason,
  MOST_PLAYS_A_DAY,
  type Overlap,
  type Plan,
  type Remark,
  type Shared,
  type Slice,
  together,
} from './timeline/index.js';
export { shelfOf, stepsOf } from './timeline/running-order.js';
