import type { ScheduleEntry } from '../model.js';
import { type Interval, nextFree } from '../planner/index.js';
import { DAY_MS, textOfWall } from '../time/index.js';
import type { Plan } from '../timeline/index.js';
import { shelfOf, stepsOf } from '../timeline/running-order.js';
import { timeKeyOf } from '../why/occurrence.js';
import type { Ground } from './ground.js';
import { type SolutionData } from './solutions.js';
import { occurrenceOf, type Trial } from './trial.js';

const SECOND_MS = 1_000;

/** Finds times for single occurrences; each place that it names has been tried out. */
export class Places {
  constructor(
    private readonly ground: Ground,
    private readonly trial: Trial,
  ) {}

  /** Phát thay thế: it is cancelled. */
  without(occurrence: string, entry: ScheduleEntry, isGone: (plan: Plan) => boolean): SolutionData[] {
    const original = this.#changeable(occurrence, entry);
    if (original === null || !this.trial.works(entry, { original, to: null }, isGone)) return [];
    return [{ kind: 'replace', cancel: { entryId: entry.id, occurrence, original } }];
  }

  /** Phát nối tiếp: right behind `afterMs`. */
  behind(occurrence: string, entry: ScheduleEntry, afterMs: number, isGone: (plan: Plan) => boolean): SolutionData[] {
    const startMs = Math.ceil(afterMs / SECOND_MS) * SECOND_MS;
    return this.#at('append', occurrence, entry, startMs, isGone);
  }

  /** The next free place: the same day if there is one, else the days after within the span. */
  elsewhere(occurrence: string, entry: ScheduleEntry, isGone: (plan: Plan) => boolean): SolutionData[] {
    if (entry.place) return [];
    const { nowMs, settings } = this.ground.question;
    const plannedMs = this.ground.startOf(entry, occurrence);
    const hearers = this.ground.hearersOf(entry);
    const durationMs = this.#lengthOf(occurrence, entry, plannedMs, hearers);
    const busy = this.ground.plansOf(entry).map((plan) => this.#busyIn(plan, occurrence));
    let fromMs = Math.max(plannedMs, nowMs, settings.span.fromMs);
    while (durationMs > 0 && fromMs < settings.span.untilMs) {
      const { untilMs, allowed } = this.#dayAt(fromMs, hearers);
      const place = nextFree({ busy, allowed, durationMs, gapMs: 0, fromMs, untilMs });
      const found = place === null || place === plannedMs ? [] : this.#at('move', occurrence, entry, place, isGone);
      if (found.length > 0) return found;
      fromMs = untilMs;
    }
    return [];
  }

  #at(
    kind: 'append' | 'move',
    occurrence: string,
    entry: ScheduleEntry,
    startMs: number,
    isGone: (plan: Plan) => boolean,
  ): SolutionData[] {
    const { nowMs, settings } = this.ground.question;
    const original = this.#changeable(occurrence, entry);
    if (original === null || entry.place || startMs < nowMs || startMs >= settings.span.untilMs) return [];
    const { calendar } = this.ground;
    const wall = calendar.wallAt(startMs, entry.zone);
    // Of a time that clocks show twice only the first can be named.
    if (calendar.startOf(wall, entry.zone).startMs !== startMs) return [];
    const to = textOfWall(wall);
    // Whatever the change does, it must still play, all of it inside what was looked at.
    const plays = (plan: Plan) =>
      isGone(plan) && !plan.gaps.some((gap) => gap.occurrence === occurrence && gap.part === null);
    if (!this.trial.works(entry, { original, to }, plays)) return [];
    return [{ kind, entryId: entry.id, occurrence, original, to }];
  }

  /** Local original of an occurrence that is still to come and that the asker may change. */
  #changeable(occurrence: string, entry: ScheduleEntry): string | null {
    const { question } = this.ground;
    if (!this.ground.mayChange(entry) || this.ground.startOf(entry, occurrence) < question.nowMs) return null;
    return this.ground.originalOf(entry, occurrence);
  }

  /** From its start to the end of all that has its time from it, where that is longest. */
  #lengthOf(occurrence: string, entry: ScheduleEntry, startMs: number, hearers: readonly string[]): number {
    const shelf = shelfOf(this.ground.question.settings.items);
    return hearers.reduce((longest, id) => {
      const listener = this.ground.listenerOf.get(id);
      const steps = listener ? stepsOf(entry, shelf, listener) : [];
      const ownMs = steps.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
      const ends = this.ground.board
        .planOf(id)
        .slices.flatMap((slice) => (this.#goesWith(slice.occurrence, occurrence) ? [slice.endMs - startMs] : []));
      return Math.max(longest, ownMs, ...ends);
    }, 0);
  }

  #busyIn({ slices }: Plan, occurrence: string): Interval[] {
    return slices.flatMap((slice) =>
      this.#goesWith(slice.occurrence, occurrence) ? [] : [{ fromMs: slice.startMs, untilMs: slice.endMs }],
    );
  }

  /** Whether an occurrence is the other, or has its time from it. */
  #goesWith(occurrence: string, other: string): boolean {
    if (occurrence === other) return true;
    if (timeKeyOf(occurrence) !== timeKeyOf(other)) return false;
    const entry = this.ground.entryOf.get(occurrence.slice(0, occurrence.lastIndexOf('-')));
    return entry?.place != null && `${this.ground.rootOf(entry).id}-${timeKeyOf(occurrence)}` === other;
  }

  /** The rest of a local day, and what the rules leave of it at each place. */
  #dayAt(fromMs: number, hearers: readonly string[]): { readonly untilMs: number; readonly allowed: Interval[][] } {
    const { rules, zone, span } = this.ground.question.settings;
    const { calendar } = this.ground;
    const day = calendar.dayAt(fromMs, zone);
    const dayEndMs = calendar.startOf((day + 1) * (DAY_MS / 1_000), zone).startMs;
    const untilMs = Math.min(dayEndMs, span.untilMs);
    if (!rules) return { untilMs, allowed: [] };
    const { days, onDay } = rules.inZone(zone);
    const paths = new Set(
      hearers.flatMap((id) => {
        const listener = this.ground.listenerOf.get(id);
        // Rules are for loudspeakers.
        return listener?.kind === 'loudspeakers' ? [listener.areaPath] : [];
      }),
    );
    const allowed = [...paths].map((path) => {
      const { allowed: windows, blackouts, ...whole } = onDay(path, days.numberAt(fromMs));
      return blackouts.reduce<Interval[]>(
        (left, { value }) => left.flatMap((piece) => outside(piece, value)),
        [...(windows ?? [whole])],
      );
    });
    return { untilMs, allowed };
  }
}

function outside({ fromMs, untilMs }: Interval, taken: Interval): Interval[] {
  return [
    { fromMs, untilMs: Math.min(untilMs, taken.fromMs) },
    { fromMs: Math.max(fromMs, taken.untilMs), untilMs },
  ].filter((piece) => piece.fromMs < piece.untilMs);
}

/** Ends of an occurrence by the plans of some listeners; 0: it sounds nowhere. */
export function endOf(occurrence: string, plans: readonly Plan[]): number {
  return Math.max(
    0,
    ...plans.flatMap(({ slices }) =>
      slices.flatMap((slice) => (occurrenceOf(slice.id) === occurrence ? [slice.endMs] : [])),
    ),
  );
}
