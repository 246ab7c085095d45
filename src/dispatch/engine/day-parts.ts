import type { DayPart, PlannedPlay } from '../../../devices/protocol/index.js';
import type { LocalDay } from './days.js';

/** What was taken back in the middle of its session. */
export interface TakenBack {
  /** Items withdrawn from the air: even a play that has begun may still sound, or wait for its turn (case 18). */
  readonly items: ReadonlySet<string>;
  /** Occurrences that people cancelled: what has begun stays, nothing of them begins any more. */
  readonly occurrences: ReadonlySet<string>;
}

/**
 * Divides a timeline into the parts that devices get. An occurrence that has begun is immutable (invariant 2): the numbers of its parts
 * are places in a running order, and an edit that gives them to other content would let a device hear a part twice, or never.
 * So what was told of it stays as told; only what is taken back goes, and what an edit adds to it without moving anything comes.
 * A play that was never told is not smuggled into the past.
 * @param told day → plays, from yesterday on: a session may have begun before midnight
 */
export function dayParts(
  days: readonly LocalDay[],
  timeline: readonly PlannedPlay[],
  told: ReadonlyMap<string, readonly PlannedPlay[]>,
  nowMs: number,
  takenBack: TakenBack,
): DayPart[] {
  const toldPlays = [...told.values()].flat();
  const planned = new Set(timeline.map(({ occurrence }) => occurrence));
  // An occurrence of which the schedule has nothing left was cancelled too.
  const isCancelled = (occurrence: string) => takenBack.occurrences.has(occurrence) || !planned.has(occurrence);
  const held = new Set(begunOccurrences(timeline, toldPlays, nowMs));
  const stays = ({ startMs, occurrence, item }: PlannedPlay) =>
    !takenBack.items.has(item.id) && (startMs < nowMs || (held.has(occurrence) && !isCancelled(occurrence)));
  let torn: ReadonlySet<string>;
  let inTheWay: readonly string[];
  do {
    const standing = toldPlays.filter(stays);
    torn = tornOccurrences(standing, timeline, days[0]?.fromMs ?? nowMs);
    inTheWay = movedInto(
      standing.filter(({ occurrence }) => torn.has(occurrence)),
      toldPlays.filter(({ occurrence }) => !held.has(occurrence)),
      timeline,
    );
    for (const occurrence of inTheWay) held.add(occurrence);
  } while (inTheWay.length > 0);
  const spoken = new Set(toldPlays.filter((each) => each.startMs < nowMs || stays(each)).map(({ play }) => play));
  const comes = ({ play, occurrence, startMs }: PlannedPlay) =>
    startMs >= nowMs && !takenBack.occurrences.has(occurrence) && !torn.has(occurrence) && !spoken.has(play);
  const coming = timeline.filter(comes);
  return days
    .map(({ day, fromMs, untilMs }) => {
      const stayed = told.get(day)?.filter(stays) ?? [];
      const ahead = coming.filter(({ startMs }) => startMs >= fromMs && startMs < untilMs);
      return { v: 1 as const, day, plays: [...stayed, ...ahead].sort(byStart) };
    })
    .filter((part) => part.plays.length > 0);
}

/** Occurrences of which something has begun, as it was told or as the schedule has it by now: what was first in them may have been withdrawn since. */
export function begunOccurrences(
  timeline: readonly PlannedPlay[],
  told: readonly PlannedPlay[],
  nowMs: number,
): ReadonlySet<string> {
  const begun = new Set<string>();
  for (const { occurrence, startMs } of told) if (startMs < nowMs) begun.add(occurrence);
  for (const { occurrence, startMs } of timeline) if (startMs < nowMs) begun.add(occurrence);
  return begun;
}

/** Of those that stand as told, the ones that the schedule has by now otherwise: at another time, with other content, or in part not at all. */
function tornOccurrences(
  standing: readonly PlannedPlay[],
  timeline: readonly PlannedPlay[],
  fromMs: number,
): ReadonlySet<string> {
  const anew = new Map(timeline.map((each) => [each.play, each]));
  const torn = new Set<string>();
  for (const { play, occurrence, startMs, item } of standing) {
    const now = anew.get(play);
    const isSame = now?.startMs === startMs && now.item.id === item.id && now.item.version === item.version;
    // What began before the first day is not on the timeline any more.
    if (startMs >= fromMs && !isSame) torn.add(occurrence);
  }
  return torn;
}

/**
 * Occurrences that the schedule has by now where others still stand as told, and did not have there before: what stands in the same slot
 * or behind a session follows an edit of it. They stay where they were told too, else two would sound at once.
 */
function movedInto(
  standing: readonly PlannedPlay[],
  told: readonly PlannedPlay[],
  timeline: readonly PlannedPlay[],
): string[] {
  if (standing.length === 0) return [];
  const meets = (plays: readonly PlannedPlay[]) => {
    const met = plays.filter((each) => standing.some((other) => overlap(each, other)));
    return new Set(met.map(({ occurrence }) => occurrence));
  };
  const before = meets(told);
  const now = meets(timeline);
  const known = new Set(told.map(({ occurrence }) => occurrence));
  return [...known].filter((occurrence) => now.has(occurrence) && !before.has(occurrence));
}

const overlap = (a: PlannedPlay, b: PlannedPlay): boolean =>
  a.startMs < b.startMs + b.audio.durationMs && b.startMs < a.startMs + a.audio.durationMs;

function byStart(a: PlannedPlay, b: PlannedPlay): number {
  return a.startMs - b.startMs || (a.play < b.play ? -1 : a.play > b.play ? 1 : 0);
}
