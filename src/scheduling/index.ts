export { ClashClock } from './clashes/clash.clock.js';
export { ClashService } from './clashes/clash.service.js';
export { Board, type RelayItem, type TimelineItem } from './engine/index.js';
export { AiringService } from './entries/airing.service.js';
export { AtOnceService, type Missing } from './entries/at-once.service.js';
export { EntryService } from './entries/entry.service.js';
export { ScheduleService } from './preview/schedule.service.js';
export { schedulingEntities, schedulingMigrations } from './scheduling.migration.js';
export { SchedulingModule } from './scheduling.module.js';
