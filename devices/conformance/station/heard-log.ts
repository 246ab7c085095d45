import type { Uplink } from '../../protocol/index.js';
import { Breach } from '../verdict.js';

/** One message of the controller, as it came. */
export interface Heard {
  readonly n: number;
  /** Time of the service, ms. */
  readonly atMs: number;
  readonly topic: string;
  readonly uplink: Uplink;
  readonly bytes: number;
  readonly qos: number;
  readonly retain: boolean;
  /** Undefined: it is no JSON. */
  readonly message: unknown;
}

/** Everything that came, in order, and those who wait for something in it. */
export class SeenLog<T> {
  readonly all: T[] = [];
  readonly #waiting = new Set<() => void>();

  /** Where the log ends now: what comes later counts from here. */
  get end(): number {
    return this.all.length;
  }

  add(item: T): void {
    this.all.push(item);
    for (const look of [...this.#waiting]) look();
  }

  /**
   * The first from `since` on that fits; waits for it at most `withinMs`, then rejects with a Breach that says `what` was
   * missed.
   */
  next(fits: (item: T) => boolean, what: string, withinMs: number, since = 0, evidence?: () => unknown): Promise<T> {
    return new Promise((done, fail) => {
      let seen = since;
      const look = () => {
        for (; seen < this.all.length; seen++) {
          const item = this.all[seen] as T;
          if (!fits(item)) continue;
          leave();
          return done(item);
        }
      };
      const timer = setTimeout(() => {
        leave();
        fail(new Breach(`within ${withinMs / 1000} s there was no ${what}`, evidence?.()));
      }, withinMs);
      // Whoever still waits when the examination is over keeps nobody.
      timer.unref();
      const leave = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
