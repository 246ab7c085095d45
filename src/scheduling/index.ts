export { ClashClock } from './clashes/clash.clock.js';
export { ClashService } from './clashes/clash.service.js';
export {
  addDays,
  Board,
  DEFAULT_ZONE,
  localDayOf,
  type RelayItem,
  spanOfDays,
  type TimelineItem,
} from './engine/index.js';
export { AiringService } from './entries/airing.service.js';
export { AtOnceService, type Missing } from './entries/at-once.service.js';
export { type EntryView, newEntry } from './entries/entry.api.js';
export { EntryService } from './entries/entry.service.js';
export { type MakeUpRequest, MOST_IN_BATCH, makeUpRequest, type ProposalsView } from './planning/planning.api.js';
export { PlanningService } from './planning/planning.service.js';
export { ScheduleService } from './preview/schedule.service.js';
export { schedulingEntities, schedulingMigrations } from './scheduling.migration.js';
export { SchedulingModule } from './scheduling.module.js';
