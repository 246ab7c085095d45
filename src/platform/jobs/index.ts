export type { GivenUpHandler } from './aftermath.js';
export { Housekeeping, type HousekeepingOptions } from './housekeeping.js';
export type { Job, JobRequest, JobState, SeenJob } from './job.js';
export { jobEntities, jobMigrations } from './job.migration.js';
export { JOB_LOST } from './job.queries.js';
export {
  type JobContext,
  type JobHandler,
  type JobKindOptions,
  JobRunner,
  type JobRunnerOptions,
  PermanentJobError,
} from './job.runner.js';
export { Jobs } from './jobs.js';
