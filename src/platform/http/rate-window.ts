/** How many in how long, ms; and how many keys are remembered at once. */
interface Limit {
  readonly most: number;
  readonly spanMs: number;
  readonly mostKeys: number;
}

/** Counts by key in windows of fixed length. Bounded: a flood of keys pushes the oldest out instead of filling the memory. */
export class RateWindow {
  readonly #windows = new Map<string, { count: number; sinceMs: number }>();

  constructor(private readonly limit: Limit) {}

  get keys(): number {
    return this.#windows.size;
  }

  /** Whether {@link take} would let one through. */
  hasRoom(key: string, nowMs: number): boolean {
    const known = this.#windows.get(key);
    return !known || this.#isOver(known, nowMs) || known.count < this.limit.most;
  }

  /** Counts one. @returns false when it is one too many; it is not counted then */
  take(key: string, nowMs: number): boolean {
    const known = this.#windows.get(key);
    if (!known || this.#isOver(known, nowMs)) {
      this.#windows.delete(key);
      this.#windows.set(key, { count: 1, sinceMs: nowMs });
      if (this.#windows.size > this.limit.mostKeys) this.#forgetOldest();
      return true;
    }
    if (known.count >= this.limit.most) return false;
    known.count += 1;
    return true;
  }

  /** A clock that was set back begins a new window instead of an endless one. */
  #isOver({ sinceMs }: { readonly sinceMs: number }, nowMs: number): boolean {
    return nowMs - sinceMs >= this.limit.spanMs || nowMs < sinceMs;
  }

  #forgetOldest(): void {
    const oldest = this.#windows.keys().next();
    if (!oldest.done) this.#windows.delete(oldest.value);
  }
}

/** Who an address is, as far as counting goes: IPv6 users have a whole /64 to themselves, so that is what is counted. */
export function addressKey(address: string): string {
  const plain = address.toLowerCase().split('%', 1)[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  if (mapped) return mapped[1] ?? plain;
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::', 2);
  const groups = (text: string) => text.split(':').filter(Boolean);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = plain.includes('::')
    ? [...groups(head), ...Array<string>(Math.max(0, missing)).fill('0'), ...groups(tail)]
    : groups(plain);
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
