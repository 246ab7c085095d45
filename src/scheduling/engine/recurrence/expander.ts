import { DAY_S, dayOfWall, firstDayOf, monthOfDay } from '../time/civil.js';
import { type DaySource, daysBetween, periodOf } from './days.js';
import type { Rule } from './rule.js';
import type { TimeSource } from './times.js';

/** The weekdays of the dates, leap days included, come again after so many days: what has not occurred by then never does. */
export const CYCLE_DAYS = 146_097;

/** Called with each start, ascending; false: enough. */
export type Visit = (wall: number) => boolean;

/** One rule, compiled: the starts between any two wall times, without walking there from its beginning. */
export interface Expander {
  readonly firstWall: number;
  /** Infinity: open. */
  readonly lastWall: number;
  /** No day has more starts. */
  readonly mostADay: number;
  /** Both bounds included. @returns false: the visitor had enough */
  visit(from: number, until: number, visit: Visit): boolean;
}

export interface Bounds {
  readonly firstWall: number;
  readonly lastWall: number;
  /** COUNT, where there is one. */
  readonly most?: number;
}

/** The days of one source at the times of another. */
export class PlainExpander implements Expander {
  readonly firstWall: number;
  readonly lastWall: number;

  constructor(
    private readonly days: DaySource,
    private readonly times: TimeSource,
    private readonly bounds: Bounds,
  ) {
    this.firstWall = bounds.firstWall;
    this.lastWall = bounds.lastWall;
  }

  get mostADay(): number {
    return Math.min(this.times.mostADay, this.bounds.most ?? Infinity);
  }

  visit(from: number, until: number, visit: Visit): boolean {
    const first = Math.max(from, this.firstWall);
    const last = Math.min(until, this.lastWall);
    if (first > last || this.times.mostADay === 0) return true;
    const [firstDay, lastDay] = [dayOfWall(first), dayOfWall(last)];
    const lastMonth = monthOfDay(lastDay);
    for (let month = monthOfDay(firstDay), begins = firstDayOf(month); month <= lastMonth; month++) {
      for (let days = this.days.daysOf(month); days !== 0; days &= days - 1) {
        const day = begins + 31 - Math.clz32(days & -days);
        if (day > lastDay) return true;
        if (day < firstDay) continue;
        for (const time of this.times.timesOf(day)) {
          const wall = day * DAY_S + time;
          if (wall >= first && wall <= last && !visit(wall)) return false;
        }
      }
      begins = firstDayOf(month + 1);
    }
    return true;
  }
}

/** BYSETPOS over the days and times of each year, month or week, those before the start included. */
export class PositionedExpander implements Expander {
  readonly firstWall: number;
  readonly lastWall: number;
  readonly #days: DaySource;
  /** Smaller periods have none of the positions. */
  readonly #leastSize: number;

  constructor(
    private readonly rule: Rule,
    days: DaySource,
    private readonly times: readonly number[],
    bounds: Bounds,
  ) {
    this.firstWall = bounds.firstWall;
    this.lastWall = bounds.lastWall;
    this.#days = lastRemembered(days);
    this.#leastSize = Math.min(...rule.bySetPos.map(Math.abs));
  }

  get mostADay(): number {
    return Math.min(this.times.length, this.rule.bySetPos.length);
  }

  visit(from: number, until: number, visit: Visit): boolean {
    const first = Math.max(from, this.firstWall);
    const last = Math.min(until, this.lastWall);
    if (first > last) return true;
    const lastDay = dayOfWall(last);
    for (let day = dayOfWall(first); day <= lastDay; ) {
      const period = periodOf(this.rule, day);
      for (const wall of this.#chosen(daysBetween(this.#days, period.first, period.last)))
        if (wall >= first && wall <= last && !visit(wall)) return false;
      day = period.last + 1;
    }
    return true;
  }

  #chosen(days: readonly number[]): number[] {
    const size = days.length * this.times.length;
    if (size < this.#leastSize) return [];
    const indexes = this.rule.bySetPos.map((position) => (position > 0 ? position - 1 : size + position));
    const real = [...new Set(indexes)].filter((index) => index >= 0 && index < size).sort((a, b) => a - b);
    return real.map((index) => {
      const day = days[Math.floor(index / this.times.length)] ?? 0;
      return day * DAY_S + (this.times[index % this.times.length] ?? 0);
    });
  }
}

/** The weeks of a month all ask for its days. */
function lastRemembered(source: DaySource): DaySource {
  let last = Number.NaN;
  let days = 0;
  return {
    daysOf(month) {
      if (month !== last) {
        days = source.daysOf(month);
        last = month;
      }
      return days;
    },
  };
}
