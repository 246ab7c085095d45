export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export type Job = {
  readonly id: string;
  readonly kind: string;
  readonly payload: unknown;
  readonly state: JobState;
  /** How often it was begun. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** 0..1 */
  readonly progress: number;
  readonly progressText: string | null;
  /** What the handler returned. */
  readonly result: unknown;
  /** Why the last attempt ended badly. */
  readonly error: string | null;
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
};

export type JobRequest = {
  readonly kind: string;
  readonly payload: unknown;
  /** While a job with this key is unfinished, no second one is made: enqueue answers with the id of the first. */
  readonly uniqueKey?: string;
  /** Default 5. */
  readonly maxAttempts?: number;
  /** UTC epoch ms, not begun before. Default: now. */
  readonly runAtMs?: number;
};
