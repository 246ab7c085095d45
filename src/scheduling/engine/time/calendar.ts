import { Temporal } from 'temporal-polyfill';
import { DAY_MS, DAY_S, dayOfText, dayOfWall, secondsOfText, textOfDay, textOfWall, two } from './civil.js';

export interface Start {
  readonly startMs: number;
  /** YYYY-MM-DD: the day on which it falls, which a zone that skips a time may push on. */
  readonly localDay: string;
}

/** Looks days up in their zones, each once: thousands of entries share the same few days, and a look-up is slow. */
export class Calendar {
  readonly #zones = new Map<string, ZoneDays>();
  readonly #texts = new Map<number, string>();
  readonly #stamps = new Map<number, string>();

  localDayOf(ms: number, zone: string): string {
    return this.textOf(this.dayAt(ms, zone));
  }

  /** YYYY-MM-DD of a number of days since 1970-01-01. */
  textOf(day: number): string {
    const known = this.#texts.get(day);
    if (known !== undefined) return known;
    const text = textOfDay(day);
    this.#texts.set(day, text);
    return text;
  }

  /** YYYYMMDDTHHMM of a wall time, with seconds only where there are some. */
  stampOf(wall: number): string {
    const known = this.#stamps.get(wall);
    if (known !== undefined) return known;
    const day = dayOfWall(wall);
    const seconds = wall - day * DAY_S;
    const clock = two(Math.floor(seconds / 3_600)) + two(Math.floor(seconds / 60) % 60);
    const text = `${this.textOf(day).replaceAll('-', '')}T${clock}${seconds % 60 === 0 ? '' : two(seconds % 60)}`;
    this.#stamps.set(wall, text);
    return text;
  }

  /** The local day, as a number of days since 1970-01-01. */
  dayAt(ms: number, zone: string): number {
    return this.#of(zone).dayAt(ms);
  }

  /**
   * The instant of a wall-clock time, and the local day it falls on. Where clocks are put forward over it, it moves on
   * by as much as they do (possibly past midnight); where it comes twice, the first counts ('compatible', as in RFC 5545).
   * @param day YYYY-MM-DD @param time HH:MM or HH:MM:SS @throws RangeError
   */
  instantOf(day: string, time: string, zone: string): Start {
    const [number, seconds] = [dayOfText(day), secondsOfText(time)];
    if (number === null || seconds === null) throw new RangeError(`no such time: ${day} ${time}`);
    return this.startOf(number * DAY_S + seconds, zone);
  }

  /** The same for a wall time in seconds. */
  startOf(wall: number, zone: string): Start {
    return this.#of(zone).startOf(wall);
  }

  /** What a clock in the zone shows, in seconds. */
  wallAt(ms: number, zone: string): number {
    return Math.floor((ms + zoneOffsetMs(ms, zone)) / 1_000);
  }

  #of(zone: string): ZoneDays {
    let days = this.#zones.get(zone);
    if (!days) {
      days = new ZoneDays(zone, (day) => this.textOf(day));
      this.#zones.set(zone, days);
    }
    return days;
  }
}

function zoneOffsetMs(ms: number, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
}

class ZoneDays {
  readonly #midnights = new Map<number, number>();

  constructor(
    private readonly zone: string,
    private readonly textOf: (day: number) => string,
  ) {}

  dayAt(ms: number): number {
    // No zone is a whole day away from UTC; one that leaves a day out has two midnights in one instant.
    let day = Math.floor(ms / DAY_MS);
    while (this.#midnight(day) > ms) day--;
    while (this.#midnight(day + 1) <= ms) day++;
    return day;
  }

  startOf(wall: number): Start {
    const day = dayOfWall(wall);
    const midnightMs = this.#midnight(day);
    // No clock is changed on a day of 24 hours.
    if (this.#midnight(day + 1) - midnightMs === DAY_MS)
      return { startMs: midnightMs + (wall - day * DAY_S) * 1_000, localDay: this.textOf(day) };
    const at = Temporal.PlainDateTime.from(textOfWall(wall)).toZonedDateTime(this.zone, {
      disambiguation: 'compatible',
    });
    return { startMs: at.epochMilliseconds, localDay: at.toPlainDate().toString() };
  }

  #midnight(day: number): number {
    const known = this.#midnights.get(day);
    if (known !== undefined) return known;
    const ms = Temporal.PlainDate.from(textOfDay(day)).toZonedDateTime(this.zone).epochMilliseconds;
    this.#midnights.set(day, ms);
    return ms;
  }
}
