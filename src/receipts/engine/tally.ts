import type { Outcome } from '../../../devices/protocol/index.js';
import { dayAfter, type Period } from './epochs.js';
import { type Evidence, outcomeBy } from './outcome.js';

/** What a play adds to, of the item, cluster and local day that it belongs to. `sensed` is not counted in `completed` too. */
export const TALLY_KINDS = ['unknown', 'notPlayed', 'partial', 'completed', 'sensed'] as const;
export type TallyKind = (typeof TALLY_KINDS)[number];

interface Place {
  readonly itemId: string;
  readonly clusterId: string;
  /** Local day, YYYY-MM-DD. */
  readonly day: string;
}

/** What a device was told, as it is told by now. */
export interface Told extends Place {
  readonly withdrawn: boolean;
}

/** What its one final receipt says, of what the device was told then. */
export interface Said extends Place {
  readonly outcome: Outcome;
  /** Null: stored sound. */
  readonly relayHeardMs: number | null;
  /** Null: the device cannot tell. */
  readonly sensed: boolean | null;
  /** Its key was revoked for a time in which it was signed. */
  readonly doubted: boolean;
}

export interface Contribution extends Place {
  readonly kind: TallyKind;
}

/**
 * What one play counts as. What was heard counts for what was heard, on the day when it was told, also where the plan has changed since;
 * what is planned by now and was not heard is unknown or not played. Never more than one of each.
 */
export function contributionsOf(told: Told | null, said: Said | null): Contribution[] {
  const heard = said ? kindOf({ plan: 'none', said, content: 'same' }) : null;
  const found: Contribution[] = said && heard ? [{ ...placeOf(said), kind: heard }] : [];
  if (told) {
    const isSame = said === null || said.itemId === told.itemId;
    if (!(heard && isSame)) {
      const plan = told.withdrawn ? 'withdrawn' : 'standing';
      const missing = kindOf({ plan, said, content: isSame ? 'same' : 'other' });
      if (missing) found.push({ ...placeOf(told), kind: missing });
    }
  }
  return found;
}

const placeOf = ({ itemId, clusterId, day }: Place): Place => ({ itemId, clusterId, day });

interface Grounds extends Pick<Evidence, 'plan' | 'content'> {
  readonly said: Pick<Said, 'outcome' | 'relayHeardMs' | 'sensed' | 'doubted'> | null;
}

/** Transmitters are told apart when reading: a tally says what was played at the cluster, not how far that reached. */
export function evidenceOf({ plan, said, content }: Grounds): Evidence {
  const isSounded = said !== null && said.outcome !== 'notPlayed';
  return {
    ...{ plan, content, told: 'sent', hamlet: 'notAsked', reach: 'horn' },
    stated: said?.outcome ?? 'none',
    sounded: isSounded,
    key: said?.doubted ? 'doubted' : 'trusted',
    source: said !== null && said.relayHeardMs !== null ? 'relay' : 'stored',
    line: said === null || said.sensed === null ? 'notSensed' : said.sensed ? 'signal' : 'silent',
  };
}

/** What an outcome proves of the item that it states, where it was to be heard; null stays unknown. */
export function provenOutcome(
  said: Pick<Said, 'relayHeardMs' | 'sensed'> & { readonly outcome: Outcome | null },
  { reach, content }: Pick<Evidence, 'reach' | 'content'>,
): Outcome | null {
  if (said.outcome === null) return null;
  const known = { ...said, outcome: said.outcome, doubted: false };
  const { outcome } = outcomeBy({ ...evidenceOf({ plan: 'standing', said: known, content }), reach });
  return outcome === 'unknown' ? null : outcome;
}

const kinds = new Map<string, TallyKind | null>();

/** The rules are asked once for each case there is: a backlog asks for a few of them, thousands of times a second. */
function kindOf(known: Grounds): TallyKind | null {
  const { plan, content, said } = known;
  const stated = said && `${said.outcome} ${said.relayHeardMs !== null} ${said.sensed} ${said.doubted}`;
  const name = `${plan} ${content} ${stated}`;
  const before = kinds.get(name);
  if (before !== undefined) return before;
  const { outcome, grade } = outcomeBy(evidenceOf(known));
  const kind = outcome !== 'complete' ? outcome : grade === 'sensed' ? 'sensed' : 'completed';
  kinds.set(name, kind);
  return kind;
}

/** A span of local days that is counted together: a day, a month, or all of an item's life at a cluster. */
export const LIFE = 'life';
export const spansOf = (day: string): readonly string[] => [day, day.slice(0, 7), LIFE];

/** One row of the tallies, or what is added to one. */
export interface Tally extends Readonly<Record<TallyKind, number>> {
  readonly itemId: string;
  readonly clusterId: string;
  /** `2026-01-05`, `2026-01` or `life`. */
  readonly span: string;
  /** Of what was ever counted here: never narrower than what is. */
  readonly firstDay: string;
  readonly lastDay: string;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Differences to the tallies, gathered over a transaction and written once, in one order everywhere. */
export class TallyChanges {
  readonly #rows = new Map<string, Mutable<Tally>>();

  /** A play that counted so counts thus from now on. */
  change(before: readonly Contribution[], after: readonly Contribution[]): void {
    for (const each of before) this.#count(each, -1);
    for (const each of after) this.#count(each, 1);
  }

  #count({ itemId, clusterId, day, kind }: Contribution, by: number): void {
    for (const span of spansOf(day)) {
      const key = `${clusterId} ${itemId} ${span}`;
      const row = this.#rows.get(key);
      if (!row) {
        const zero = { unknown: 0, notPlayed: 0, partial: 0, completed: 0, sensed: 0 };
        this.#rows.set(key, { itemId, clusterId, span, ...zero, firstDay: day, lastDay: day, [kind]: by });
        continue;
      }
      row[kind] += by;
      if (day < row.firstDay) row.firstDay = day;
      if (day > row.lastDay) row.lastDay = day;
    }
  }

  /** In one order, so that two writers wait for each other and never cross; side by side what the receipts of one device change together. */
  rows(): readonly Tally[] {
    return [...this.#rows]
      .filter(([, row]) => TALLY_KINDS.some((kind) => row[kind] !== 0))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row);
  }
}

/** The spans that make up a period: whole months, and the days at its ends. */
export function spansWithin({ from, to }: Period): string[] {
  const spans: string[] = [];
  for (let day = from; day <= to; ) {
    const month = day.slice(0, 7);
    const end = lastOf(month);
    if (day.endsWith('-01') && end <= to) {
      spans.push(month);
      day = dayAfter(end);
    } else {
      spans.push(day);
      day = dayAfter(day);
    }
  }
  return spans;
}

const lastOf = (month: string): string => {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
};
