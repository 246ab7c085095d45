/** Wrong secrets from one address before it must wait, as at the login of people. */
const MOST_FAILURES = 80;
export const FAILURE_SPAN_MS = 10 * 60_000;
/** Somebody with a million addresses must not fill the memory. */
const MOST_ADDRESSES = 10_000;

export class WrongSecrets {
  readonly #failures = new Map<string, { count: number; readonly sinceMs: number }>();

  /** @returns whether this attempt may be looked at; it counts as a failure until {@link forgive} */
  attempt(address: string, nowMs: number): boolean {
    const known = this.#failures.get(address);
    if (known && nowMs - known.sinceMs <= FAILURE_SPAN_MS) return ++known.count <= MOST_FAILURES;
    if (this.#failures.size >= MOST_ADDRESSES) this.#failures.clear();
    this.#failures.set(address, { count: 1, sinceMs: nowMs });
    return true;
  }

  /** It was right. */
  forgive(address: string): void {
    const known = this.#failures.get(address);
    if (known && --known.count <= 0) this.#failures.delete(address);
  }
}
