import { Calendar, occurrencesOf, type Recurring } from '../engine/index.js';
import { textOfWall } from '../engine/time/index.js';
import { type ReadEvent, type ReadPart, readCalendar } from './calendar-reader.js';

/** Local starts of an entry inside a span. */
export function startsOf(entry: Recurring, fromMs: number, untilMs: number): string[] {
  const calendar = new Calendar();
  return occurrencesOf(entry, { fromMs, untilMs }).map(({ startMs }) =>
    textOfWall(calendar.wallAt(startMs, entry.zone)),
  );
}

/** A calendar of these lines. */
export const calendarOf = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');

/** An event of these lines, beside what each has. */
export const anEvent = (...lines: string[]): string =>
  ['BEGIN:VEVENT', 'UID:u1', 'SUMMARY:Bản tin', ...lines, 'END:VEVENT'].join('\r\n');

export const DTSTART = 'DTSTART;TZID=Asia/Ho_Chi_Minh:20260112T050000';

export function parts(text: string): readonly ReadPart[] {
  const read = readCalendar(text);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

export function onlyEvent(text: string): ReadEvent {
  const [part] = parts(text);
  if (part?.kind !== 'event') throw new Error(JSON.stringify(part));
  return part;
}
