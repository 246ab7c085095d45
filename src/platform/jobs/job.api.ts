import { z } from 'zod';
import { type Language, problemRegistry } from '../i18n/index.js';
import { hasEnded, type SeenJob } from './job.js';
import { JOB_LOST } from './job.queries.js';

/** A job as its owner sees it; also the data of each event. */
export const jobView = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string().nullable(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  progress: z.number().min(0).max(1),
  progressText: z.string().nullable(),
  /** It was asked to end, and has not yet. */
  cancelRequested: z.boolean(),
  createdAtMs: z.int(),
  finishedAtMs: z.int().nullable(),
  /** What came of it, when it is done; its shape belongs to the kind. */
  result: z.unknown().optional(),
  /** Why it failed. */
  error: z.object({ code: z.string(), title: z.string() }).optional(),
});
export type JobView = z.infer<typeof jobView>;

export const jobQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });
export type JobQuery = z.infer<typeof jobQuery>;

export function viewOf(job: SeenJob, language: Language): JobView {
  const { id, kind, title, state, progress, progressText, createdAtMs, finishedAtMs } = job;
  return {
    id,
    kind,
    title,
    state,
    progress,
    progressText,
    cancelRequested: job.cancelRequested && !hasEnded(job),
    createdAtMs,
    finishedAtMs,
    ...(state === 'done' ? { result: job.result } : {}),
    ...(state === 'failed' ? { error: errorOf(job.error, language) } : {}),
  };
}

/** A feature fails a job with a problem code; what else was thrown speaks to the log, and may name files and addresses. */
function errorOf(error: string | null, language: Language): NonNullable<JobView['error']> {
  const told = error !== null && problemRegistry.has(error);
  const code = told ? error : error === JOB_LOST ? 'job.lost' : 'job.failed';
  return { code, title: problemRegistry.get(code)?.[language] ?? code };
}

/** Carries the moment up to which the reader knows everything: the service keeps no history. */
export function eventId({ id, state }: SeenJob, nowMs: number): string {
  return hasEnded({ state }) ? `${nowMs}.${id}.ended` : `${nowMs}.${id}`;
}

/** @param header Last-Event-ID, from anybody: what is not ours is as good as none */
export function readEventId(header: unknown): { readonly atMs: number; readonly endedJobId: string | null } | null {
  const [, atMs, jobId, ended] = /^(\d{1,15})\.([0-9a-z]{26})(\.ended)?$/.exec(String(header ?? '')) ?? [];
  return atMs === undefined || jobId === undefined ? null : { atMs: Number(atMs), endedJobId: ended ? jobId : null };
}
