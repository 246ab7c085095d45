import type { EntityManager } from 'typeorm';
import type { AreaService } from '../../areas/index.js';
import type { LibraryService } from '../../library/index.js';
import { newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Problem, type ProblemDetail } from '../../platform/i18n/index.js';
import {
  Calendar,
  type OccurrenceChange,
  placedStartsOf,
  seriesOf,
  spanOfDays,
  splitSeries,
  wallOfText,
} from '../engine/index.js';
import { type Boards, withImagined } from '../preview/boards.js';
import { scheduleProblem } from '../problems.js';
import type { EntryChange } from '../publications/publication.entity.js';
import type { EntryEdit, NewEntry } from './entry.api.js';
import { Entry } from './entry.entity.js';
import { placedAt } from './entry.queries.js';
import { EntryDesk, named, plain } from './entry-desk.js';
import type { KnownRules } from './known-rules.js';

const DAY_MS = 86_400_000;

/** What a change makes of the schedule, not yet stored. */
export interface Prepared {
  readonly changes: readonly EntryChange[];
  /** The entry that goes on. */
  readonly entry: Entry;
  /** The part of it that ended, when its rule changed. */
  readonly ended: Entry | null;
  /** Moved and cancelled occurrences ahead that the new rule has no counterpart for: a person decides. */
  readonly orphans: readonly OccurrenceChange[];
}

/** Judges changes of the schedule and says what they make of it; the publisher stores it. Every method throws a Problem. */
export class EntryChanges {
  readonly #desk: EntryDesk;

  constructor(
    private readonly reader: EntityManager,
    private readonly actor: Actor,
    areas: AreaService,
    library: LibraryService,
    private readonly boards: Boards,
    private readonly nowMs: number,
    private readonly known: KnownRules,
  ) {
    this.#desk = new EntryDesk(reader, actor, areas, library, nowMs, known);
  }

  async make(request: NewEntry): Promise<Prepared> {
    return prepared(null, await this.#desk.entryOf(request));
  }

  /**
   * Changes what is given. A change of rule, zone or place ends the entry at `fromMs` (now, when it is earlier) and goes on with a
   * linked one (invariant 2); everything else changes in place, from now on.
   */
  async edit(id: string, edit: EntryEdit, fromMs = 0): Promise<Prepared> {
    const before = await this.#own(id);
    if (before.cancelledAtMs !== null) throw scheduleProblem('schedule.over');
    const changed = withEdit(before, edit, this.known);
    const area = { path: before.areaPath };
    if (before.slot !== null && changed.slot === null) await this.#demandEmpty(before);
    if (!changesSeries(before, changed))
      return prepared(before, await this.#desk.checked({ ...changed, revision: before.revision + 1 }, area, before));
    const effectiveMs = Math.max(fromMs, this.nowMs);
    const { recurrence, zone, place } = changed;
    const { ended, next, orphans } = splitSeries(before, { id: newId(), recurrence, zone, place }, effectiveMs);
    const going: Entry = {
      ...changed,
      id: next.id,
      recurrence,
      changes: next.changes ?? [],
      createdAtMs: next.createdAtMs,
      followsId: next.previousId,
      createdBy: this.actor.accountId,
      createdByName: this.actor.name,
      revision: 1,
    };
    const entry = await this.#desk.checked(going, area, before, effectiveMs);
    const over: Entry = { ...ended, revision: before.revision + 1 };
    const along = await this.#takeAlong(before.id, entry.id, effectiveMs);
    return {
      changes: [{ before, after: over }, { before: null, after: entry }, ...along.flatMap(({ changes }) => changes)],
      entry,
      ended: over,
      orphans: [...orphans, ...along.flatMap((each) => each.orphans)],
    };
  }

  /** What stands in or behind an entry stands in or behind the one that goes on from it, from the same instant. */
  async #takeAlong(fromId: string, toId: string, effectiveMs: number): Promise<Prepared[]> {
    const along: Prepared[] = [];
    for (const entry of await placedAt(this.reader, fromId)) {
      const { id, place } = entry;
      if (place && !isOver(entry, effectiveMs))
        along.push(await this.edit(id, { place: { ...place, entryId: toId } }, effectiveMs));
    }
    return along;
  }

  /** What stands in a slot would stand in nothing once that is none. */
  async #demandEmpty({ id }: Entry): Promise<void> {
    const placed = await placedAt(this.reader, id);
    if (placed.some((entry) => entry.place?.kind === 'inSlot' && !isOver(entry, this.nowMs)))
      throw scheduleProblem('schedule.slotInUse');
  }

