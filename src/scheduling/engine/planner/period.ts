import { addDays } from '../time/index.js';
import type { TimeWindow } from './campaign.js';

const DAY_MS = 86_400_000;

/** The days of a plan by number, 0 is the first. */
export class Period {
  readonly days: readonly string[];
  readonly #starts: readonly number[];

  constructor(
    readonly firstDay: string,
    readonly lastDay: string,
    dayStartMs: (day: string) => number,
  ) {
    const days: string[] = [];
    for (let day = firstDay; day <= lastDay; day = addDays(day, 1)) days.push(day);
    this.days = days;
    this.#starts = [...days, addDays(lastDay, 1)].map(dayStartMs);
  }

  get length(): number {
    return this.days.length;
  }

  startMs(day: number): number {
    return this.#starts[day]!;
  }

  /**
   * On a day on which clocks are changed, a time of day may not exist or come twice. Nothing is proposed on it.
   */
  isPlain(day: number): boolean {
    return this.#starts[day + 1]! - this.#starts[day]! === DAY_MS;
  }

  /** Number of the local day of an instant; -1: before the period, `length`: after it. */
  numberAt(ms: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= ms) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** First day that is not before `day`, from 0 to `length`. */
  numberOf(day: string): number {
    if (day <= this.firstDay) return 0;
    if (day > this.lastDay) return this.length;
    return Math.round((Date.parse(day) - Date.parse(this.firstDay)) / DAY_MS);
  }

  /** HH:MM:SS on a plain day. */
  timeOf(day: number, ms: number): string {
    const seconds = Math.round((ms - this.startMs(day)) / 1_000);
    const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
    return parts.map((part) => String(part).padStart(2, '0')).join(':');
  }
}

/** Milliseconds from midnight. */
export function windowMs({ from, until }: TimeWindow): { readonly fromMs: number; readonly untilMs: number } {
  return { fromMs: timeMs(from), untilMs: timeMs(until) };
}

function timeMs(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}
