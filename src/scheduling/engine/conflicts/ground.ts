import { type Foresight, foresee } from '../../../../devices/protocol/index.js';
import type { Listener, ScheduleEntry } from '../model.js';
import { entryIdOf } from '../recurrence/index.js';
import { concerns } from '../target.js';
import { Calendar, wallOfText } from '../time/index.js';
import { Board, type BoardSettings, type Plan } from '../timeline/index.js';
import { PlacedDays } from '../timeline/placed-days.js';
import { changeOf, originalOf } from '../why/occurrence.js';

export interface ConflictQuestion {
  /** What the board is made of; its decisions are those that people made so far. */
  readonly settings: BoardSettings & { readonly entries: readonly ScheduleEntry[] };
  /** Made of `settings`, if there is one already; it is not changed. */
  readonly board?: Board;
  /** Whose conflicts are asked for; all, if absent. */
  readonly listenerIds?: readonly string[];
  /** `settings` knows every loudspeaker at or below this area: entries of it that nobody hears are told. */
  readonly areaPath: string;
  readonly nowMs: number;
  /** So long before a clash a person must have decided it. */
  readonly decisionLeadMs?: number;
  /** Entries that the asker may change; solutions touch no others. */
  readonly mayChange?: (entry: ScheduleEntry) => boolean;
  /** Longest list. */
  readonly most?: number;
}

/** What all conflicts of one question are worked out from; each look-up is made once. */
export class Ground {
  readonly board: Board;
  readonly entryOf: ReadonlyMap<string, ScheduleEntry>;
  readonly listenerOf: ReadonlyMap<string, Listener>;
  readonly listenerIds: readonly string[];
  readonly calendar = new Calendar();
  /** By the entry that gives the time. */
  readonly #placedDays = new Map<string, PlacedDays>();
  readonly #foreseen = new Map<Plan, Foresight>();

  constructor(readonly question: ConflictQuestion) {
    const { settings } = question;
    this.board = question.board ?? new Board(settings);
    this.entryOf = new Map(settings.entries.map((entry) => [entry.id, entry]));
    this.listenerOf = new Map([...settings.listeners].map((listener) => [listener.id, listener]));
    this.listenerIds = [...(question.listenerIds ?? this.listenerOf.keys())].sort();
  }

  get zone(): string {
    return this.question.settings.zone;
  }

  /** @param id of an entry or an occurrence */
  readonly titleOf = (id: string): string =>
    (this.entryOf.get(id) ?? this.entryOf.get(entryIdOf(id)))?.title ?? entryIdOf(id);

  foresight(plan: Plan): Foresight {
    const known = this.#foreseen.get(plan) ?? foresee(plan.plays);
    this.#foreseen.set(plan, known);
    return known;
  }

  /** Everybody on the board who is meant by an entry. */
  hearersOf(entry: ScheduleEntry): string[] {
    return [...this.listenerOf.values()].filter((listener) => concerns(entry, listener)).map(({ id }) => id);
  }

  /** Plans of everybody who is meant by an entry; one that several have stands in it once. */
  plansOf(entry: ScheduleEntry): Plan[] {
    return [...new Set(this.hearersOf(entry).map((id) => this.board.planOf(id)))];
  }

  /** The entry whose time it has, through slots and entries that it stands behind. */
  rootOf(entry: ScheduleEntry): ScheduleEntry {
    const seen = new Set<string>();
    let at = entry;
    while (at.place && !seen.has(at.id)) {
      seen.add(at.id);
      at = this.entryOf.get(at.place.entryId) ?? at;
    }
    return at;
  }

  /** When the entry that gives the time begins this occurrence. UTC epoch ms. */
  startOf(entry: ScheduleEntry, occurrence: string): number {
    const root = this.rootOf(entry);
    const wall = changeOf(root, occurrence)?.to ?? originalOf(occurrence);
    return this.calendar.startOf(wallOfText(wall) ?? 0, root.zone).startMs;
  }

  /** Where the entry's own rule has this occurrence, local; null: nothing there can be changed. */
  originalOf(entry: ScheduleEntry, occurrence: string): string | null {
    if (this.rootOf(entry) === entry) return originalOf(occurrence);
    const root = this.rootOf(entry);
    const days = this.#placedDays.get(root.id) ?? new PlacedDays(root, this.calendar);
    this.#placedDays.set(root.id, days);
    const own = days.at(entry, occurrence);
    return own && originalOf(own);
  }

  mayChange(entry: ScheduleEntry): boolean {
    return this.question.mayChange?.(entry) ?? true;
  }
}
