import { Calendar } from '../time/calendar.js';
import { dayOfWall, textOfWall } from '../time/civil.js';
import { startsOnDay, wallsOf } from './occurrences.js';
import type { OccurrenceChange, Recurrence, Recurring } from './recurrence.js';
import { type Series, seriesOf } from './series.js';

export interface SeriesEdit {
  readonly id: string;
  readonly recurrence: Recurrence;
  /** IANA. */
  readonly zone: string;
  /** What it is to stand in or behind; null or absent: it has a time of its own. */
  readonly place?: object | null;
}

/** Of what stands in or behind another entry (`place`) the rule gives the days only. */
type MaybePlaced = Recurring & Pick<SeriesEdit, 'place'>;

/** What is needed of an entry to go on from it. */
export interface Linked {
  /** The entry that this one goes on from. */
  readonly previousId: string;
}

export interface SplitSeries<Entry extends Recurring> {
  /** The old entry, ended: what started before stays as it was, nothing starts from then on. */
  readonly ended: Entry;
  /** The new one: everything else of the old, the edit, and the changes carried over. */
  readonly next: Entry & Linked;
  /** Moved and cancelled occurrences ahead for which the new rule has no counterpart: for a person to decide. */
  readonly orphans: readonly OccurrenceChange[];
}

/**
 * An edit of rule, start or place, from an instant on (invariant 2). What starts before it is of the old entry, for ever; what starts
 * at it or later is of the new one. A moved or cancelled occurrence ahead is carried over to the start with the same ordinal
 * on the same local day; what has been moved to before the instant has happened, so its counterpart is cancelled. Where one of the
 * two stands in or behind another entry only days are compared: nobody here knows when on its day it starts.
 * @param edit with the id of the new entry
 */
export function splitSeries<Entry extends MaybePlaced>(
  entry: Entry,
  edit: SeriesEdit,
  effectiveMs: number,
  calendar = new Calendar(),
): SplitSeries<Entry> {
  const [before, after] = [seriesOf(entry.recurrence, entry.zone), seriesOf(edit.recurrence, edit.zone)];
  const wasPlaced = isPlaced(entry);
  const byDay = wasPlaced || isPlaced(edit);
  const today = calendar.dayAt(effectiveMs, entry.zone);
  const startMs = (wall: number) => calendar.startOf(wall, entry.zone).startMs;
  const isAhead = (wall: number) => (byDay ? dayOfWall(wall) >= today : startMs(wall) >= effectiveMs);
  // The session of yesterday may go on over midnight.
  const isOver = (wall: number) => (byDay ? dayOfWall(wall) < today - 1 : !isAhead(wall));
  const hasHappened = (to: number) => !wasPlaced && startMs(to) < effectiveMs;
  const changes: OccurrenceChange[] = [];
  const orphans: OccurrenceChange[] = [];
  for (const [original, to] of wallsOf(entry.changes ?? [])) {
    if (!before.has(original) || (isOver(original) && (to === null || isOver(to)))) continue;
    const gone = to === null || hasHappened(to);
    const counterpart = counterpartOf(before, after, original);
    if (counterpart !== null) {
      const goneTo = gone ? null : wasPlaced ? to : wallIn(edit.zone, to, entry.zone, calendar);
      changes.push(changeOf(counterpart, goneTo));
    } else if (to === null ? isAhead(original) : !gone && isAhead(to)) orphans.push(changeOf(original, to));
  }
  const { id, recurrence, zone } = edit;
  return {
    ended: { ...entry, cancelledAtMs: Math.min(entry.cancelledAtMs ?? effectiveMs, effectiveMs) },
    next: {
      ...entry,
      id,
      recurrence,
      zone,
      changes,
      createdAtMs: Math.max(entry.createdAtMs, effectiveMs),
      previousId: entry.id,
    },
    orphans,
  };
}

const isPlaced = ({ place = null }: Pick<SeriesEdit, 'place'>): boolean => place !== null;

const changeOf = (original: number, to: number | null): OccurrenceChange => ({
  original: textOfWall(original),
  to: to === null ? null : textOfWall(to),
});

/** The start of the new rule with the same place on the same local day. */
function counterpartOf(before: Series, after: Series, original: number): number | null {
  const day = dayOfWall(original);
  const ordinal = startsOnDay(before, day).indexOf(original);
  return startsOnDay(after, day)[ordinal] ?? null;
}

/** What people moved stays at its instant, also where the edit changes the zone. */
function wallIn(zone: string, wall: number, oldZone: string, calendar: Calendar): number {
  return zone === oldZone ? wall : calendar.wallAt(calendar.startOf(wall, oldZone).startMs, zone);
}
