import type { Outcome } from '../../../devices/protocol/index.js';

/** State of one cell: item × hamlet under a line's rule. */
export const CELL_STATES = ['complete', 'partial', 'notPlayed', 'unknown', 'notPlanned'] as const;
export type CellState = (typeof CELL_STATES)[number];

export interface CellRule {
  /** Complete plays required of a cluster. */
  readonly plays: number;
  /** Must every cluster of the hamlet have them, or is one enough? */
  readonly clusters: 'all' | 'any';
}
export const DEFAULT_RULE: CellRule = { plays: 1, clusters: 'all' };

export interface PlayFact {
  readonly clusterId: string;
  readonly itemId: string;
  /** Null: unknown. Silence is never "not played". */
  readonly outcome: Outcome | null;
  readonly withdrawn: boolean;
}

/** One cluster's plays of one item. A withdrawn play counts only if it sounded before the device knew (case 18). */
export function clusterState(facts: readonly Pick<PlayFact, 'outcome' | 'withdrawn'>[], rule: CellRule): CellState {
  const counted = facts.filter((fact) => !fact.withdrawn || fact.outcome === 'complete' || fact.outcome === 'partial');
  if (counted.length === 0) return 'notPlanned';
  if (counted.filter((fact) => fact.outcome === 'complete').length >= rule.plays) return 'complete';
  if (counted.some((fact) => fact.outcome === null)) return 'unknown';
  return counted.some((fact) => fact.outcome !== 'notPlayed') ? 'partial' : 'notPlayed';
}

/** A cluster that a hamlet is linked to on a day. */
export interface Serving {
  readonly hamletId: string;
  readonly clusterId: string;
  readonly kind: 'loudspeakers' | 'board';
  readonly reach: 'horn' | 'transmitter';
}

/**
 * Whom each hamlet hears, and which hamlets hear a transmitter. A board is read, not heard: it takes no part in what loudspeakers owe a
 * hamlet.
 */
export function servedBy(links: readonly Serving[]): {
  readonly clustersOf: ReadonlyMap<string, readonly string[]>;
  readonly byTransmitter: ReadonlySet<string>;
} {
  const heard = links.filter(({ kind }) => kind === 'loudspeakers');
  const clustersOf = new Map<string, string[]>();
  for (const { hamletId, clusterId } of heard)
    clustersOf.set(hamletId, [...(clustersOf.get(hamletId) ?? []), clusterId]);
  const transmitted = heard.filter(({ reach }) => reach === 'transmitter');
  return { clustersOf, byTransmitter: new Set(transmitted.map(({ hamletId }) => hamletId)) };
}

/** A hamlet hears several clusters, shares one, or has none (case 23). */
export function cellState(clusters: readonly CellState[], rule: CellRule): CellState {
  if (clusters.every((state) => state === 'notPlanned')) return 'notPlanned';
  const has = (state: CellState) => clusters.includes(state);
  if (rule.clusters === 'any' ? has('complete') : clusters.every((state) => state === 'complete')) return 'complete';
  if (has('unknown')) return 'unknown';
  return has('complete') || has('partial') ? 'partial' : 'notPlayed';
}

export interface CoverageInput {
  readonly itemIds: readonly string[];
  readonly hamlets: readonly { readonly id: string; readonly communeId: string }[];
  /** Clusters that serve a hamlet, by hamlet. */
  readonly clustersOf: ReadonlyMap<string, readonly string[]>;
  readonly facts: readonly PlayFact[];
  readonly rule: CellRule;
}

/** Rows by item, columns by hamlet, in the order given. */
export function matrix({ itemIds, hamlets, clustersOf, facts, rule }: CoverageInput): CellState[][] {
  const byCell = new Map<string, PlayFact[]>();
  for (const fact of facts) {
    const key = `${fact.itemId} ${fact.clusterId}`;
    const known = byCell.get(key);
    if (known) known.push(fact);
    else byCell.set(key, [fact]);
  }
  return itemIds.map((itemId) =>
    hamlets.map((hamlet) => {
      const states = (clustersOf.get(hamlet.id) ?? []).map((clusterId) =>
        clusterState(byCell.get(`${itemId} ${clusterId}`) ?? [], rule),
      );
      return cellState(states, rule);
    }),
  );
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
