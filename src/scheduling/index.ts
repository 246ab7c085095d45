export { concerns, type ScheduleEntry, timeline } from './engine/index.js';
export { EntryService } from './entry.service.js';
export { ScheduleService } from './schedule.service.js';
export { schedulingEntities, schedulingMigrations } from './scheduling.migration.js';
export { SchedulingModule } from './scheduling.module.js';
