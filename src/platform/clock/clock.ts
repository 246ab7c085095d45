/** The only source of time. Abstract, so that Nest can inject it by class. */
export abstract class Clock {
  /** UTC epoch milliseconds. May jump, in both directions, when the machine's clock is set. */
  abstract nowMs(): number;
  /** Milliseconds since an arbitrary moment. Never runs backwards: for durations, never stored. */
  abstract monotonicMs(): number;
}

export class SystemClock extends Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }
}
