/** Time that passes only by what happens in it: a heap of appointments, kept in order of instant, then of making. */
export class VirtualTime {
  #nowMs: number;
  #made = 0;
  readonly #heap: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, run: () => void): void {
    const heap = this.#heap;
    let at = heap.push({ atMs: Math.max(atMs, this.#nowMs), order: this.#made++, run }) - 1;
    for (let above = (at - 1) >> 1; at > 0 && this.#before(at, above); above = (at - 1) >> 1) {
      this.#swap(at, above);
      at = above;
    }
  }

  later(afterMs: number, run: () => void): void {
    this.at(this.#nowMs + afterMs, run);
  }

  /** Everything that is due until then, in order; time then stands there. */
  runUntil(untilMs: number): void {
    for (let [first] = this.#heap; first && first.atMs <= untilMs; [first] = this.#heap) {
      this.#removeFirst();
      this.#nowMs = first.atMs;
      first.run();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < heap.length && this.#before(below, least)) least = below;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (!left || !right) return false;
    return left.atMs === right.atMs ? left.order < right.order : left.atMs < right.atMs;
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    const held = heap[a];
    heap[a] = heap[b] as (typeof heap)[number];
    heap[b] = held as (typeof heap)[number];
  }
}
