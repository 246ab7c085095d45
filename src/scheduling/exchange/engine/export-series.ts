import {
  Calendar,
  type OccurrenceChange,
  type Recurrence,
  type ScheduleEntry,
  type Series,
  seriesOf,
} from '../../engine/index.js';
import { DAY_S, dayOfText, textOfWall, wallOfText } from '../../engine/time/index.js';
import type { CalendarSeries, LunarRule } from './calendar-series.js';

/** How far ahead lunar days are listed. */
const LUNAR_DAYS_AHEAD = 731;
/** Weekdays come round by then. */
const TWO_WEEKS_S = 14 * DAY_S;
/** More starts than this before an entry was made are not taken out one by one. */
const MOST_UNMADE = 4_000;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

type Exported = Pick<ScheduleEntry, 'recurrence' | 'zone' | 'changes' | 'createdAtMs' | 'cancelledAtMs'>;

/**
 * An entry as other calendars read it: UNTIL in UTC, a start that is an occurrence, EXDATEs that take something away.
 * @returns null: it has no occurrence
 */
export function exportSeries(entry: Exported, nowMs: number): CalendarSeries | null {
  return new Exporter(entry, nowMs).series();
}

class Exporter {
  readonly #calendar = new Calendar();
  readonly #series: Series;
  readonly #changes: ReadonlyMap<number, number | null>;

  constructor(
    private readonly entry: Exported,
    private readonly nowMs: number,
  ) {
    this.#series = seriesOf(entry.recurrence, entry.zone);
    this.#changes = new Map(
      (entry.changes ?? [])
        .map(({ original, to }) => [wallOf(original), to === null ? null : wallOf(to)] as const)
        .filter(([original]) => this.#series.has(original)),
    );
  }

  series(): CalendarSeries | null {
    const { recurrence } = this.entry;
    if (recurrence.kind === 'once') return this.#once();
    if (recurrence.kind === 'lunar') return this.#lunar(recurrence);
    return this.#recurring(recurrence);
  }

