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
  /** The account that waits for it; null: nobody does. */
  readonly ownerId: string | null;
  /** Path of the area that it is for; null: the whole installation. */
  readonly areaPath: string | null;
  /** What its owner knows it by. */
  readonly title: string | null;
  /** Somebody asked it to end; what its handler then does decides. */
  readonly cancelRequested: boolean;
};

/** A job as those see it who wait for it: what it works on is not theirs to read, and may be long. */
export type SeenJob = Omit<Job, 'payload'>;

export const hasEnded = ({ state }: Pick<Job, 'state'>): boolean => state !== 'queued' && state !== 'running';

export type JobRequest = {
  readonly kind: string;
  readonly payload: unknown;
  /** While a job with this key is unfinished, no second one is made: enqueue answers with the id of the first. */
  readonly uniqueKey?: string;
  /** Default 5. */
  readonly maxAttempts?: number;
  /** UTC epoch ms, not begun before. Default: now. */
  readonly runAtMs?: number;
  /** The account that may follow and cancel it. */
  readonly ownerId?: string | null;
  /** Path of the area that it is for: who may `job.manage` there may follow and cancel it, too. */
  readonly areaPath?: string | null;
  /** What its owner knows it by, in the owner's words: `Nhập 120 tệp`. */
  readonly title?: string | null;
};
