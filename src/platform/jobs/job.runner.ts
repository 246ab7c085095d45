import type { Clock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import type { Log } from '../logging/log.js';
import { Aftermath, type GivenUpHandler } from './aftermath.js';
import { type Ending, Heartbeat } from './heartbeat.js';
import type { JobEntity } from './job.entity.js';
import type { Job } from './job.js';
import { claim, ended, finish } from './job.queries.js';
import { type Jobs, toJob } from './jobs.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

export type JobContext = {
  readonly job: Job;
  /** Shown to whoever waits. May be called often: only the newest is written. @param fraction 0..1 */
  progress(fraction: number, text?: string): void;
  /** Aborted on cancel, on stop() and when the lease was lost. */
  readonly signal: AbortSignal;
};

/** Must bear being begun again after a crash. What it resolves with is kept as the result, as JSON. */
export type JobHandler = (context: JobContext) => Promise<unknown>;

export type JobKindOptions = {
  readonly onGivenUp?: GivenUpHandler;
};

/** Thrown by a handler when no further attempt can help. */
export class PermanentJobError extends Error {
  override readonly name = 'PermanentJobError';
}

export type JobRunnerOptions = {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
  /** A job whose process has died is begun again after this. Default 30,000. */
  readonly leaseMs?: number;
  /** How often to look for due jobs; null never (specs call wake()). Default 1,000. */
  readonly pollMs?: number | null;
  /** How long stop() waits for handlers that were told to end. Default 10,000. */
  readonly graceMs?: number;
};

type Running = {
  readonly id: string;
  readonly abort: AbortController;
  readonly heartbeat: Heartbeat;
  readonly done: Promise<void>;
};

export class JobRunner {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly running = new Set<Running>();
  private concurrency = 0;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void)[] = [];

  private readonly aftermath: Aftermath;

  constructor(private readonly options: JobRunnerOptions) {
    this.aftermath = new Aftermath(options);
  }

  register(kind: string, handler: JobHandler, { onGivenUp }: JobKindOptions = {}): void {
    if (this.handlers.has(kind)) throw new Error(`the job kind ${kind} has a handler already`);
    this.handlers.set(kind, handler);
    this.aftermath.register(kind, onGivenUp);
  }

  /** @param concurrency jobs at the same time, of all kinds together */
  async start({ concurrency }: { readonly concurrency: number }): Promise<void> {
    if (this.concurrency > 0) throw new Error('the job runner is already started');
    const { jobs, pollMs = 1_000 } = this.options;
    this.concurrency = concurrency;
    this.aftermath.start();
    this.unsubscribe = [
      jobs.onQueued(() => this.wake()),
      jobs.onCancel((id) => {
        for (const each of this.running) if (each.id === id) each.abort.abort('cancelled' satisfies Ending);
        this.aftermath.wake();
      }),
    ];
    if (pollMs !== null) this.timer = setInterval(() => this.wake(), pollMs);
    this.wake();
  }

  /** Tells the handlers to end and waits for them; their jobs go back to the queue, the attempt not counted. */
  async stop(): Promise<void> {
    this.concurrency = 0;
    clearInterval(this.timer);
    for (const end of this.unsubscribe.splice(0)) end();
    await this.looking;
    const told = this.aftermath.stop();
    const running = [...this.running];
    for (const { abort } of running) abort.abort('stopped' satisfies Ending);
    let grace: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      grace = setTimeout(resolve, this.options.graceMs ?? 10_000);
    });
    await Promise.race([Promise.all([told, ...running.map(({ done }) => done)]), tooLong]);
    clearTimeout(grace);
    for (const { id, heartbeat } of this.running) {
      await heartbeat.stop();
      this.options.log.warn({ id }, 'a job did not end in time; its lease will run out');
    }
  }

  /** Looks for due jobs now, and for those that were given up. */
  wake(): void {
    this.aftermath.wake();
    this.lookAgain = true;
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
      if (this.lookAgain) this.wake();
    });
  }

  /** Resolves when nothing runs, nothing is due and nobody is to be told. */
  async idle(): Promise<void> {
    while (this.looking || this.running.size > 0 || this.aftermath.busy) {
      await this.looking;
      await this.aftermath.idle();
      await Promise.all([...this.running].map(({ done }) => done));
    }
  }

  private async look(): Promise<void> {
    const { database, clock, log, jobs, leaseMs = 30_000 } = this.options;
    const kinds = [...this.handlers.keys()];
    try {
      while (this.lookAgain) {
        this.lookAgain = false;
        while (kinds.length > 0 && this.running.size < this.concurrency) {
          const job = await claim(database, kinds, clock.nowMs(), clock.nowMs() + leaseMs);
          if (!job) break;
          jobs.noteChanged(job.id);
          if (job.state === 'running') this.run(job);
          else this.aftermath.wake();
        }
      }
    } catch (error) {
      log.error({ err: error }, 'the job table could not be read');
    }
  }

  private run(job: JobEntity): void {
    const abort = new AbortController();
    const heartbeat = new Heartbeat(this.options, job, abort);
    const done = this.attempt(job, abort, heartbeat)
      .catch((error) => this.options.log.error({ err: error, id: job.id }, 'the end of a job could not be written'))
      .finally(() => {
        this.running.delete(running);
        this.wake();
      });
    const running: Running = { id: job.id, abort, heartbeat, done };
    this.running.add(running);
  }

  private async attempt(job: JobEntity, abort: AbortController, heartbeat: Heartbeat): Promise<void> {
    const { database, clock, log, jobs } = this.options;
    let change: Partial<JobEntity>;
    try {
      const context = { job: toJob(job), progress: heartbeat.progress, signal: abort.signal };
      const result = await this.handlers.get(job.kind)!(context);
      change = { ...ended('done', clock.nowMs(), null), progress: 1, result: result ?? null };
    } catch (error) {
      change = this.afterFailure(job, error, abort.signal.aborted ? (abort.signal.reason as Ending) : undefined);
    }
    await heartbeat.stop();
    if (await finish(database, job, change)) jobs.noteChanged(job.id);
    else log.warn({ id: job.id }, 'a job ended after its lease; its end is ignored');
  }

  private afterFailure(job: JobEntity, error: unknown, ending: Ending | undefined): Partial<JobEntity> {
    const { clock, log } = this.options;
    const nowMs = clock.nowMs();
    if (ending === 'cancelled') return ended('cancelled', nowMs, null);
    if (ending === 'stopped')
      return { state: 'queued', attempts: job.attempts - 1, dueAtMs: nowMs, changedAtMs: nowMs };
    const fields = { err: error, id: job.id, kind: job.kind, attempts: job.attempts };
    if (error instanceof PermanentJobError || job.attempts >= job.maxAttempts) {
      log.error(fields, 'a job failed');
      return ended('failed', nowMs, reason(error));
    }
    log.warn(fields, 'a job failed and will be tried again');
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (job.attempts - 1), LONGEST_PAUSE_MS);
    return { state: 'queued', dueAtMs: nowMs + pauseMs, error: reason(error), changedAtMs: nowMs };
  }
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
