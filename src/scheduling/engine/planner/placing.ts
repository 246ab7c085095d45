import type { CampaignScript, PlanningGround, UnplacedReason } from './campaign.js';
import type { ClusterSet } from './cluster-set.js';
import { type FreeTime, firstStart, holds, intersect, startIn } from './free-time.js';
import { type Period, windowMs } from './period.js';

export type TimedScript = CampaignScript & { readonly durationMs: number };

/** One more play of a script for some sets of an area. Days are numbers, both included. */
export interface Turn {
  readonly script: TimedScript;
  readonly sets: readonly ClusterSet[];
  readonly firstDay: number;
  readonly lastDay: number;
  /** Where an even spread puts it. */
  readonly targetDay: number;
  /** Up to how many days away a preferred hour counts more than the even spread. */
  readonly nearDays: number;
}

export interface Placed {
  readonly sets: readonly ClusterSet[];
  readonly day: number;
  readonly startMs: number;
}

/** Where not all can be together, so many days are compared for the place that serves most. */
const DAYS_COMPARED = 8;
/** And so many starts on each. */
const STARTS_COMPARED = 48;

/** Finds places for turns and takes them, one turn after the other. */
export class Placing {
  /** From midnight; the last takes any hour. */
  readonly #windows: readonly { readonly fromMs: number; readonly untilMs: number }[];

  constructor(
    ground: PlanningGround,
    private readonly period: Period,
  ) {
    this.#windows = [...ground.preferences.map(windowMs), { fromMs: 0, untilMs: Number.POSITIVE_INFINITY }];
  }

  /** All at one moment if there is any for all; else in as few moments as it finds. `left`: no place at all. */
  place(turn: Turn): { readonly placed: readonly Placed[]; readonly left: readonly ClusterSet[] } {
    const days = daysAround(turn);
    const near = days.filter((day) => Math.abs(day - turn.targetDay) <= turn.nearDays);
    const far = days.slice(near.length);
    const together = this.#together(turn, near) ?? this.#together(turn, far);
    if (together) return { placed: [this.#take(turn, together)], left: [] };
    const placed: Placed[] = [];
    let left = turn.sets;
    // One set alone has just been looked for on every day.
    while (left.length > 0 && turn.sets.length > 1) {
      const most = this.#most(turn, left, near) ?? this.#most(turn, left, far);
      if (!most) break;
      placed.push(this.#take(turn, most));
      left = left.filter((set) => !most.sets.includes(set));
    }
    return { placed, left };
  }

  /** Why a set has no place for a turn: what would have to give way first. */
  reasonAgainst(turn: Turn, set: ClusterSet): UnplacedReason {
    const { durationMs } = turn.script;
    const reasons = new Set<UnplacedReason>();
    for (let day = turn.firstDay; day <= turn.lastDay; day++) {
      const against = set.against(turn.script, day);
      if (against && this.#startOn(day, set.free(day), durationMs) !== null) reasons.add(against);
      else if (this.#startOn(day, set.allowed(day), durationMs) !== null) reasons.add('noFreePlace');
    }
    const first = (['dayLimit', 'tooFewDays', 'noFreePlace'] as const).find((reason) => reasons.has(reason));
    return first ?? 'rulesLeaveNoTime';
  }

  #together(turn: Turn, days: readonly number[]): Placed | null {
    const common = new Map<number, FreeTime>();
    for (const window of this.#windows)
      for (const day of days) {
        const free = common.get(day) ?? commonTime(turn, day);
        common.set(day, free);
        const startMs = this.#startOn(day, free, turn.script.durationMs, window);
        if (startMs !== null) return { sets: turn.sets, day, startMs };
      }
    return null;
  }

  #most(turn: Turn, sets: readonly ClusterSet[], days: readonly number[]): Placed | null {
    for (const window of this.#windows) {
      let best: Placed | null = null;
      let compared = 0;
      for (const day of days) {
        const found = this.#mostOn(day, turn.script, sets, window);
        if (!found) continue;
        if (found.sets.length > (best?.sets.length ?? 0)) best = found;
        if (found.sets.length === sets.length || ++compared === DAYS_COMPARED) break;
      }
      if (best) return best;
    }
    return null;
  }

  #mostOn(
    day: number,
    script: TimedScript,
    sets: readonly ClusterSet[],
    window: { readonly fromMs: number; readonly untilMs: number },
  ): Placed | null {
    const { durationMs } = script;
    const able = sets.filter((set) => set.against(script, day) === null);
    const free = able.map((set) => intersect(set.free(day), this.#hours(day, window)));
    const starts = new Set<number>();
    for (const time of free)
      for (let i = 0; i < time.length; i += 2) {
        const start = startIn(time[i]!, time[i + 1]!, durationMs);
        if (start !== null && start < this.period.startMs(day + 1)) starts.add(start);
      }
    let best: Placed | null = null;
    for (const startMs of [...starts].sort((a, b) => a - b).slice(0, STARTS_COMPARED)) {
      const served = able.filter((_, index) => holds(free[index]!, startMs, startMs + durationMs));
      if (served.length > (best?.sets.length ?? 0)) best = { sets: served, day, startMs };
    }
    return best;
  }

  #startOn(day: number, free: FreeTime, durationMs: number, window = this.#windows.at(-1)!): number | null {
    if (free.length === 0) return null;
    const startMs = firstStart(intersect(free, this.#hours(day, window)), durationMs);
    // What runs over midnight belongs to the day of its start (case 3).
    return startMs !== null && startMs < this.period.startMs(day + 1) ? startMs : null;
  }

  #hours(day: number, window: { readonly fromMs: number; readonly untilMs: number }): FreeTime {
    const midnightMs = this.period.startMs(day);
    return [midnightMs + window.fromMs, midnightMs + window.untilMs];
  }

  #take(turn: Turn, placed: Placed): Placed {
    const { itemId, durationMs } = turn.script;
    for (const set of placed.sets) set.take(itemId, placed.day, placed.startMs, placed.startMs + durationMs);
    return placed;
  }
}

function commonTime(turn: Turn, day: number): FreeTime {
  let common: FreeTime | null = null;
  for (const set of turn.sets) {
    if (set.against(turn.script, day) !== null) return [];
    common = common === null ? set.free(day) : intersect(common, set.free(day));
    if (common.length === 0) return common;
  }
  return common ?? [];
}

/** The nearest to the target first; of two equally near ones the earlier. */
function daysAround({ firstDay, lastDay, targetDay }: Turn): number[] {
  const days: number[] = [];
  for (let away = 0; days.length < lastDay - firstDay + 1; away++) {
    if (targetDay - away >= firstDay) days.push(targetDay - away);
    if (away > 0 && targetDay + away <= lastDay) days.push(targetDay + away);
  }
  return days;
}
