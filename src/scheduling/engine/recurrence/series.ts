import { DAY_S, dayOfWall, firstDayOf, monthOfDay } from '../time/civil.js';
import { compiled, isExcepted, MOST_STARTS_A_DAY, type Parts } from './compile.js';
import { CYCLE_DAYS, type Expander } from './expander.js';
import type { Recurrence } from './recurrence.js';
import type { RuleError } from './rule.js';

/** A recurrence compiled: ask it as often as there are spans. Wall times are local seconds (`engine/time/civil.ts`). */
export class Series {
  #first: number | null | undefined;
  #last: number | null | undefined;

  constructor(private readonly parts: Parts) {}

  /** Its own word for where it begins and ends, whether or not it occurs there; Infinity: open. */
  get bounds(): Parts['bounds'] {
    return this.parts.bounds;
  }

  /** Whether the last day or UNTIL of any of its rules is before its start. */
  get endsBeforeStart(): boolean {
    return this.parts.expanders.some(({ firstWall, lastWall }) => lastWall < firstWall);
  }

  /** No day has more starts; what several rules share is counted for each. */
  get mostADay(): number {
    const perDay = new Map<number, number>();
    for (const wall of this.parts.extra) perDay.set(dayOfWall(wall), (perDay.get(dayOfWall(wall)) ?? 0) + 1);
    const ofRules = this.parts.expanders.reduce((sum, { mostADay }) => sum + mostADay, 0);
    return ofRules + [...perDay.values()].reduce((most, count) => Math.max(most, count), 0);
  }

  /**
   * Starts from `from` to `until`, both included, ascending, each once.
   * @throws RangeError on more than 288 starts for every day: such a rule is refused at the door
   */
  between(from: number, until: number): number[] {
    const most = MOST_STARTS_A_DAY * ((until - from) / DAY_S + 2);
    const found: number[] = [];
    const add = (wall: number): boolean => {
      if (!isExcepted(this.parts, wall)) found.push(wall);
      if (found.length > most) throw new RangeError(`more than ${MOST_STARTS_A_DAY} starts a day`);
      return true;
    };
    const { expanders, extra } = this.parts;
    for (const expander of expanders) expander.visit(from, until, add);
    for (const wall of extra) if (wall >= from && wall <= until) add(wall);
    if (expanders.length + extra.length < 2) return found;
    return [...new Set(found)].sort((a, b) => a - b);
  }

  has(wall: number): boolean {
    return this.between(wall, wall).length > 0;
  }

  /** Null: it never occurs. */
  first(): number | null {
    if (this.#first === undefined) this.#first = this.#findFirst();
    return this.#first;
  }

  #findFirst(): number | null {
    const all = this.parts.expanders.map((expander) => this.#firstOf(expander));
    all.push(...this.parts.extra.filter((wall) => !isExcepted(this.parts, wall)).slice(0, 1));
    const first = Math.min(...all);
    return first === Infinity ? null : first;
  }

  /** Infinity: open. Null: it never occurs. */
  last(): number | null {
    if (this.#last === undefined) this.#last = this.#findLast();
    return this.#last;
  }

  #findLast(): number | null {
    const all = this.parts.expanders.map((expander) => this.#lastOf(expander));
    all.push(...this.parts.extra.filter((wall) => !isExcepted(this.parts, wall)).slice(-1));
    const last = Math.max(...all);
    return last === -Infinity ? null : last;
  }

  #firstOf(expander: Expander): number {
    let first = Infinity;
    expander.visit(expander.firstWall, expander.firstWall + CYCLE_DAYS * DAY_S, (wall) => {
      if (isExcepted(this.parts, wall)) return true;
      first = wall;
      return false;
    });
    return first;
  }

  #lastOf(expander: Expander): number {
    const { firstWall, lastWall } = expander;
    if (lastWall === Infinity) return this.#firstOf(expander) === Infinity ? -Infinity : Infinity;
    let last = -Infinity;
    let until = lastWall;
    // Month by month from the end; what has not occurred in a whole cycle of the calendar never does.
    const earliest = Math.max(firstWall, lastWall - CYCLE_DAYS * DAY_S);
    while (until >= earliest && last === -Infinity) {
      const from = firstDayOf(monthOfDay(dayOfWall(until))) * DAY_S;
      expander.visit(from, until, (wall) => {
        if (!isExcepted(this.parts, wall)) last = wall;
        return true;
      });
      until = from - 1;
    }
    return last;
  }
}

/** One compilation a recurrence and zone; recurrences are never changed in place, so the object itself is the key. */
const known = new WeakMap<Recurrence, Map<string, Series | readonly RuleError[]>>();

/** @throws RangeError when a rule cannot be read: see `ruleErrorsOf` */
export function seriesOf(recurrence: Recurrence, zone: string): Series {
  const made = compiledOnce(recurrence, zone);
  if (made instanceof Series) return made;
  throw new RangeError(`rule cannot be read: ${JSON.stringify(made[0])}`);
}

/** What is wrong with the text of a recurrence, each thing once; none: it can be read. */
export function ruleErrorsOf(recurrence: Recurrence): readonly RuleError[] {
  const made = compiledOnce(recurrence, 'UTC');
  return made instanceof Series ? [] : made;
}

function compiledOnce(recurrence: Recurrence, zone: string): Series | readonly RuleError[] {
  const ofZones = known.get(recurrence) ?? new Map<string, Series | readonly RuleError[]>();
  known.set(recurrence, ofZones);
  const found = ofZones.get(zone);
  if (found) return found;
  const made = compiled(recurrence, zone);
  const kept = 'errors' in made ? made.errors : new Series(made.parts);
  ofZones.set(zone, kept);
  return kept;
}
