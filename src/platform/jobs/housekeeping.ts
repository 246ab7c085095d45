import type { Clock } from '../clock/index.js';
import type { Log } from '../logging/log.js';

const DAY_MS = 24 * 3_600_000;

export type HousekeepingOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** What forgets its old rows, by name. Returns how many. */
  readonly chores: Readonly<Record<string, (beforeMs: number) => Promise<number>>>;
  /** How old is old. Default 30 days. */
  readonly keepMs?: number;
  /** How often to see whether a day has passed; null never (specs call tick()). Default one hour. */
  readonly tickMs?: number | null;
};

/** Lets tables forget what ended long ago, once a day and at each start. */
export class Housekeeping {
  private timer: NodeJS.Timeout | undefined;
  private lastMs = Number.NEGATIVE_INFINITY;
  private working: Promise<void> | undefined;

  constructor(private readonly options: HousekeepingOptions) {}

  start(): void {
    const { tickMs = 3_600_000 } = this.options;
    if (tickMs !== null) this.timer = setInterval(() => this.tick(), tickMs);
    this.tick();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  tick(): void {
    const nowMs = this.options.clock.nowMs();
    // A clock that was set back does not put it off: the day is counted from the earlier of both.
    if (this.working || (nowMs >= this.lastMs && nowMs - this.lastMs < DAY_MS)) return;
    this.lastMs = nowMs;
    this.working = this.work(nowMs - (this.options.keepMs ?? 30 * DAY_MS)).finally(() => {
      this.working = undefined;
    });
  }

  /** Resolves when nothing is being forgotten. */
  async idle(): Promise<void> {
    await this.working;
  }

  private async work(beforeMs: number): Promise<void> {
    const { chores, log } = this.options;
    for (const [chore, purge] of Object.entries(chores))
      try {
        const forgotten = await purge(beforeMs);
        if (forgotten > 0) log.info({ chore, forgotten, beforeMs }, 'old rows were forgotten');
      } catch (error) {
        log.error({ err: error, chore }, 'old rows could not be forgotten; the next day tries again');
      }
  }
}
