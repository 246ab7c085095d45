import { occurrenceId, originalWallOf, type Recurring, seriesOf, startsOnDay, wallsOf } from '../recurrence/index.js';
import { type Calendar, dayOfWall } from '../time/index.js';
import type { Tree } from './forest.js';

/**
 * Which occurrence of a placed entry stands in or behind which one of the entry that gives it its time: the first of a local day in
 * or behind the first of that day, and so on. One that is alone on its day stands in or behind all of them. What was moved to a
 * day takes what is free there; whatever finds no place is missing, never dropped in silence.
 */
export class PlacedDays {
  /** Entry → occurrence of the root → its own. */
  readonly #found = new Map<string, Map<string, string | null>>();

  constructor(
    private readonly root: Recurring,
    private readonly calendar: Calendar,
  ) {}

  /**
   * Of the entry, what stands in or behind an occurrence of the root, by its own identity; null: nothing. What is not of the root is
   * the entry's own, which found no place.
   */
  at(entry: Recurring, occurrence: string): string | null {
    const ofEntry = this.#found.get(entry.id) ?? new Map<string, string | null>();
    this.#found.set(entry.id, ofEntry);
    const known = ofEntry.get(occurrence);
    if (known !== undefined) return known;
    const original = originalWallOf(occurrence);
    const wall = original === null ? null : this.#wallAt(entry, original);
    const own = wall === null ? null : occurrenceId(entry.id, wall, this.calendar);
    ofEntry.set(occurrence, own);
    return own;
  }

  #wallAt(entry: Recurring, original: number): number | null {
    const series = seriesOf(entry.recurrence, entry.zone);
    const day = dayOfWall(original);
    const roots = startsOnDay(seriesOf(this.root.recurrence, this.root.zone), day);
    const turn = roots.indexOf(original);
    if (turn < 0) return series.has(original) ? original : null;
    const starts = startsOnDay(series, day);
    const changes = wallsOf(entry.changes ?? []);
    const stayingAt = (nth: number): number | null => {
      const wall = starts.length === 1 ? starts[0] : starts[nth];
      return wall === undefined || changes.has(wall) ? null : wall;
    };
    const staying = stayingAt(turn);
    if (staying !== null) return staying;
    const moved = [...changes]
      .flatMap(([wall, to]) => (to !== null && dayOfWall(to) === day && series.has(wall) ? { wall, to } : []))
      .sort((a, b) => a.to - b.to || a.wall - b.wall);
    const [first] = moved;
    if (moved.length === 1 && first && startsOnDay(series, dayOfWall(first.wall)).length === 1) return first.wall;
    const free = roots.slice(0, turn).filter((_, nth) => stayingAt(nth) === null).length;
    return moved[free]?.wall ?? null;
  }
}

/** By tree: the same for everybody who hears it. */
const daysOf = new WeakMap<Tree, PlacedDays>();

export function placedDaysOf(tree: Tree, calendar: Calendar): PlacedDays {
  const known = daysOf.get(tree) ?? new PlacedDays(tree.root, calendar);
  daysOf.set(tree, known);
  return known;
}
