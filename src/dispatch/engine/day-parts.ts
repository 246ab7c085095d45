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
  return days
    .map(({ day, fromMs, untilMs }) => {
      const begun = (told.get(day) ?? []).filter((play) => play.startMs < nowMs && !withdrawnItems.has(play.item.id));
      const ahead = timeline.filter((play) => play.startMs >= Math.max(fromMs, nowMs) && play.startMs < untilMs);
      return { v: 1 as const, day, plays: [...begun, ...ahead].sort(byStart) };
    })
    .filter((part) => part.plays.length > 0);
}

function byStart(a: PlannedPlay, b: PlannedPlay): number {
  return a.startMs - b.startMs || (a.play < b.play ? -1 : a.play > b.play ? 1 : 0);
}

/** What a new plan changes in what a device was told of the time ahead. */
export function changesAhead(
  told: readonly { readonly play: string; readonly withdrawn: boolean }[],
  planned: ReadonlySet<string>,
): { readonly added: readonly string[]; readonly withdrawn: readonly string[]; readonly revived: readonly string[] } {
  const known = new Map(told.map((row) => [row.play, row.withdrawn]));
  return {
    added: [...planned].filter((play) => !known.has(play)),
    withdrawn: told.filter((row) => !row.withdrawn && !planned.has(row.play)).map((row) => row.play),
    revived: told.filter((row) => row.withdrawn && planned.has(row.play)).map((row) => row.play),
  };
}
