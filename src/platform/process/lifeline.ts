import type { Log } from '../logging/index.js';

/**
 * Start and stop in order. Each step that has started is undone in reverse, also when the order to stop comes in the
 * middle of the start: the step under way is finished first, because half a migration or half a listener is worse.
 */
export class Lifeline {
  readonly #undo: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];
  #stopping: Promise<void> | null = null;
  #step: Promise<unknown> = Promise.resolve();

  constructor(private readonly log: Log) {}

  get stopping(): boolean {
    return this.#stopping !== null;
  }

  /** Runs one step of the start unless the process is already on its way out; then it throws `Interrupted`. */
  async start<T>(name: string, begin: () => Promise<T> | T, stop?: (started: T) => Promise<void> | void): Promise<T> {
    if (this.#stopping) throw new Interrupted(name);
    const running = (async () => {
      const started = await begin();
      if (stop) this.#undo.push({ name, stop: () => stop(started) });
      return started;
    })();
    this.#step = running.catch(() => undefined);
    return running;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    await this.#step;
    for (let next = this.#undo.pop(); next; next = this.#undo.pop()) {
      try {
        await next.stop();
      } catch (error) {
        this.log.error({ err: error, step: next.name }, 'a part did not stop cleanly');
      }
    }
  }
}

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(step: string) {
    super(`Told to stop before "${step}"`);
  }
}
