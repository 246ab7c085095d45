import type { TallyKind } from './tally.js';

/** State of one cell: item × hamlet under a line's rule. */
export const CELL_STATES = ['complete', 'partial', 'notPlayed', 'unknown', 'notPlanned'] as const;
export type CellState = (typeof CELL_STATES)[number];

/** What a play must prove to count: that it was whole, that the line carried a signal, that a hamlet head heard it. */
export const LEAST_GRADES = ['completed', 'sensed', 'heard'] as const;

export interface CellRule {
  /** Complete plays required of a hamlet. */
  readonly plays: number;
  /** Must every cluster that serves the hamlet play, or is one enough? */
  readonly clusters: 'all' | 'any';
  readonly leastGrade: (typeof LEAST_GRADES)[number];
}
export const DEFAULT_RULE: CellRule = { plays: 1, clusters: 'all', leastGrade: 'completed' };

/** Plays of one item at one cluster, by what they came to. */
export type Counts = Readonly<Record<TallyKind, number>>;

interface Proven {
  readonly complete: number;
  readonly partial: number;
  readonly notPlayed: number;
  readonly unknown: number;
}
const NOTHING: Proven = { complete: 0, partial: 0, notPlayed: 0, unknown: 0 };

/** What of a cluster's plays proves as much as the rule asks. What a transmitter played was brought to it, and completes nothing. */
export function provenOf(
  { unknown, notPlayed, partial, completed, sensed }: Counts,
  { leastGrade }: Pick<CellRule, 'leastGrade'>,
  isTransmitter: boolean,
): Proven {
  const whole = completed + sensed;
  const complete = isTransmitter ? 0 : leastGrade === 'sensed' ? sensed : whole;
  return { complete, partial: partial + whole - complete, notPlayed, unknown };
}

/** A play that is still unknown keeps a cluster unknown, unless it has what is asked without it. */
export function stateOf({ complete, partial, notPlayed, unknown }: Proven, plays: number): CellState {
  if (complete >= plays) return 'complete';
  if (unknown > 0) return 'unknown';
  if (complete + partial > 0) return 'partial';
  return notPlayed > 0 ? 'notPlayed' : 'notPlanned';
}

/** A cluster that a hamlet is linked to on a day. */
export interface Serving {
  readonly hamletId: string;
  readonly clusterId: string;
  readonly kind: 'loudspeakers' | 'board';
  readonly reach: 'horn' | 'transmitter';
}

/** A board is read, not heard: it takes no part in what loudspeakers owe a hamlet. */
export const heardOf = <Link extends Serving>(links: readonly Link[]): Link[] =>
  links.filter(({ kind }) => kind === 'loudspeakers');

/** A span of days in which nothing began or ceased to serve a hamlet. */
export interface Epoch {
  readonly clusterIds: readonly string[];
  /** Of that span, by item and cluster, see `tallyKey`. */
  readonly tallies: ReadonlyMap<string, Counts>;
}
export const tallyKey = (itemId: string, ofId: string): string => `${itemId} ${ofId}`;

export interface Cell {
  readonly state: CellState;
  /** Clusters that have played what is asked, of those that served the hamlet: 2/3 cụm. */
  readonly complete: number;
  readonly of: number;
  /** What each of them has, over all the time for which it served the hamlet. */
  readonly clusters: ReadonlyMap<string, CellState>;
}

export interface CoverageInput {
  readonly itemIds: readonly string[];
  readonly hamletIds: readonly string[];
  /** By hamlet; one that nothing serves has none. */
  readonly epochs: ReadonlyMap<string, readonly Epoch[]>;
  readonly transmitters: ReadonlySet<string>;
  readonly rule: CellRule;
  /** Sessions with an item that a hamlet's head heard clearly, by `tallyKey(item, hamlet)`. */
  readonly heard: ReadonlyMap<string, number>;
}

/** Rows by item, columns by hamlet, in the order given. A hamlet hears several clusters, shares one, or has none (case 23). */
export function matrix({ itemIds, hamletIds, ...input }: CoverageInput): Cell[][] {
  return itemIds.map((itemId) => hamletIds.map((hamletId) => cellOf(itemId, hamletId, input)));
}

function cellOf(
  itemId: string,
  hamletId: string,
  { epochs, transmitters, rule, heard }: Omit<CoverageInput, 'itemIds' | 'hamletIds'>,
): Cell {
  const byCluster = new Map<string, Proven>();
  // A hamlet has heard as many plays as every one of its clusters (or any of them) played while they served it.
  let plays = 0;
  for (const { clusterIds, tallies } of epochs.get(hamletId) ?? []) {
    const played = clusterIds.map((clusterId) => {
      const counts = tallies.get(tallyKey(itemId, clusterId));
      const proven = counts ? provenOf(counts, rule, transmitters.has(clusterId)) : NOTHING;
      byCluster.set(clusterId, sumOf(byCluster.get(clusterId) ?? NOTHING, proven));
      return proven.complete;
    });
    if (played.length > 0) plays += rule.clusters === 'any' ? Math.max(...played) : Math.min(...played);
  }
  const clusters = new Map([...byCluster].map(([id, proven]) => [id, stateOf(proven, rule.plays)]));
  const states = [...clusters.values()];
  const complete = states.filter((state) => state === 'complete').length;
  const enough = rule.leastGrade === 'heard' ? Math.min(plays, heard.get(tallyKey(itemId, hamletId)) ?? 0) : plays;
  return { state: stateAmong(states, enough >= rule.plays), complete, of: states.length, clusters };
}

const sumOf = (a: Proven, b: Proven): Proven => ({
  complete: a.complete + b.complete,
  partial: a.partial + b.partial,
  notPlayed: a.notPlayed + b.notPlayed,
  unknown: a.unknown + b.unknown,
});

/** @param isEnough whether they have together what the rule asks */
export function stateAmong(clusters: readonly CellState[], isEnough: boolean): CellState {
  if (clusters.every((state) => state === 'notPlanned')) return 'notPlanned';
  if (isEnough) return 'complete';
  const has = (state: CellState) => clusters.includes(state);
  if (has('unknown')) return 'unknown';
  return has('complete') || has('partial') ? 'partial' : 'notPlayed';
}

export interface LineProgress {
  readonly required: number;
  readonly reached: number;
  readonly done: boolean;
}

/** Whether a line is done, by its own criterion alone. Case 22: 1,899 of 1,900 is not done. */
export function progressOf(
  criterion: 'produced' | 'playedEveryCommune' | 'playedEveryHamlet',
  target: number,
  produced: number,
  cells: readonly (readonly CellState[])[],
  hamlets: readonly { readonly communeId: string }[],
): LineProgress {
  if (criterion === 'produced') return { required: target, reached: produced, done: produced >= target };
  const communes = [...new Set(hamlets.map((hamlet) => hamlet.communeId))];
  const columns = criterion === 'playedEveryHamlet' ? hamlets.length : communes.length;
  const reached = cells.reduce((sum, row) => {
    const complete = row.map((state, column) => (state === 'complete' ? column : -1)).filter((column) => column >= 0);
    return (
      sum +
      (criterion === 'playedEveryHamlet'
        ? complete.length
        : new Set(complete.map((column) => hamlets[column]?.communeId)).size)
    );
  }, 0);
  // Fewer items than the target leave cells open that do not exist yet.
  const required = Math.max(target, cells.length) * columns;
  return { required, reached, done: required > 0 && reached >= required };
}
