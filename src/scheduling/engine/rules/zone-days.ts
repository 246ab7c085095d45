import { Calendar, spanOfDays } from '../time/index.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Past the year 2980: nothing is scheduled beyond, and days keep four digits of year. */
const LAST_MS = 32_000_000_000_000;

/** Days as whole numbers since 1970-01-01: cheap keys for hot paths. */
export const dayNumberOf = (day: string): number => Date.parse(day) / DAY_MS;
export const dayOfNumber = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** The local days of one zone. Each is looked up once, since a look-up in a zone is slow; after that it is arithmetic. */
export class ZoneDays {
  readonly #starts = new Map<number, number>();
  readonly #calendar = new Calendar();
  /** Of the last day found: only a first guess. */
  #offsetMs = 0;

  constructor(readonly zone: string) {}

  /** Number of the local day of an instant. @throws RangeError outside the years 1970 to 2980, and on an unknown zone */
  numberAt(ms: number): number {
    if (!(ms >= 0 && ms < LAST_MS)) throw new RangeError('no time of a broadcast');
    let number = Math.floor((ms + this.#offsetMs) / DAY_MS);
    while (ms < this.startOf(number)) number--;
    while (ms >= this.startOf(number + 1)) number++;
    this.#offsetMs = number * DAY_MS - this.startOf(number);
    return number;
  }

  /** First instant of a local day. */
  startOf(number: number): number {
    const known = this.#starts.get(number);
    if (known !== undefined) return known;
    const startMs = spanOfDays(dayOfNumber(number), 1, this.zone).fromMs;
    this.#starts.set(number, startMs);
    return startMs;
  }

  /** The instant of HH:MM on a local day, inside that day; `24:00` is its end. Clock changes as in `Calendar`. */
  instantOf(number: number, time: string): number {
    const startMs = this.startOf(number);
    const endMs = this.startOf(number + 1);
    const ms = minutesOf(time) * MINUTE_MS;
    if (ms >= DAY_MS) return endMs;
    if (endMs - startMs === DAY_MS) return startMs + ms;
    const { startMs: atMs } = this.#calendar.instantOf(dayOfNumber(number), time, this.zone);
    return Math.min(Math.max(atMs, startMs), endMs);
  }
}

export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
