import { Calendar, DEFAULT_ZONE, type OccurrenceChange } from '../engine/index.js';
import { dayOfText, isZone, textOfWall, wallOfText } from '../engine/time/index.js';
import { type Block, blocksOf, type Property, propertiesOf } from './content-lines.js';
import type { CalendarSeries } from './engine/calendar-series.js';

/** Why an event cannot be read. */
export type Unread =
  | 'schedule.icsEventUnreadable'
  | 'schedule.icsAllDay'
  | 'schedule.icsPeriod'
  | 'schedule.icsUnsupported'
  | 'schedule.icsOrphan'
  | 'schedule.icsTwice'
  | 'schedule.zoneUnknown';

/** What is no event to schedule: to-dos and the like, or an event that was called off. */
export type Ignored = 'schedule.icsNoEvent' | 'schedule.icsCancelled';

interface Named {
  readonly uid: string;
  readonly title: string;
}
export interface ReadEvent extends Named {
  readonly kind: 'event';
  /** `lunar` stays as it was written in `own`. */
  readonly series: Omit<CalendarSeries, 'lunar'>;
  readonly categories: readonly string[];
  /** `X-VANG-ENTRY` and `X-VANG-LUNAR`, as text; null: not there. */
  readonly own: { readonly entry: string | null; readonly lunar: string | null };
}
export type ReadPart =
  | ReadEvent
  | (Named & { readonly kind: 'refused'; readonly code: Unread })
  | (Named & { readonly kind: 'ignored'; readonly code: Ignored });

/** More in one file is a mistake. */
export const MOST_EVENTS = 500;

const NAMES = new Set(
  'uid,summary,status,categories,dtstart,rrule,rdate,exdate,exrule,recurrence-id,x-vang-entry,x-vang-lunar'.split(','),
);
const ZONE_NAMES = new Set(['tzid', 'x-lic-location']);
/** How Windows calls the zone of Viet Nam. */
const WINDOWS_ZONES: Readonly<Record<string, string>> = { 'SE Asia Standard Time': DEFAULT_ZONE };

/** What a file holds. @returns a code when the whole of it is refused */
export function readCalendar(text: string): readonly ReadPart[] | 'schedule.icsUnreadable' | 'schedule.icsTooMany' {
  const calendars = blocksOf(text);
  if (!calendars?.every(({ name }) => name === 'VCALENDAR')) return 'schedule.icsUnreadable';
  const parts = calendars.flatMap((calendar) => calendar.blocks);
  if (parts.filter(({ name }) => name !== 'VTIMEZONE').length > MOST_EVENTS) return 'schedule.icsTooMany';
  return calendars.flatMap((calendar) => new Reader(calendar).parts());
}

class Refused extends Error {
  constructor(readonly code: Unread) {
    super(code);
  }
}

interface Time {
  readonly wall: number;
  /** Null: wherever one is. */
  readonly zone: string | null;
}

class Reader {
  readonly #calendar = new Calendar();
  readonly #zones = new Map<string, string>();
  readonly #floating: string;

  constructor(private readonly block: Block) {
    for (const zone of block.blocks.filter(({ name }) => name === 'VTIMEZONE')) {
      const said = propertiesOf(zone, ZONE_NAMES) ?? [];
      const place = textOf(said, 'x-lic-location');
      if (place !== null) this.#zones.set(textOf(said, 'tzid') ?? '', place);
    }
    const own = textOf(propertiesOf(block, new Set(['x-wr-timezone'])) ?? [], 'x-wr-timezone');
    this.#floating = own !== null && isZone(own) ? own : DEFAULT_ZONE;
  }