  #once(): CalendarSeries | null {
    const original = this.#series.first() ?? 0;
    const changed = this.#changes.get(original);
    const wall = changed === undefined ? original : changed;
    return wall !== null && this.#lives(wall) ? this.#event({ start: wall }) : null;
  }

  #lunar(recurrence: LunarRule): CalendarSeries | null {
    const { createdAtMs, zone, cancelledAtMs } = this.entry;
    const from = this.#calendar.wallAt(Math.max(this.nowMs, createdAtMs), zone);
    const first = this.#series.first() ?? 0;
    const listed = this.#series.between(Math.max(from, first), Math.max(from, first) + LUNAR_DAYS_AHEAD * DAY_S);
    const ahead = [...this.#changes].filter(([original]) => original >= from);
    const walls = [...new Set([...listed, ...ahead.map(([original]) => original)])]
      .filter((wall) => this.#lives(wall))
      .sort((a, b) => a - b);
    const [start, ...dates] = walls;
    if (start === undefined) return null;
    const shown = new Set(walls);
    const until = cancelledAtMs === null ? recurrence.until : this.#lastDayBefore(recurrence, cancelledAtMs);
    return this.#event({
      ...{ start, dates, lunar: { ...recurrence, until } },
      changes: ahead.filter(([original]) => shown.has(original)),
    });
  }

  /** The last day of a lunar rule that something ends. */
  #lastDayBefore({ until, time }: LunarRule, endMs: number): string {
    const wall = this.#calendar.wallAt(endMs - 1, this.entry.zone);
    const day = textOfWall(wall - (wallOf(`1970-01-01T${time}`) > wall % DAY_S ? DAY_S : 0)).slice(0, 10);
    return until !== null && until < day ? until : day;
  }

  #recurring(recurrence: Exclude<Recurrence, { readonly kind: 'once' | 'lunar' }>): CalendarSeries | null {
    const { start, rules, dates } = recurrence.kind === 'rrule' ? this.#ofRules(recurrence) : this.#ofDays(recurrence);
    if (start === null) return null;
    const plain = seriesOf({ kind: 'rrule', ...textsOf(start, rules, dates), except: [] }, this.entry.zone);
    const except = new Set(this.#exceptions(recurrence, plain));
    const changes: (readonly [number, number])[] = [];
    const added: number[] = [];
    for (const [original, to] of this.#changes) {
      const stays = to !== null && this.#lives(to);
      if (!plain.has(original)) {
        if (stays) added.push(to);
      } else if (stays) {
        except.delete(original);
        changes.push([original, to]);
      } else except.add(original);
    }
    // Other calendars count a start as an occurrence, also where the rule does not.
    if (!plain.has(start)) except.add(start);
    return this.#event({
      ...{ start, rules, changes },
      dates: [...new Set([...dates.filter((wall) => wall !== start), ...added])].sort((a, b) => a - b),
      except: [...except].sort((a, b) => a - b),
    });
  }

  #ofDays(recurrence: Extract<Recurrence, { readonly kind: 'daily' | 'weekly' }>) {
    const { createdAtMs, zone } = this.entry;
    const made = this.#calendar.wallAt(createdAtMs, zone);
    const from = Math.max(made, this.#series.first() ?? 0);
    const start = this.#series.between(from, from + TWO_WEEKS_S).find((wall) => this.#lives(wall)) ?? null;
    const { until, time } = recurrence;
    const last = until === null ? null : this.#startOf(wallOf(`${until}T${time}`));
    const rule =
      recurrence.kind === 'daily'
        ? 'FREQ=DAILY'
        : `FREQ=WEEKLY;BYDAY=${recurrence.weekdays.map((weekday) => WEEKDAYS[weekday - 1]).join(',')}`;
    return { start, rules: [this.#ending(rule, last)], dates: [] };
  }

  #ofRules({ start, rules, dates }: Extract<Recurrence, { readonly kind: 'rrule' }>) {
    const kept = rules.flatMap((text) => this.#ended(start, text));
    const walls = [...new Set([...dates.map(wallOf), ...(rules.length === 0 ? [wallOf(start)] : [])])]
      .filter((wall) => this.#lives(wall) && !kept.some(({ series }) => series.has(wall)))
      .sort((a, b) => a - b);
    const [only, ...others] = kept;
    const first = only === undefined ? (walls[0] ?? null) : others.length === 0 ? only.series.first() : wallOf(start);
    return { start: first, rules: kept.map(({ rule }) => rule), dates: walls };
  }

  /** A rule that ends when its entry does; none when it never occurs. */
  #ended(start: string, text: string): { readonly rule: string; readonly series: Series }[] {
    const { zone, cancelledAtMs } = this.entry;
    const series = seriesOf({ kind: 'rrule', start, rules: [text], dates: [], except: [] }, zone);
    const last = series.last();
    if (last === null) return [];
    const rule = text.trim().toUpperCase();
    const lastMs = last === Infinity ? null : this.#startOf(last);
    const isCut = cancelledAtMs !== null && (lastMs === null || lastMs >= cancelledAtMs);
    if (!isCut && !rule.includes('UNTIL=')) return [{ rule, series }];
    const open = rule.split(';').filter((part) => !/^(UNTIL|COUNT)=/.test(part));
    return [{ rule: this.#ending(open.join(';'), lastMs), series }];
  }

  /** @param lastMs null: open */
  #ending(rule: string, lastMs: number | null): string {
    const { cancelledAtMs } = this.entry;
    const endMs = Math.min(lastMs ?? Infinity, cancelledAtMs === null ? Infinity : cancelledAtMs - 1);
    if (endMs === Infinity) return rule;
    const utc = textOfWall(Math.floor(endMs / 1_000)).replace(/[-:]/g, '');
    return `${rule};UNTIL=${utc}Z`;
  }

  /** Starts that the rules have and the entry has not. */
  #exceptions(recurrence: Recurrence, plain: Series): number[] {
    if (recurrence.kind !== 'rrule') return [];
    const named = recurrence.except.flatMap((text) => {
      const day = dayOfText(text);
      return day === null
        ? plain.between(wallOf(text), wallOf(text))
        : plain.between(day * DAY_S, (day + 1) * DAY_S - 1);
    });
    return [...named, ...this.#unmade(plain)];
  }

  #unmade(plain: Series): number[] {
    const made = this.#calendar.wallAt(this.entry.createdAtMs, this.entry.zone);
    const first = plain.first() ?? made;
    if (first >= made || ((made - first) / DAY_S + 1) * plain.mostADay > MOST_UNMADE) return [];
    return plain.between(first, made).filter((wall) => this.#startOf(wall) < this.entry.createdAtMs);
  }

  #event(event: {
    readonly start: number;
    readonly rules?: readonly string[];
    readonly dates?: readonly number[];
    readonly except?: readonly number[];
    readonly changes?: readonly (readonly [number, number | null])[];
    readonly lunar?: CalendarSeries['lunar'];
  }): CalendarSeries {
    const { start, rules = [], dates = [], except = [], changes = [], lunar = null } = event;
    // Some readers count a start without a rule only where it is listed, too; twice counts once (RFC 5545, 3.8.5.2).
    const listed = rules.length === 0 && dates.length > 0 ? [start, ...dates] : dates;
    return {
      ...{ zone: this.entry.zone, start: textOfWall(start), rules, lunar },
      dates: listed.map(textOfWall),
      except: except.map(textOfWall),
      changes: changes.map(changeOf),
    };
  }

  #startOf(wall: number): number {
    return this.#calendar.startOf(wall, this.entry.zone).startMs;
  }

  #lives(wall: number): boolean {
    const startMs = this.#startOf(wall);
    return startMs >= this.entry.createdAtMs && startMs < (this.entry.cancelledAtMs ?? Infinity);
  }
}

/** Of times that the door let in. */
const wallOf = (text: string): number => wallOfText(text) ?? 0;

const changeOf = ([original, to]: readonly [number, number | null]): OccurrenceChange => ({
  original: textOfWall(original),
  to: to === null ? null : textOfWall(to),
});

const textsOf = (start: number, rules: readonly string[], dates: readonly number[]) => ({
  start: textOfWall(start),
  rules,
  dates: dates.map(textOfWall),
});
