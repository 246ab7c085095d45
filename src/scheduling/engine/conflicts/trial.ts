import type { ScheduleEntry } from '../model.js';
import type { OccurrenceChange } from '../recurrence/index.js';
import { Board, type Plan } from '../timeline/index.js';
import type { Ground } from './ground.js';

/** So many changes are tried out for one list: an hour-long answer helps nobody. */
const MOST_TRIALS = 400;
/** What so many hear is no business of one commune, and slow to try. */
const MOST_TRIED_LISTENERS = 300;

/** Tries changes of single occurrences on a board of its own, so that no solution is offered that brings a new conflict. */
export class Trial {
  #scratch: Board | null = null;
  #left = MOST_TRIALS;
  /** Of plans as they are. */
  readonly #troubles = new Map<Plan, ReadonlySet<string>>();

  constructor(private readonly ground: Ground) {}

  /**
   * Whether the change ends the conflict for everybody who hears the entry, and brings no new overlap, clash or gap.
   * @param isGone whether a plan no longer has the conflict
   */
  works(entry: ScheduleEntry, change: OccurrenceChange, isGone: (plan: Plan) => boolean): boolean {
    if (this.#left <= 0 || this.ground.hearersOf(entry).length > MOST_TRIED_LISTENERS) return false;
    this.#left--;
    this.#scratch ??= new Board(this.ground.question.settings);
    const scratch = this.#scratch;
    const touched = scratch.edit(changed(entry, change));
    const judged = new Map<Plan, Set<Plan>>();
    const good = touched.every((id) => {
      const [plan, before] = [scratch.planOf(id), this.ground.board.planOf(id)];
      // Many listeners share one plan: what was judged once is not judged again.
      const known = judged.get(plan) ?? new Set();
      if (known.has(before)) return true;
      judged.set(plan, known.add(before));
      if (!isGone(plan)) return false;
      const troubles = this.#troublesOf(before);
      return [...troublesOf(plan)].every((trouble) => troubles.has(trouble));
    });
    scratch.edit(entry);
    return good;
  }

  #troublesOf(plan: Plan): ReadonlySet<string> {
    const known = this.#troubles.get(plan) ?? troublesOf(plan);
    this.#troubles.set(plan, known);
    return known;
  }
}

/** The entry with one more change; an earlier one of the same occurrence gives way. */
export function changed(entry: ScheduleEntry, change: OccurrenceChange): ScheduleEntry {
  const others = (entry.changes ?? []).filter(({ original }) => whole(original) !== whole(change.original));
  return { ...entry, changes: [...others, change] };
}

const whole = (local: string): string => (local.length === 16 ? `${local}:00` : local);

function troublesOf({ overlaps, clashes, gaps, remarks }: Plan): Set<string> {
  return new Set([
    ...overlaps.map(({ first, second }) => `overlap ${pairOf(first, second)}`),
    ...clashes.map(({ key }) => `clash ${key}`),
    ...gaps.map(({ occurrence, part, reason }) => `${reason} ${occurrence} ${part}`),
    ...remarks.flatMap((remark) => (remark.code === 'volumeLowered' ? [`volume ${remark.play}`] : [])),
  ]);
}

export const occurrenceOf = (play: string): string => play.slice(0, play.lastIndexOf('-p'));

/** Two occurrences, whatever their parts and order. @param first id of a play */
export function pairOf(first: string, second: string): string {
  const [a, b] = [occurrenceOf(first), occurrenceOf(second)];
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
