import ICAL from 'ical.js';
import type { PlayClass } from '../../../devices/protocol/index.js';
import { textOfWall } from '../engine/time/index.js';
import type { CalendarSeries } from './engine/calendar-series.js';
import { clockChangesOf } from './engine/time-zone.js';

/** One entry as it is written. */
export interface WrittenEvent {
  readonly uid: string;
  readonly title: string;
  readonly class: PlayClass;
  readonly series: CalendarSeries;
  /** Null: not known. */
  readonly lengthMs: number | null;
  /** For people, where the rule does not say it all. */
  readonly description: string | null;
  /** What iCalendar has no words for, as `X-VANG-ENTRY`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
}

type Property = [string, Readonly<Record<string, string>>, string, ...unknown[]];
type Component = [string, Property[], Component[]];

const DAY_MS = 86_400_000;
/** Clock changes are written as they are known now; farther ahead laws change them anyway. */
const ZONE_AHEAD_MS = 10 * 366 * DAY_MS;

/** The text of a calendar (RFC 5545). */
export function writeCalendar(name: string, events: readonly WrittenEvent[], nowMs: number): string {
  const zones = [...new Set(events.map(({ series }) => series.zone))].filter((zone) => zone !== 'UTC').sort();
  const firstMs = Math.min(nowMs, ...events.map(({ series }) => Date.parse(`${series.start}Z`)));
  const calendar: Component = [
    'vcalendar',
    [
      ['version', {}, 'text', '2.0'],
      ['prodid', {}, 'text', '-//Vang//Broadcast schedule//VI'],
      ['calscale', {}, 'text', 'GREGORIAN'],
      ['x-wr-calname', {}, 'text', name],
    ],
    [
      ...zones.map((zone) => zoneOf(zone, firstMs - 366 * DAY_MS, nowMs + ZONE_AHEAD_MS)),
      ...events.flatMap((event) => eventsOf(event, nowMs)),
    ],
  ];
  return `${ICAL.stringify(calendar)}\r\n`;
}

/** The event itself, then one for each occurrence that was moved. */
function eventsOf(event: WrittenEvent, nowMs: number): Component[] {
  const { uid, title, series, lengthMs, description, settings, createdAtMs } = event;
  const { zone, start, rules, dates, except, changes, lunar } = series;
  const said: Property[] = [
    ['uid', {}, 'text', uid],
    ['dtstamp', {}, 'date-time', utc(nowMs)],
    ['summary', {}, 'text', title],
    ['categories', {}, 'text', event.class.toUpperCase()],
    ...(lengthMs === null ? [] : [['duration', {}, 'duration', durationOf(lengthMs)] as Property]),
  ];
  const master: Property[] = [
    ...said,
    local('dtstart', zone, [start]),
    ...rules.map((rule): Property => ['rrule', {}, 'recur', ICAL.Recur.fromString(rule).toJSON()]),
    ...(dates.length === 0 ? [] : [local('rdate', zone, dates)]),
    ...(except.length === 0 ? [] : [local('exdate', zone, except)]),
    ['created', {}, 'date-time', utc(createdAtMs)],
    ...(description === null ? [] : [['description', {}, 'text', description] as Property]),
    ...(lunar === null ? [] : [ownOf('x-vang-lunar', lunar)]),
    ownOf('x-vang-entry', settings),
  ];
  const moved = changes.map(({ original, to }): Component => {
    const status: Property[] = to === null ? [['status', {}, 'text', 'CANCELLED']] : [];
    const times = [local('recurrence-id', zone, [original]), local('dtstart', zone, [to ?? original])];
    return ['vevent', [...said, ...times, ...status], []];
  });
  return [['vevent', master, []], ...moved];
}

const ownOf = (name: string, value: unknown): Property => [name, {}, 'text', JSON.stringify(value)];

function local(name: string, zone: string, texts: readonly string[]): Property {
  if (zone === 'UTC') return [name, {}, 'date-time', ...texts.map((text) => `${text}Z`)];
  return [name, { tzid: zone }, 'date-time', ...texts];
}

const utc = (ms: number): string => `${textOfWall(Math.floor(ms / 1_000))}Z`;

function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const parts = [hours && `${hours}H`, minutes && `${minutes}M`, seconds % 60 && `${seconds % 60}S`];
  return `PT${parts.filter(Boolean).join('')}`;
}

function zoneOf(zone: string, fromMs: number, untilMs: number): Component {
  const { offsetS, changes } = clockChangesOf(zone, fromMs, untilMs);
  const first = observance('standard', fromMs + offsetS * 1_000, offsetS, offsetS);
  const others = changes.map(({ atMs, fromS, toS }) =>
    observance(toS > fromS ? 'daylight' : 'standard', atMs + fromS * 1_000, fromS, toS),
  );
  return ['vtimezone', [['tzid', {}, 'text', zone]], [first, ...others]];
}

/** @param wallMs what the clock showed, as if it were UTC */
const observance = (name: string, wallMs: number, fromS: number, toS: number): Component => [
  name,
  [
    ['dtstart', {}, 'date-time', textOfWall(Math.floor(wallMs / 1_000))],
    ['tzoffsetfrom', {}, 'utc-offset', offsetText(fromS)],
    ['tzoffsetto', {}, 'utc-offset', offsetText(toS)],
  ],
  [],
];

function offsetText(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
