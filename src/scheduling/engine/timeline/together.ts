import type { Board } from './board.js';
import type { Clash } from './clash.js';
import { keyOfGap } from './gap.js';
import { keyOfRemark } from './remark.js';
import type { Gap, Overlap, Remark, Slice } from './timeline.types.js';

/** Something that several loudspeakers have in common. `listeners`: ids, ascending. */
export type Shared<T> = T & { readonly listeners: readonly string[] };

/** The plans of several loudspeakers as one list; what several have in common stands in it once. */
export interface Together {
  /** By start. */
  readonly slices: readonly Shared<Slice>[];
  readonly gaps: readonly Shared<Gap>[];
  readonly overlaps: readonly Shared<Overlap>[];
  readonly clashes: readonly Shared<Clash>[];
  readonly remarks: readonly Shared<{ readonly remark: Remark }>[];
}

export function together(board: Board, listenerIds: readonly string[]): Together {
  const slices = new Gathering<Slice>(keyOfSlice);
  const gaps = new Gathering<Gap>(keyOfGap);
  const overlaps = new Gathering<Overlap>(keyOfOverlap);
  const clashes = new Gathering<Clash>(({ key }) => key);
  const remarks = new Gathering<{ readonly remark: Remark }>(({ remark }) => keyOfRemark(remark));
  for (const id of [...listenerIds].sort()) {
    const plan = board.planOf(id);
    slices.add(plan.slices, id);
    gaps.add(plan.gaps, id);
    overlaps.add(plan.overlaps, id);
    clashes.add(plan.clashes, id);
    remarks.add(
      plan.remarks.map((remark) => ({ remark })),
      id,
    );
  }
  const byStart = (a: { readonly startMs: number }, b: { readonly startMs: number }) => a.startMs - b.startMs;
  return {
    slices: slices.all().sort(byStart),
    gaps: gaps.all().sort(byStart),
    overlaps: overlaps.all().sort((a, b) => a.fromMs - b.fromMs),
    clashes: clashes.all().sort((a, b) => a.fromMs - b.fromMs),
    remarks: remarks.all(),
  };
}

/** What is heard at one place in one language is not what is heard in another. */
const keyOfSlice = ({ id, startMs, volume, play, itemId }: Slice): string =>
  `${id} ${startMs} ${volume} ${play?.item.id ?? itemId ?? ''}`;
const keyOfOverlap = ({ first, second, fromMs, untilMs }: Overlap): string => `${first} ${second} ${fromMs} ${untilMs}`;

class Gathering<T extends object> {
  readonly #found = new Map<string, { readonly thing: T; readonly listeners: string[] }>();

  constructor(private readonly keyOf: (thing: T) => string) {}

  add(things: readonly T[], listener: string): void {
    for (const thing of things) {
      const key = this.keyOf(thing);
      const known = this.#found.get(key);
      if (!known) this.#found.set(key, { thing, listeners: [listener] });
      else if (known.listeners.at(-1) !== listener) known.listeners.push(listener);
    }
  }

  all(): Shared<T>[] {
    return [...this.#found.values()].map(({ thing, listeners }) => ({ ...thing, listeners }));
  }
}
