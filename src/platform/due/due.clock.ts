import type { Log } from '../logging/index.js';

/** Looked at in one go; the rest right after. */
const AT_ONCE = 200;

/** Takes what is due, one thing at a time until none is left. */
export abstract class DueClock<Due extends object> {
  #running: Promise<unknown> | null = null;
  #started = false;
  #stopping = false;

  constructor(protected readonly log: Log) {}

  /** Names of at most so many things whose time has come. */
  protected abstract due(most: number): Promise<readonly Due[]>;

  /** Looks again, and takes it. @returns false: it is due no more, somebody was faster */
  protected abstract take(due: Due): Promise<boolean>;

  /** What became due while no process ran is done at once. */
  start(): void {
    this.#started = true;
    this.#stopping = false;
    this.tickSoon();
  }

  /** The batch under way is finished, no further one is begun. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#stopping = true;
    await this.#running;
  }

  /** Looks whether something is due, unless that is being done. Returns at once; for the timer, which only ticks. */
  tickSoon(): void {
    if (!this.#started) return;
    this.#running ??= this.tick()
      .catch((error: unknown) => this.log.error({ err: error, clock: this.constructor.name }, 'what is due is unknown'))
      .finally(() => {
        this.#running = null;
      });
  }

  /** Takes all that is due. May run in several processes, and at any time again. @returns how many it took */
  async tick(): Promise<number> {
    let taken = 0;
    for (;;) {
      const due = await this.due(AT_ONCE);
      let here = 0;
      for (const one of due) if (await this.#takeOne(one)) here += 1;
      taken += here;
      // Fewer than asked for: that was all. None taken: others take them, or they fail, and the next tick looks again.
      if (due.length < AT_ONCE || here === 0 || this.#stopping) return taken;
    }
  }

  async #takeOne(due: Due): Promise<boolean> {
    try {
      return await this.take(due);
    } catch (error) {
      // One that cannot be taken must not keep the others from it.
      this.log.error({ err: error, clock: this.constructor.name, ...due }, 'what is due could not be done');
      return false;
    }
  }
}
