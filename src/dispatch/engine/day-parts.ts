import type { DayPart, PlannedPlay } from '../../../devices/protocol/index.js';
import type { LocalDay } from './days.js';

/**
 * Divides a timeline into the parts that devices get. What has begun is immutable (invariant 2): of today's part the
 * plays that were told and have started stay as told, and a play that was never told is not smuggled into the past.
 */
export function dayParts(
  days: readonly LocalDay[],
  timeline: readonly PlannedPlay[],
  told: ReadonlyMap<string, readonly PlannedPlay[]>,
  nowMs: number,
  /** Items withdrawn from the air: even a play that has begun may still sound, or wait for its turn (case 18). */
  withdrawnItems: ReadonlySet<string>,
): DayPart[] {
  const starts = new Map(timeline.map(({ play, startMs }) => [play, startMs]));
  // What the schedule has meanwhile put into the past (the item before it was taken out) is still to come as it was told.
  const stays = ({ play, startMs, item }: PlannedPlay) =>
    !withdrawnItems.has(item.id) && (startMs < nowMs || (starts.get(play) ?? nowMs) < nowMs);
  const kept = new Map([...told].map(([day, plays]) => [day, plays.filter(stays)]));
  const over = new Set([...kept.values()].flatMap((plays) => plays.map(({ play }) => play)));
  return days
    .map(({ day, fromMs, untilMs }) => {
      const ahead = timeline.filter(
        ({ play, startMs }) => startMs >= Math.max(fromMs, nowMs) && startMs < untilMs && !over.has(play),
      );
      return { v: 1 as const, day, plays: [...(kept.get(day) ?? []), ...ahead].sort(byStart) };
    })
    .filter((part) => part.plays.length > 0);
}

function byStart(a: PlannedPlay, b: PlannedPlay): number {
  return a.startMs - b.startMs || (a.play < b.play ? -1 : a.play > b.play ? 1 : 0);
}

/**
 * What a new plan changes in what a device was told of the time ahead.
 * @param planned play → start @param fromMs what started before is over, and not withdrawn any more
 */
export function changesAhead(
  told: readonly { readonly play: string; readonly withdrawn: boolean; readonly startMs: number }[],
  planned: ReadonlyMap<string, number>,
  fromMs: number,
): Readonly<Record<'added' | 'withdrawn' | 'revived' | 'moved', readonly string[]>> {
  const known = new Set(told.map(({ play }) => play));
  const names = (rows: typeof told) => rows.map(({ play }) => play);
  return {
    added: [...planned.keys()].filter((play) => !known.has(play)),
    withdrawn: names(
      told.filter(({ play, withdrawn, startMs }) => !withdrawn && startMs >= fromMs && !planned.has(play)),
    ),
    revived: names(told.filter(({ play, withdrawn }) => withdrawn && planned.has(play))),
    moved: names(told.filter(({ play, startMs }) => planned.has(play) && planned.get(play) !== startMs)),
  };
}
