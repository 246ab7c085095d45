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
      const over = new Set(begun.map(({ play }) => play));
      const ahead = timeline.filter(
        ({ play, startMs }) => startMs >= Math.max(fromMs, nowMs) && startMs < untilMs && !over.has(play),
      );
      return { v: 1 as const, day, plays: [...begun, ...ahead].sort(byStart) };
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
