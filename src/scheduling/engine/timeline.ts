import { byTurn, type LatePolicy, type PlannedPlay, type PlayClass } from '../../../devices/protocol/index.js';
import { withoutOverfull } from './full-day.js';
import { Calendar, localDayOf, type Span } from './local-time.js';
import { entryIdOf, type Occurrence, occurrencesOf, type Recurring } from './recurrence.js';
import { mayMeet, type Target } from './target.js';

/** What people schedule. An emergency is aired at once, by its own room and under its own policy. */
export const ENTRY_CLASSES = ['normal', 'priority'] as const satisfies readonly PlayClass[];

/** What the engine needs of an entry; the entity is one. */
export interface ScheduleEntry extends Recurring, Target {
  readonly itemId: string;
  readonly class: PlayClass;
  readonly late: LatePolicy;
  /** How long after its planned end a play may still sound. */
  readonly graceMs: number;
  /** 0..100. */
  readonly volume: number;
}

/** The approved version of an item, as the library hands it out. */
export interface TimelineItem {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly language: string;
  readonly textSha256: string | null;
  /** First and last local day on air, both included; null: no limit. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly approval: 'before' | 'after';
  readonly audio: {
    readonly sha256: string;
    readonly bytes: number;
    readonly type: string;
    readonly durationMs: number;
  };
}

/**
 * `notValid`: the day is outside the validity of the content. `dayFull`: the device contract holds no more plays of that
 * day, and this one starts latest.
 */
export const GAP_REASONS = ['notApproved', 'unknownDuration', 'notValid', 'dayFull'] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** An occurrence that cannot be played, and why: never dropped in silence. */
export interface Gap {
  readonly entryId: string;
  readonly occurrence: string;
  /** In the zone of the plan. */
  readonly localDay: string;
  readonly startMs: number;
  readonly reason: GapReason;
}

/** Two plays that one loudspeaker would have to sound together from `fromMs` to `untilMs`. */
export interface Overlap {
  readonly first: string;
  readonly second: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Timeline {
  /** By start, then class, then id. `audio.descriptor` is left to whoever cuts the assets. */
  readonly plays: readonly PlannedPlay[];
  readonly gaps: readonly Gap[];
  /** By start of the first; no more than the first 10,000. */
  readonly overlaps: readonly Overlap[];
}

/** More pairs than a person can settle: hundreds of plays in one minute must not fill the memory with all of theirs. */
const MOST_OVERLAPS = 10_000;

/** What is to be played in a span. The only maker of plays: for the preview and for devices (invariant 3). */
export function timeline(asked: {
  readonly entries: readonly ScheduleEntry[];
  /** By item id; an item that may not be aired is not in it. */
  readonly items: ReadonlyMap<string, TimelineItem>;
  readonly span: Span;
  /** The zone whose days the plan has. */
  readonly zone: string;
  /** Whose entries these are: one cluster's, so that 2,000 plays fill a day (the default), or those of several. */
  readonly of?: 'oneCluster' | 'manyClusters';
}): Timeline {
  const wanted: PlannedPlay[] = [];
  const gaps: Gap[] = [];
  const calendar = new Calendar();
  for (const entry of asked.entries) {
    const item = asked.items.get(entry.itemId);
    for (const occurrence of occurrencesOf(entry, asked.span, calendar)) {
      const reason = item ? reasonAgainst(item, localDayOf(occurrence.startMs, asked.zone)) : 'notApproved';
      if (item && reason === null) wanted.push(playOf(entry, occurrence, item));
      else if (reason !== null) gaps.push(gapOf(entry, occurrence, reason, asked.zone));
    }
  }
  wanted.sort((a, b) => a.startMs - b.startMs || byTurn(a, b));
  const entryOf = new Map(asked.entries.map((entry) => [entry.id, entry]));
  const targetOf = asked.of === 'manyClusters' ? (id: string) => entryOf.get(id) : null;
  const { plays, overfull } = withoutOverfull(wanted, asked.zone, targetOf);
  for (const { occurrence: id, startMs } of overfull)
    gaps.push(gapOf({ id: entryIdOf(id) }, { id, startMs }, 'dayFull', asked.zone));
  gaps.sort((a, b) => a.startMs - b.startMs || (a.occurrence < b.occurrence ? -1 : 1));
  return { plays, gaps, overlaps: overlapsOf(plays, entryOf) };
}

/** @param day local day on which it would start; what starts on its last day is played whole */
function reasonAgainst(item: TimelineItem, day: string): GapReason | null {
  if (!hasDuration(item)) return 'unknownDuration';
  const { validFrom, validTo } = item;
  return (validFrom !== null && day < validFrom) || (validTo !== null && day > validTo) ? 'notValid' : null;
}

/** Case 4: a length that could not be read is unknown, not 0. */
function hasDuration({ audio: { durationMs } }: TimelineItem): boolean {
  return Number.isSafeInteger(durationMs) && durationMs > 0;
}

function playOf(entry: ScheduleEntry, { id, startMs }: Occurrence, item: TimelineItem): PlannedPlay {
  const { sha256, bytes, type, durationMs } = item.audio;
  return {
    play: `${id}-p0`,
    occurrence: id,
    part: 0,
    startMs,
    latestEndMs: startMs + durationMs + entry.graceMs,
    late: entry.late,
    class: entry.class,
    volume: entry.volume,
    item: {
      id: item.id,
      version: item.version,
      title: item.title,
      ...(item.textSha256 === null ? {} : { textSha256: item.textSha256 }),
      language: item.language,
      ...(item.approval === 'after' ? { approval: item.approval } : {}),
    },
    audio: { sha256, bytes, type, durationMs },
  };
}

function gapOf(
  entry: { readonly id: string },
  { id, startMs }: Pick<Occurrence, 'id' | 'startMs'>,
  reason: GapReason,
  zone: string,
): Gap {
  return { entryId: entry.id, occurrence: id, localDay: localDayOf(startMs, zone), startMs, reason };
}

/** `plays` sorted by start. */
function overlapsOf(plays: readonly PlannedPlay[], entryOf: ReadonlyMap<string, ScheduleEntry>): Overlap[] {
  const overlaps: Overlap[] = [];
  for (const [index, first] of plays.entries()) {
    const endMs = plannedEnd(first);
    const firstEntry = entryOf.get(entryIdOf(first.occurrence));
    for (let next = index + 1; next < plays.length; next++) {
      const second = plays[next];
      if (!second || second.startMs >= endMs) break;
      const secondEntry = entryOf.get(entryIdOf(second.occurrence));
      if (!firstEntry || !secondEntry || !mayMeet(firstEntry, secondEntry)) continue;
      if (overlaps.length === MOST_OVERLAPS) return overlaps;
      const untilMs = Math.min(endMs, plannedEnd(second));
      overlaps.push({ first: first.play, second: second.play, fromMs: second.startMs, untilMs });
    }
  }
  return overlaps;
}

const plannedEnd = (play: PlannedPlay): number => play.startMs + play.audio.durationMs;
