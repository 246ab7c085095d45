import { type OccurrenceChange, type Recurrence, ruleErrorsOf, type Series, seriesOf } from '../../engine/index.js';
import { dayOfWall, textOfWall, wallOfText, weekdayOfDay } from '../../engine/time/index.js';
import type { CalendarSeries } from './calendar-series.js';

export interface Imported {
  readonly recurrence: Recurrence;
  readonly changes: readonly OccurrenceChange[];
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** Ten years of five a day; more is counted one by one, so a file full of them would stop everything else. */
const MOST_COUNTED = 20_000;

export const countsTooFar = ({ rules }: Pick<CalendarSeries, 'rules'>): boolean =>
  rules.some((rule) => Number(/COUNT=\s*(\d+)/i.exec(rule)?.[1] ?? 0) > MOST_COUNTED);

/** The recurrence that an event means, as simple as it can be said. What is wrong with it is told when it is scheduled. */
export function importSeries({ start, rules, dates, except, changes, lunar, zone }: CalendarSeries): Imported {
  if (lunar !== null) return { recurrence: lunar, changes };
  const full: Recurrence = { kind: 'rrule', start, rules, dates, except };
  if (rules.length === 0 && dates.length === 0 && except.length === 0 && changes.length === 0)
    return { recurrence: { kind: 'once', date: start.slice(0, 10), time: start.slice(11) }, changes };
  const plain = rules.length === 1 && dates.length === 0 && except.length === 0;
  return { recurrence: (plain && simple(rules[0] ?? '', start, full, zone)) || full, changes };
}

function simple(text: string, start: string, full: Recurrence, zone: string): Recurrence | null {
  const parts = new Map(
    text
      .toUpperCase()
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  );
  const known = ['FREQ', 'BYDAY', 'UNTIL', 'WKST', 'INTERVAL'];
  if ([...parts.keys()].some((part) => !known.includes(part)) || (parts.get('INTERVAL') ?? '1') !== '1') return null;
  if (!['DAILY', 'WEEKLY'].includes(parts.get('FREQ') ?? '')) return null;
  const startWall = wallOfText(start);
  if (startWall === null || ruleErrorsOf(full).length > 0) return null;
  const series = seriesOf(full, zone);
  const until = lastDayOf(series);
  if (until === undefined) return null;
  const range = { from: start.slice(0, 10), until, time: start.slice(11) };
  const byDay = parts.get('BYDAY')?.split(',');
  if (parts.get('FREQ') === 'DAILY' && !byDay) return { kind: 'daily', ...range };
  if (parts.get('FREQ') === 'DAILY') return null;
  const weekdays = byDay?.map((name) => WEEKDAYS.indexOf(name) + 1) ?? [weekdayOfDay(dayOfWall(startWall))];
  return { kind: 'weekly', ...range, weekdays: [...new Set(weekdays)].sort() };
}

/** Null: open; undefined: it never occurs. */
function lastDayOf(series: Series): string | null | undefined {
  const last = series.last();
  if (last === null) return undefined;
  return last === Infinity ? null : textOfWall(last).slice(0, 10);
}
