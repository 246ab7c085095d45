import type { Clock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import type { Log } from '../logging/log.js';
import { type FollowedJob, jobsById, jobsChanged, jobsToBeginWith } from './job.seen.js';
import type { Jobs } from './jobs.js';

/** A change is stamped when it is made and seen when it is committed, maybe by a process whose clock is a little behind. */
const SLACK_MS = 30_000;
const MOST_ROWS = 1_000;
const FIRST_ROWS = 200;

/** One job, or all of an account from `sinceMs` (UTC epoch) on and those that are unfinished. */
export type JobsOf = { readonly jobId: string } | { readonly ownerId: string; readonly sinceMs: number };

type Follower = {
  readonly of: JobsOf;
  readonly tell: (job: FollowedJob) => void;
  /** What it was last told of each job that changed lately. */
  readonly told: Map<string, { readonly changedAtMs: number; readonly state: string }>;
};

export type JobWatchOptions = {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
  /** How often to look for what other processes changed; null never (specs call look()). Default 1,000. */
  readonly pollMs?: number | null;
};

/**
 * Tells followers of every change of their jobs: at once of those made in this process, and by one query a second, for
 * all followers together, of those made elsewhere. Rests while nobody follows.
 */
export class JobWatch {
  private readonly followers = new Set<Follower>();
  private readonly fresh = new Set<Follower>();
  private readonly changed = new Set<string>();
  private poll = false;
  private lookedMs = 0;
  private looking: Promise<void> | undefined;
  private rest: (() => void) | undefined;

  constructor(private readonly options: JobWatchOptions) {}

  get followerCount(): number {
    return this.followers.size;
  }

  /** Tells the present state first, then each change; of several in a moment, the last. @returns ends it */
  follow(of: JobsOf, tell: (job: FollowedJob) => void): () => void {
    const follower: Follower = { of, tell, told: new Map() };
    this.followers.add(follower);
    this.fresh.add(follower);
    this.rest ??= this.rise();
    this.run();
    return () => {
      this.followers.delete(follower);
      this.fresh.delete(follower);
      if (this.followers.size > 0) return;
      this.rest?.();
      this.rest = undefined;
    };
  }

  /** Looks now for what other processes changed. */
  look(): void {
    this.poll = true;
    this.run();
  }

  /** Resolves when nothing is being read. */
  async idle(): Promise<void> {
    while (this.looking) await this.looking;
  }

  private rise(): () => void {
    const { jobs, clock, pollMs = 1_000 } = this.options;
    this.lookedMs = clock.nowMs();
    const end = jobs.onChanged((id) => {
      this.changed.add(id);
      this.run();
    });
    const timer = pollMs === null ? undefined : setInterval(() => this.look(), pollMs);
    return () => {
      end();
      clearInterval(timer);
      this.changed.clear();
      this.poll = false;
    };
  }

  /** One reader after the other, so that nobody is told an older state after a newer one. */
  private run(): void {
    this.looking ??= this.readAll();
  }

  private async readAll(): Promise<void> {
    await undefined; // so that `looking` stands before the first look
    try {
      while (this.fresh.size > 0 || this.changed.size > 0 || this.poll) {
        for (const follower of this.fresh) await this.begin(follower);
        if (this.changed.size > 0) await this.readChanged();
        if (this.poll) await this.readPolled();
      }
    } catch (error) {
      // The next poll tries again, and finds by their stamps what was to be read here.
      this.changed.clear();
      this.poll = false;
      this.options.log.warn({ err: error }, 'the jobs that are followed could not be read');
    } finally {
      this.looking = undefined; // with the last look in one go, so that no call of run() falls in between
    }
  }

  private async begin(follower: Follower): Promise<void> {
    const { of } = follower;
    const rows = await this.options.database.read((reader) =>
      'jobId' in of
        ? jobsById(reader, [of.jobId])
        : jobsToBeginWith(reader, of.ownerId, of.sinceMs - SLACK_MS, FIRST_ROWS),
    );
    this.fresh.delete(follower);
    for (const job of rows) this.tell(follower, job);
  }

  private async readChanged(): Promise<void> {
    const ids = [...this.changed].slice(0, MOST_ROWS);
    for (const id of ids) this.changed.delete(id);
    this.tellAll(await this.options.database.read((reader) => jobsById(reader, ids)));
  }

  private async readPolled(): Promise<void> {
    this.poll = false;
    if (this.followers.size === 0) return;
    const nowMs = this.options.clock.nowMs();
    // From the earlier of both: the machine's clock may have been set forward since.
    const sinceMs = Math.min(nowMs, this.lookedMs) - SLACK_MS;
    const followed = [...this.followers].map(({ of }) => of);
    const jobIds = new Set(followed.flatMap((of) => ('jobId' in of ? of.jobId : [])));
    const ownerIds = new Set(followed.flatMap((of) => ('ownerId' in of ? of.ownerId : [])));
    const of = { jobIds: [...jobIds], ownerIds: [...ownerIds] };
    this.tellAll(await this.options.database.read((reader) => jobsChanged(reader, of, sinceMs, MOST_ROWS)));
    this.lookedMs = nowMs;
    for (const { told } of this.followers)
      for (const [id, { changedAtMs }] of told) if (changedAtMs < sinceMs) told.delete(id);
  }

  private tellAll(rows: readonly FollowedJob[]): void {
    for (const follower of this.followers) {
      if (this.fresh.has(follower)) continue;
      const { of } = follower;
      for (const job of rows)
        if ('jobId' in of ? job.id === of.jobId : job.ownerId === of.ownerId) this.tell(follower, job);
    }
  }

  private tell(follower: Follower, job: FollowedJob): void {
    const { state, progress, progressText, attempts, cancelRequested, error } = job;
    const now = JSON.stringify([state, progress, progressText, attempts, cancelRequested, error]);
    if (follower.told.get(job.id)?.state === now || !this.followers.has(follower)) return;
    follower.told.set(job.id, { changedAtMs: job.changedAtMs ?? 0, state: now });
    follower.tell(job);
  }
}
