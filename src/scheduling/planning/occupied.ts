import type { Database } from '../../platform/database/index.js';
import {
  addDays,
  Board,
  type BoardSettings,
  dayOfText,
  type ExistingPlay,
  type Listener,
  spanOfDays,
} from '../engine/index.js';
import type { Boards } from '../preview/boards.js';
import { MOST_LISTENER_DAYS } from '../preview/bounds.js';
import { scheduleProblem } from '../problems.js';

/** Days that are worked out at once. */
const SLICE_DAYS = 31;
/** Of stretches, for all clusters together: some 100 MB. */
const MOST_STRETCHES = 2_000_000;

export interface Occupied {
  /** Loudspeakers at or below the area, as on the first day. */
  readonly listeners: readonly Listener[];
  /** Of all years that the period touches. */
  readonly rules: NonNullable<BoardSettings['rules']> | null;
  readonly busy: (clusterId: string) => readonly ExistingPlay[];
}

interface Question {
  /** Path. */
  readonly area: string;
  /** Local days, both included. */
  readonly from: string;
  readonly until: string;
  readonly zone: string;
  /** Group of language versions → the items of it that are planned: hearing one version is hearing the script. */
  readonly planned: ReadonlyMap<string, readonly string[]>;
}

/**
 * What everybody at or below an area plays already, from the same boards that devices are told by (invariant 3): a few days at a time, so
 * that a year of a province is never in memory as plays. What is not planned anew is only kept as time that is taken. The day before
 * and the day after count too: a play may run over midnight.
 */
export async function occupiedIn(database: Database, boards: Boards, question: Question): Promise<Occupied> {
  const { area, zone, planned } = question;
  const taken = new Map<string, ExistingPlay[]>();
  const last = addDays(question.until, 1);
  let first: { readonly listeners: readonly Listener[]; readonly rules: Occupied['rules'] } | null = null;
  let stretches = 0;
  for (let day = addDays(question.from, -1); day <= last; ) {
    const days = day < question.from ? 1 : Math.min(daysAtOnce(first?.listeners.length), daysFrom(day, last));
    const span = spanOfDays(day, days, zone);
    const gathered = await database.read((reader) => boards.gather(reader, area, span, zone));
    if (day >= question.from)
      first ??= { listeners: loudspeakersOf(gathered.listeners), rules: gathered.rules ?? null };
    const board = new Board(gathered);
    const itemsOf = (play: { readonly item: { readonly id: string } } | null) =>
      planned.get(gathered.items.get(play?.item.id ?? '')?.groupId ?? '') ?? NO_ITEMS;
    for (const { id } of gathered.listeners) {
      const own = taken.get(id) ?? [];
      taken.set(id, own);
      const before = own.length;
      for (const { startMs, endMs, play } of board.planOf(id).slices)
        for (const itemId of itemsOf(play)) add(own, { fromMs: startMs, untilMs: endMs, itemId });
      stretches += own.length - before;
      if (stretches > MOST_STRETCHES) throw scheduleProblem('planning.tooLarge');
    }
    day = addDays(day, days);
  }
  return { listeners: first?.listeners ?? [], rules: first?.rules ?? null, busy: (id) => taken.get(id) ?? [] };
}

/** Scripts are heard: a board is no place for one. */
const loudspeakersOf = (listeners: readonly Listener[]) => listeners.filter(({ kind }) => kind === 'loudspeakers');

/** @param listeners not known yet: as if it were many communes */
function daysAtOnce(listeners = 3_000): number {
  return Math.max(1, Math.min(SLICE_DAYS, Math.floor(MOST_LISTENER_DAYS / Math.max(1, listeners))));
}

/** Both included. */
const daysFrom = (day: string, last: string): number => (dayOfText(last) ?? 0) - (dayOfText(day) ?? 0) + 1;

const NO_ITEMS: readonly (string | null)[] = [null];

/** By start; what is of no planned item and touches the one before is one stretch with it. */
function add(own: ExistingPlay[], play: ExistingPlay): void {
  const last = own.at(-1);
  if (last && last.itemId === null && play.itemId === null && play.fromMs <= last.untilMs)
    own[own.length - 1] = { ...last, untilMs: Math.max(last.untilMs, play.untilMs) };
  else own.push(play);
}