  parts(): ReadPart[] {
    const read = this.block.blocks
      .filter(({ name }) => name !== 'VTIMEZONE')
      .map((block, index) => ({ block, said: propertiesOf(block, NAMES), index }));
    const overrides = new Map<string, Property[][]>();
    const uids = new Set<string>();
    for (const { block, said } of read) {
      const uid = said && textOf(said, 'uid');
      if (block.name !== 'VEVENT' || !said || uid === null) continue;
      if (said.some(({ name }) => name === 'recurrence-id')) overrides.set(uid, [...(overrides.get(uid) ?? []), said]);
      else uids.add(uid);
    }
    const seen = new Set<string>();
    return read.flatMap(({ block, said, index }): ReadPart[] => {
      const named = {
        uid: (said && textOf(said, 'uid')) ?? `#${index + 1}`,
        title: (said && textOf(said, 'summary')) ?? '',
      };
      const refused = (code: Unread): ReadPart[] => [{ kind: 'refused', ...named, code }];
      if (block.name !== 'VEVENT') return [{ kind: 'ignored', ...named, code: 'schedule.icsNoEvent' }];
      if (!said) return refused('schedule.icsEventUnreadable');
      if (said.some(({ name }) => name === 'recurrence-id'))
        return uids.has(named.uid) ? [] : refused('schedule.icsOrphan');
      if (seen.has(named.uid)) return refused('schedule.icsTwice');
      seen.add(named.uid);
      if (textOf(said, 'status') === 'CANCELLED') return [{ kind: 'ignored', ...named, code: 'schedule.icsCancelled' }];
      try {
        return [{ kind: 'event', ...named, ...this.#event(said, overrides.get(named.uid) ?? []) }];
      } catch (error) {
        if (error instanceof Refused) return refused(error.code);
        throw error;
      }
    });
  }

  #event(said: readonly Property[], overrides: readonly (readonly Property[])[]) {
    const of = (name: string) => said.filter((property) => property.name === name);
    if (of('exrule').length > 0) throw new Refused('schedule.icsUnsupported');
    const start = this.#oneTime(said, 'dtstart');
    const rules = of('rrule').map(({ values }) => String(values[0]));
    const recurs = rules.length > 0 || of('rdate').length > 0 || of('x-vang-lunar').length > 0;
    // A single instant is shown where it is heard; a rule in UTC stays there, as it was meant.
    const zone = start.zone === 'UTC' && !recurs ? this.#floating : (start.zone ?? this.#floating);
    const local = (time: Time) => textOfWall(this.#wallIn(zone, time));
    const series: ReadEvent['series'] = {
      ...{ zone, start: local(start), rules },
      dates: of('rdate').flatMap((property) => this.#times(property).map(local)),
      except: of('exdate').flatMap((property) =>
        property.type === 'date' ? property.values.map(dayText) : this.#times(property).map(local),
      ),
      changes: overrides.map((override) => this.#change(override, local)),
    };
    const own = { entry: textOf(said, 'x-vang-entry'), lunar: textOf(said, 'x-vang-lunar') };
    return { series, own, categories: of('categories').flatMap(({ values }) => values.map(String)) };
  }

  #change(override: readonly Property[], local: (time: Time) => string): OccurrenceChange {
    const id = override.find(({ name }) => name === 'recurrence-id');
    if (id?.params.range !== undefined) throw new Refused('schedule.icsUnsupported');
    const original = local(this.#oneTime(override, 'recurrence-id'));
    if (textOf(override, 'status') === 'CANCELLED') return { original, to: null };
    return { original, to: local(this.#oneTime(override, 'dtstart')) };
  }

  #oneTime(said: readonly Property[], name: string): Time {
    const property = said.find((each) => each.name === name);
    const [time] = property ? this.#times(property) : [];
    if (!time) throw new Refused('schedule.icsEventUnreadable');
    return time;
  }

  #times({ type, values, params }: Property): Time[] {
    if (type === 'period') throw new Refused('schedule.icsPeriod');
    if (type === 'date') throw new Refused('schedule.icsAllDay');
    const zone = params.tzid === undefined ? null : this.#zoneOf(String(params.tzid));
    return values.map((value) => {
      const text = String(value);
      const wall = wallOfText(text.replace(/Z$/, ''));
      if (wall === null) throw new Refused('schedule.icsEventUnreadable');
      return { wall, zone: text.endsWith('Z') ? 'UTC' : zone };
    });
  }

  #zoneOf(tzid: string): string {
    const zone = [tzid, this.#zones.get(tzid), WINDOWS_ZONES[tzid]].find((each) => each !== undefined && isZone(each));
    if (zone === undefined) throw new Refused('schedule.zoneUnknown');
    return zone;
  }

  #wallIn(zone: string, { wall, zone: from }: Time): number {
    if (from === null || from === zone) return wall;
    return this.#calendar.wallAt(this.#calendar.startOf(wall, from).startMs, zone);
  }
}

function dayText(value: unknown): string {
  const text = String(value);
  if (dayOfText(text) === null) throw new Refused('schedule.icsEventUnreadable');
  return text;
}

function textOf(said: readonly Property[], name: string): string | null {
  const value = said.find((property) => property.name === name)?.values[0];
  return value === undefined ? null : String(value).trim();
}
