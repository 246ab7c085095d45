import { Calendar } from '../time/calendar.js';
import { DAY_MS, DAY_S, wallOfText } from '../time/civil.js';
import type { Span } from '../time/index.js';
import type { Occurrence, OccurrenceChange, Recurrence, Recurring } from './recurrence.js';
import { type Series, seriesOf } from './series.js';

/** Longer spans are a mistake of the caller. */
export const LONGEST_SPAN_MS = 3_700 * DAY_MS;

/**
 * Occurrences that start inside the span, in order, moved ones where they were moved to. @throws RangeError on a span of
 * more than ten years
 * @param calendar one for all entries of a question
 */
export function occurrencesOf(entry: Recurring, span: Span, calendar = new Calendar()): Occurrence[] {
  if (span.untilMs - span.fromMs > LONGEST_SPAN_MS) throw new RangeError('span of more than ten years');
  const fromMs = Math.max(span.fromMs, entry.createdAtMs);
  const untilMs = Math.min(span.untilMs, entry.cancelledAtMs ?? span.untilMs);
  if (fromMs >= untilMs) return [];
  const { id, zone, changes } = entry;
  const series = seriesOf(entry.recurrence, zone);
  // One day earlier: a zone that skips midnight pushes a start into the next day.
  const first = (calendar.dayAt(fromMs, zone) - 1) * DAY_S;
  const last = (calendar.dayAt(untilMs - 1, zone) + 1) * DAY_S - 1;
  const changed = changes && changes.length > 0 ? wallsOf(changes) : null;
  const found: Occurrence[] = [];
  let previousMs = -Infinity;
  let inOrder = true;
  for (const wall of series.between(first, last)) {
    if (changed?.has(wall)) continue;
    const { startMs, localDay } = calendar.startOf(wall, zone);
    if (startMs < fromMs || startMs >= untilMs) continue;
    if (startMs <= previousMs) inOrder = false;
    previousMs = startMs;
    found.push({ id: occurrenceId(id, wall, calendar), localDay, startMs });
  }
  const started = inOrder ? found : tidied(found);
  if (!changed) return started;
  for (const [wall, to] of changed) {
    if (to === null || !series.has(wall)) continue;
    const { startMs, localDay } = calendar.startOf(to, zone);
    if (startMs >= fromMs && startMs < untilMs)
      started.push({ id: occurrenceId(id, wall, calendar), localDay, startMs });
  }
  return started.sort(byStart);
}

/** Two local times that a skipped hour makes one instant are one occurrence: that of the time which is on the clock. */
function tidied(found: Occurrence[]): Occurrence[] {
  const sorted = found.sort(byStart);
  return sorted.filter(({ startMs }, index) => sorted[index + 1]?.startMs !== startMs);
}

const byStart = (a: Occurrence, b: Occurrence): number => a.startMs - b.startMs || (a.id < b.id ? -1 : 1);

/** Original wall times with where each went. @throws RangeError */
export function wallsOf(changes: readonly OccurrenceChange[]): Map<number, number | null> {
  const wall = (text: string): number => {
    const read = wallOfText(text);
    if (read === null) throw new RangeError(`no such local time: ${text}`);
    return read;
  };
  return new Map(changes.map(({ original, to }) => [wall(original), to === null ? null : wall(to)]));
}

/** First and last start by the rule, the moved ones with it; `lastMs` null: no end. Null: the rule never occurs. */
export function extentOf(
  recurrence: Recurrence,
  zone: string,
  changes: readonly OccurrenceChange[] = [],
): { readonly firstMs: number; readonly lastMs: number | null } | null {
  const series = seriesOf(recurrence, zone);
  const [first, last] = [series.first(), series.last()];
  if (first === null || last === null) return null;
  const calendar = new Calendar();
  const moved = movedOf(series, changes).map((wall) => calendar.startOf(wall, zone).startMs);
  const firstMs = Math.min(calendar.startOf(first, zone).startMs, ...moved);
  return { firstMs, lastMs: last === Infinity ? null : Math.max(calendar.startOf(last, zone).startMs, ...moved) };
}

function movedOf(series: Series, changes: readonly OccurrenceChange[]): number[] {
  return [...wallsOf(changes)].flatMap(([wall, to]) => (to !== null && series.has(wall) ? [to] : []));
}

/** Local starts of a rule on one local day, ascending: their index is the ordinal by which an edit carries changes over. */
export function startsOnDay(series: Series, day: number): number[] {
  return series.between(day * DAY_S, (day + 1) * DAY_S - 1);
}

/** Entry and original start, local: `…-20261109T0500`. Seconds only where there are some: 05:00 and 05:00:00 are one start. */
export const occurrenceId = (entryId: string, wall: number, calendar: Calendar): string =>
  `${entryId}-${calendar.stampOf(wall)}`;

/** The original start that an identity names, as wall time; null: it is none. */
export function originalWallOf(occurrence: string): number | null {
  const read = /-(\d+)(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?$/.exec(occurrence);
  if (!read) return null;
  const [, year, month, day, hour, minute, second = '00'] = read;
  return wallOfText(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
}

/** The entry that an occurrence belongs to. */
export const entryIdOf = (occurrence: string): string => occurrence.slice(0, occurrence.lastIndexOf('-'));
