export type { Job, JobRequest, JobState } from './job.js';
export { jobEntities, jobMigrations } from './job.migration.js';
export { type JobContext, type JobHandler, JobRunner, type JobRunnerOptions, PermanentJobError } from './job.runner.js';
export { Jobs } from './jobs.js';
