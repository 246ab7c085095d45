import { type CellRule, type CellState, cellState, clusterState, type PlayFact } from '../../engine/cells.js';

/** What one cluster still owes to a cell. */
export interface OwedByCluster {
  readonly clusterId: string;
  /** Plays that are missing for sure. */
  readonly plays: number;
  /** Further ones that are missing unless plays that are *unknown* by now turn out to be complete. */
  readonly perhaps: number;
}

/** A cell that is not complete. */
export interface MissingCell {
  readonly itemId: string;
  readonly hamletId: string;
  readonly state: Exclude<CellState, 'complete'>;
  /** Those that owe something; where one cluster is enough, the one that owes least. None: the hamlet has no cluster (case 23). */
  readonly clusters: readonly OwedByCluster[];
  /** Only a transmitter serves it, and brought it on the air: no further play completes the cell. */
  readonly atTransmitter: boolean;
}

export interface ServingCluster {
  readonly clusterId: string;
  readonly reach: 'horn' | 'transmitter';
}

/**
 * What a cell still wants of which cluster; null: it is complete.
 * @param facts plays of the item by cluster
 */
export function missingOf(
  cell: { readonly itemId: string; readonly hamletId: string },
  serving: readonly ServingCluster[],
  facts: ReadonlyMap<string, readonly Pick<PlayFact, 'outcome' | 'withdrawn'>[]>,
  rule: CellRule,
): MissingCell | null {
  const factsOf = ({ clusterId }: ServingCluster) => facts.get(clusterId) ?? [];
  const states = serving.map((cluster) => clusterState(factsOf(cluster), rule));
  const state = cellState(states, rule);
  if (state === 'complete' && serving.length > 0) return null;
  const owing = serving
    .map((cluster) => owedBy(cluster, factsOf(cluster), rule))
    .filter(({ plays, perhaps }) => plays + perhaps > 0)
    .sort((x, y) => x.plays - y.plays || x.perhaps - y.perhaps || (x.clusterId < y.clusterId ? -1 : 1));
  const clusters = rule.clusters === 'any' ? owing.slice(0, 1) : owing;
  return {
    ...cell,
    state: state === 'complete' ? 'notPlanned' : state,
    clusters,
    atTransmitter: serving.length > 0 && clusters.length === 0,
  };
}

function owedBy(
  { clusterId, reach }: ServingCluster,
  facts: readonly Pick<PlayFact, 'outcome' | 'withdrawn'>[],
  rule: CellRule,
): OwedByCluster {
  // What a transmitter brought on the air proves a part at most, however often: once is all that can be had there.
  const counts = (fact: Pick<PlayFact, 'outcome'>) =>
    fact.outcome === 'complete' || (reach === 'transmitter' && fact.outcome === 'partial');
  const whole = facts.filter(counts).length;
  const open = facts.filter(({ outcome, withdrawn }) => outcome === null && !withdrawn).length;
  const plays = Math.max(0, rule.plays - whole - open);
  return { clusterId, plays, perhaps: Math.max(0, rule.plays - whole) - plays };
}
