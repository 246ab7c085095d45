import { Clock } from './clock.js';

/** A clock that stands still until a spec moves it. */
export class ManualClock extends Clock {
  private elapsedMs = 0;

  /** @param currentMs UTC epoch milliseconds at which the clock stands */
  constructor(private currentMs = Date.UTC(2026, 0, 1)) {
    super();
  }

  nowMs(): number {
    return this.currentMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  /** Time passes: both readings move. */
  advance(durationMs: number): void {
    if (durationMs < 0) throw new RangeError('time does not run backwards; use set() for a clock that was set back');
    this.currentMs += durationMs;
    this.elapsedMs += durationMs;
  }

  /** Somebody sets the wall clock: no time passes. */
  set(epochMs: number): void {
    this.currentMs = epochMs;
  }
}
