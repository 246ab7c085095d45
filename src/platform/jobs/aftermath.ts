import type { Clock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import type { Log } from '../logging/log.js';
import type { Job } from './job.js';
import { claimUnsettled, settle } from './job.queries.js';
import { toJob } from './jobs.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/**
 * Told when a job ended as failed or cancelled, so that the feature does not leave what it worked on half done. At least
 * once, in any process that runs the kind, and maybe after a newer job for the same thing has begun: it must be short,
 * bear being repeated, and change only what is still this job's.
 * @param reason the error of the last attempt, or `cancelled`
 */
export type GivenUpHandler = (job: Job, reason: string) => Promise<void>;

export type AftermathOptions = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMs?: number;
};

/** Tells features of the jobs that were given up. The mark is in the job's row, so a crash in between loses nothing. */
export class Aftermath {
  private readonly handlers = new Map<string, GivenUpHandler>();
  private telling: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(private readonly options: AftermathOptions) {}

  register(kind: string, onGivenUp: GivenUpHandler = async () => {}): void {
    this.handlers.set(kind, onGivenUp);
  }

  start(): void {
    this.stopped = false;
  }

  /** Lets the call under way end; what is left is told at the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.telling;
  }

  get busy(): boolean {
    return this.telling !== undefined;
  }

  async idle(): Promise<void> {
    await this.telling;
  }

  /** Looks for jobs that were given up. */
  wake(): void {
    if (this.stopped || this.handlers.size === 0) return;
    this.again = true;
    this.telling ??= this.tellAll().finally(() => {
      this.telling = undefined;
      if (this.again) this.wake();
    });
  }

  private async tellAll(): Promise<void> {
    const { database, clock, log, leaseMs = 30_000 } = this.options;
    try {
      while (this.again) {
        this.again = false;
        while (!this.stopped) {
          const nowMs = clock.nowMs();
          const job = await claimUnsettled(database, [...this.handlers.keys()], nowMs, nowMs + leaseMs);
          if (!job) break;
          await settle(database, job, await this.tell(toJob(job)));
        }
      }
    } catch (error) {
      log.error({ err: error }, 'the jobs that were given up could not be read or marked');
    }
  }

  /** @returns when to tell again; null: never */
  private async tell(job: Job): Promise<number | null> {
    const { clock, log } = this.options;
    const { id, kind, state, error: reason } = job;
    try {
      await this.handlers.get(kind)!(job, reason ?? 'cancelled');
      log.info({ id, kind, state, reason }, 'a job was given up');
      return null;
    } catch (error) {
      log.error({ err: error, id, kind }, 'a feature could not be told that its job was given up; it will be again');
      const nowMs = clock.nowMs();
      // As long again as it has already lasted: the pauses double.
      const pauseMs = nowMs - (job.finishedAtMs ?? nowMs);
      return nowMs + Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs));
    }
  }
}