  /** Moves one occurrence, or cancels it (`to` null), or puts it back where the rule has it (`to` = `original`). */
  async occurrence(id: string, { original, to }: OccurrenceChange): Promise<Prepared> {
    const before = await this.#own(id);
    const at = wallOfText(original);
    const [full, fullTo] = [withSeconds(original), to === null ? null : withSeconds(to)];
    if (at === null || !seriesOf(before.recurrence, before.zone).has(at))
      throw scheduleProblem('schedule.noOccurrence');
    const others = before.changes.filter((change) => change.original !== full);
    const known = before.changes.find((change) => change.original === full);
    const changes = fullTo === full ? others : [...others, { original: full, to: fullTo }];
    const changed = { ...before, changes, revision: before.revision + 1 };
    // What has begun is what it was: neither its old place nor its new one may lie in the past.
    const from = known ? known.to : full;
    if (before.place === null) this.#demandAhead(before, full, from, fullTo);
    else {
      await this.#demandPlacedAhead(before, full, from);
      await this.#demandPlacedAhead(changed, full, fullTo);
    }
    return prepared(before, await this.#desk.checked(changed, { path: before.areaPath }, before));
  }

  #demandAhead(entry: Entry, original: string, from: string | null, to: string | null): void {
    for (const start of [from, to])
      if (start !== null && startOf(start, entry.zone) < this.nowMs) throw scheduleProblem('schedule.past');
    // Nothing of an entry sounds before it was made (or goes on from another) or once it has ended: a move there would be lost.
    for (const start of [original, to])
      if (start !== null && !isWithin(entry, startOf(start, entry.zone)))
        throw scheduleProblem('schedule.outsideEntry');
  }

  /** The same for what stands in or behind another: it starts when that comes to it, not when its own rule says. */
  async #demandPlacedAhead(entry: Entry, original: string, at: string | null): Promise<void> {
    if (at === null) return;
    const day = at.slice(0, 10);
    const span = spanOfDays(day, 1, entry.zone);
    const gathered = await this.boards.gather(this.reader, entry.areaPath, span, entry.zone);
    const starts = placedStartsOf(entry, original, day, withImagined(gathered, entry.areaPath));
    // Where nothing is there for it to stand in or behind, its day must not be over.
    const beginsMs = starts.length > 0 ? Math.min(...starts) : span.untilMs - 1;
    if (beginsMs < this.nowMs) throw scheduleProblem('schedule.past');
  }

  /** What has started stays; nothing starts from now on. Cancelled twice is cancelled once. */
  async cancel(id: string): Promise<Prepared> {
    const before = await this.#own(id);
    if (before.cancelledAtMs !== null) return { changes: [], entry: before, ended: null, orphans: [] };
    return prepared(before, { ...before, cancelledAtMs: this.nowMs, revision: before.revision + 1 });
  }

  async #own(id: string): Promise<Entry> {
    const entry = await this.reader.findOneBy(Entry, { id });
    if (!entry || !this.actor.may('schedule.read', entry.areaPath)) throw scheduleProblem('schedule.unknown');
    this.actor.demand('schedule.write', entry.areaPath);
    // Plain, so that what is stored as "before" is what was read.
    return { ...entry, recurrence: this.known.of(entry.recurrence) };
  }
}

const prepared = (before: Entry | null, after: Entry): Prepared => ({
  changes: [{ before, after }],
  entry: after,
  ended: null,
  orphans: [],
});

function withEdit(before: Entry, edit: EntryEdit, known: KnownRules): Entry {
  const given = Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined));
  const changed: Entry = { ...before, ...given };
  return { ...changed, recurrence: known.of(plain(changed.recurrence)), ...named(changed) };
}

/** Works on all, so that a person is told of everything that is wrong at once. @throws Problem `schedule.bulkRefused` */
export async function each<In, Out>(all: readonly In[], name: string, work: (one: In) => Promise<Out>): Promise<Out[]> {
  const done: Out[] = [];
  const errors: ProblemDetail[] = [];
  for (const [index, one] of all.entries()) {
    try {
      done.push(await work(one));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      errors.push({ at: `${name}.${index}`, code: error.code });
    }
  }
  if (errors.length > 0) throw scheduleProblem('schedule.bulkRefused').withErrors(errors);
  return done;
}

const changesSeries = (before: Entry, after: Entry): boolean =>
  JSON.stringify([before.recurrence, before.zone, before.place]) !==
  JSON.stringify([after.recurrence, after.zone, after.place]);

/** @param local with seconds */
const startOf = (local: string, zone: string): number => new Calendar().startOf(wallOfText(local) ?? 0, zone).startMs;

/** Of what stands in or behind another, whose own rule gives the days only: what stands there on its last day may still be to come. */
const isOver = ({ lastStartMs }: Entry, ms: number): boolean => lastStartMs !== null && lastStartMs < ms - DAY_MS;

const isWithin = ({ createdAtMs, cancelledAtMs }: Entry, ms: number): boolean =>
  ms >= createdAtMs && ms < (cancelledAtMs ?? Number.POSITIVE_INFINITY);

const withSeconds = (local: string): string => (local.length === 16 ? `${local}:00` : local);
