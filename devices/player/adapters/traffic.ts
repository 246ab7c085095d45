interface Bytes {
  readonly down: number;
  readonly up: number;
}

/**
 * What went over all interfaces but the loopback, of the kernel's counters (`/proc/net/dev`). Those run since power-on, each by
 * itself, and begin anew when a modem is plugged in again: what is told is the sum of what each has gained.
 */
export class TrafficMeter {
  #before: ReadonlyMap<string, Bytes> = new Map();
  #bytesDown = 0;
  #bytesUp = 0;

  /** What the counters say now is not ours. */
  skip(table: string): void {
    this.#before = countersOf(table);
  }

  read(table: string): { readonly bytesDown: number; readonly bytesUp: number } {
    const now = countersOf(table);
    for (const [name, counter] of now) {
      const before = this.#before.get(name) ?? { down: 0, up: 0 };
      this.#bytesDown += gained(before.down, counter.down);
      this.#bytesUp += gained(before.up, counter.up);
    }
    this.#before = new Map([...this.#before, ...now]);
    return { bytesDown: this.#bytesDown, bytesUp: this.#bytesUp };
  }
}

const gained = (before: number, now: number): number => (now < before ? now : now - before);

function countersOf(table: string): Map<string, Bytes> {
  const counters = new Map<string, Bytes>();
  for (const line of table.split('\n')) {
    const [, name, text] = /^\s*([^:\s]+):\s*(.+)$/.exec(line) ?? [];
    const numbers = text?.split(/\s+/).map(Number) ?? [];
    const [down, up] = [numbers[0], numbers[8]];
    if (!name || name === 'lo' || !Number.isSafeInteger(down) || !Number.isSafeInteger(up)) continue;
    counters.set(name, { down: down as number, up: up as number });
  }
  return counters;
}
