import type { Clock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import type { Log } from '../logging/log.js';
import type { JobEntity } from './job.entity.js';
import type { Job } from './job.js';
import { renew } from './job.queries.js';
import type { Jobs } from './jobs.js';

/** Why a handler was told to end. */
export type Ending = 'cancelled' | 'stopped' | 'lease lost';

export type LeaseOptions = {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMs?: number;
};

/** Keeps the lease of one attempt, carries its progress, and hears of its end. */
export class Heartbeat {
  private readonly timer: NodeJS.Timeout;
  private newest: Partial<Pick<Job, 'progress' | 'progressText'>> | undefined;
  private writing: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly options: LeaseOptions,
    private readonly job: JobEntity,
    private readonly abort: AbortController,
  ) {
    this.timer = setInterval(() => this.beat(), (options.leaseMs ?? 30_000) / 3);
  }

  readonly progress = (fraction: number, text?: string): void => {
    this.newest = {
      progress: Math.min(1, Math.max(0, fraction)),
      ...(text === undefined ? {} : { progressText: text }),
    };
    this.beat();
  };

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.writing;
  }

  private beat(): void {
    if (!this.stopped)
      this.writing ??= this.write().finally(() => {
        this.writing = undefined;
      });
  }

  private async write(): Promise<void> {
    const { database, jobs, clock, log, leaseMs = 30_000 } = this.options;
    try {
      do {
        const nowMs = clock.nowMs();
        const progress = this.newest && { ...this.newest, changedAtMs: nowMs };
        this.newest = undefined;
        const held = await renew(database, this.job, nowMs + leaseMs, progress);
        if (held && progress) jobs.noteChanged(this.job.id);
        if (!held) this.abort.abort('lease lost' satisfies Ending);
        else if (held.cancelRequested) this.abort.abort('cancelled' satisfies Ending);
      } while (this.newest && !this.stopped);
    } catch (error) {
      log.warn({ err: error, id: this.job.id }, 'the lease of a job could not be renewed');
    }
  }
}
