import type { ScheduleEntry } from '../model.js';
import { occurrencesOf } from '../recurrence/index.js';
import { Calendar, DAY_S, dayOfText, dayOfWall, type Span, spanOfDays, textOfWall, wallOfText } from '../time/index.js';

/** What stays of an entry when its days are taken away. */
export type LineSettings = Pick<
  ScheduleEntry,
  | 'title'
  | 'runningOrder'
  | 'zone'
  | 'slot'
  | 'class'
  | 'late'
  | 'interrupted'
  | 'graceMs'
  | 'volume'
  | 'devices'
  | 'clusterIds'
  | 'groupIds'
  | 'hamletIds'
>;

/** The slot, or what stands before: another of the same lines, by its index, or an entry that is none of them. */
export type Anchor =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'entry'; readonly entryId: string };

export type LinePlace =
  | { readonly kind: 'inSlot'; readonly anchor: Anchor }
  | { readonly kind: 'after'; readonly anchor: Anchor; readonly gapMs: number };

/** One occurrence, freed from its date: what is copied, and what a template keeps. */
export interface DayLine extends LineSettings {
  /** Days after the first one. */
  readonly day: number;
  /** HH:MM:SS, in its zone. */
  readonly time: string;
  readonly place: LinePlace | null;
  /** Whose occurrence it is, and its original start in seconds after the midnight of the first day; null in a template. */
  readonly source: { readonly entryId: string; readonly originalS: number } | null;
}

/**
 * What entries have on `days` local days from `from` on; what was moved is where it was moved to. Emergencies are aired, not scheduled, so
 * they are left out.
 * @param most no more lines than one over this are made
 */
export function linesOf(
  entries: readonly ScheduleEntry[],
  from: string,
  days: number,
  most: number,
  calendar = new Calendar(),
): DayLine[] {
  const firstDay = dayOfText(from) ?? 0;
  const spans = new Map<string, Span>();
  const lines: DayLine[] = [];
  for (const entry of [...entries].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (entry.class === 'emergency') continue;
    const span = spans.get(entry.zone) ?? spanOfDays(from, days, entry.zone);
    spans.set(entry.zone, span);
    for (const { id, startMs } of occurrencesOf(entry, span, calendar)) {
      if (lines.length > most) return lines;
      const wall = calendar.wallAt(startMs, entry.zone);
      lines.push({
        ...settingsOf(entry),
        day: dayOfWall(wall) - firstDay,
        time: textOfWall(wall).slice(11),
        place: entry.place && { ...withoutEntry(entry.place), anchor: { kind: 'entry', entryId: entry.place.entryId } },
        source: { entryId: entry.id, originalS: originalWallOf(id) - firstDay * DAY_S },
      });
    }
  }
  return lines.map((line) => anchored(line, lines));
}

function settingsOf(entry: ScheduleEntry): LineSettings {
  const { title, runningOrder, zone, slot, late, interrupted, graceMs, volume } = entry;
  const { devices, clusterIds, groupIds, hamletIds } = entry;
  return {
    ...{ title, runningOrder, zone, slot, class: entry.class, late, interrupted, graceMs, volume },
    ...{ devices, clusterIds, groupIds, hamletIds },
  };
}

const withoutEntry = (place: NonNullable<ScheduleEntry['place']>) =>
  place.kind === 'inSlot' ? { kind: place.kind } : { kind: place.kind, gapMs: place.gapMs };

/** What stands in or behind another line of the same day goes with it, wherever that one is laid. */
function anchored(line: DayLine, lines: readonly DayLine[]): DayLine {
  const anchor = line.place?.anchor;
  if (!line.place || anchor?.kind !== 'entry') return line;
  const index = lines.findIndex(({ source, day }) => source?.entryId === anchor.entryId && day === line.day);
  return index < 0 ? line : { ...line, place: { ...line.place, anchor: { kind: 'line', line: index } } };
}

/** Local start in seconds out of the identity of an occurrence, `<entry>-<yyyymmdd>T<hhmm[ss]>`. */
function originalWallOf(occurrence: string): number {
  const text = occurrence.slice(occurrence.lastIndexOf('-') + 1);
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)];
  const [hours, minutes, seconds] = [text.slice(9, 11), text.slice(11, 13), text.slice(13, 15) || '00'];
  return wallOfText(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}`) ?? 0;
}
