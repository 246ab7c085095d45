/** Most names remembered at a time; a flood of invented ones only makes the window start anew. */
const MOST_NAMES = 200_000;

/** How many messages a sender may send a minute. What is beyond is not listened to for the rest of that minute. */
export class RateLimit {
  #counts = new Map<string, number>();
  #windowStartMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly perMinute: number) {}

  /** @param nowMs monotonic. @returns whether this one may pass */
  allow(name: string, nowMs: number): boolean {
    if (nowMs - this.#windowStartMs >= 60_000 || this.#counts.size > MOST_NAMES) {
      this.#windowStartMs = nowMs;
      this.#counts = new Map();
    }
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count <= this.perMinute;
  }
}
