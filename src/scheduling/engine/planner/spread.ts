import type { PlanningGround } from './campaign.js';
import type { ClusterSet } from './cluster-set.js';
import type { Period } from './period.js';
import type { TimedScript, Turn } from './placing.js';

/** Days on which a script may be placed, as numbers, both included; `lastDay` before `firstDay`: none. */
export function daysOf(
  script: TimedScript,
  ground: PlanningGround,
  period: Period,
): { readonly firstDay: number; readonly lastDay: number } {
  const { validFrom, validTo } = script;
  const today = ground.notBeforeMs === null ? 0 : period.numberAt(ground.notBeforeMs);
  const firstDay = Math.max(0, today, validFrom === null ? 0 : period.numberOf(validFrom));
  if (validTo === null || validTo > period.lastDay) return { firstDay, lastDay: period.length - 1 };
  return { firstDay, lastDay: validTo < period.firstDay ? -1 : period.numberOf(validTo) };
}

export interface OrderedTurn extends Turn {
  /** Before the cut: these are placed first of all. */
  readonly beforeCut: boolean;
  /** Its share of the script's plays before it, 0..1: the order in which turns take their places. */
  readonly share: number;
}

/**
 * The turns of one area, evenly over each script's own days: play k of n of script s of m stands at (k + (s + ½)/m)/n of them, so that
 * the days are evenly full and the plays of one script evenly apart. Where that would put too few before the cut, what
 * has to be before it is spread evenly before it, and the rest after it.
 */
export function turnsOf(
  scripts: readonly TimedScript[],
  sets: readonly ClusterSet[],
  need: (script: TimedScript, set: ClusterSet) => number,
  ground: PlanningGround,
  period: Period,
): OrderedTurn[] {
  const turns: OrderedTurn[] = [];
  for (const [index, script] of scripts.entries()) {
    const { firstDay, lastDay } = daysOf(script, ground, period);
    const length = lastDay - firstDay + 1;
    const needs = sets.map((set) => need(script, set));
    const plays = needs.reduce((most, count) => Math.max(most, count), 0);
    const cutDay = ground.cut ? Math.min(lastDay + 1, period.numberOf(ground.cut.before)) : lastDay + 1;
    const early = Math.min(ground.cut?.atLeast ?? 0, plays);
    const nearDays = Math.floor(length / plays / 2);
    for (let k = 0; k < plays; k++) {
      const share = (k + (index + 0.5) / scripts.length) / plays;
      const place = besideCut(share, early / plays, Math.max(0, cutDay - firstDay) / length);
      const beforeCut = k < early;
      const last = beforeCut ? cutDay - 1 : lastDay;
      const targetDay = Math.max(firstDay, Math.min(last, firstDay + Math.floor(place * length)));
      const wanting = sets.filter((_, at) => needs[at]! > k);
      turns.push({ script, sets: wanting, firstDay, lastDay: last, targetDay, nearDays, beforeCut, share });
    }
  }
  return turns;
}

/** Bends 0..1 so that the first `early` of the plays fall on the `before` of the days; straight where they do so anyway. */
function besideCut(share: number, early: number, before: number): number {
  if (early <= before) return share;
  if (share < early) return (share * before) / early;
  return before + ((share - early) * (1 - before)) / (1 - early);
}

/** What has the fewest days chooses first; else as they follow one another in time. */
export function byUrgency(a: OrderedTurn, b: OrderedTurn): number {
  return (
    a.lastDay - a.firstDay - (b.lastDay - b.firstDay) ||
    a.share - b.share ||
    (a.script.itemId < b.script.itemId ? -1 : a.script.itemId > b.script.itemId ? 1 : 0)
  );
}
