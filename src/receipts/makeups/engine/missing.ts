import { type CellRule, type CellState, type Counts, provenOf, stateAmong, stateOf } from '../../engine/cells.js';

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
 * What a cell still wants of which cluster; null: its clusters have played what is asked.
 * @param plays of the item, counted by cluster
 */
export function missingOf(
  cell: { readonly itemId: string; readonly hamletId: string },
  serving: readonly ServingCluster[],
  plays: ReadonlyMap<string, Counts>,
  rule: CellRule,
): MissingCell | null {
  const countsOf = ({ clusterId }: ServingCluster) => plays.get(clusterId) ?? NONE;
  const states = serving.map((cluster) => {
    const proven = provenOf(countsOf(cluster), rule, cluster.reach === 'transmitter');
    return stateOf(proven, rule.plays);
  });
  const whole = states.filter((state) => state === 'complete').length;
  const isEnough = whole > 0 && (rule.clusters === 'any' || whole === states.length);
  if (isEnough) return null;
  const state = stateAmong(states, isEnough);
  const owing = serving
    .map((cluster) => owedBy(cluster, countsOf(cluster), rule))
    .filter(({ plays, perhaps }) => plays + perhaps > 0)
    .sort((x, y) => x.plays - y.plays || x.perhaps - y.perhaps || (x.clusterId < y.clusterId ? -1 : 1));
  const clusters = rule.clusters === 'any' ? owing.slice(0, 1) : owing;
  return {
    ...cell,
    state: state as MissingCell['state'],
    clusters,
    atTransmitter: serving.length > 0 && clusters.length === 0,
  };
}

const NONE: Counts = { unknown: 0, notPlayed: 0, partial: 0, completed: 0, sensed: 0 };

function owedBy({ clusterId, reach }: ServingCluster, counts: Counts, rule: CellRule): OwedByCluster {
  // What a transmitter brought on the air proves a part at most, however often: once is all that can be had there.
  const { complete, partial, unknown } = provenOf(counts, rule, reach === 'transmitter');
  const whole = reach === 'transmitter' ? complete + partial : complete;
  const plays = Math.max(0, rule.plays - whole - unknown);
  return { clusterId, plays, perhaps: Math.max(0, rule.plays - whole) - plays };
}
