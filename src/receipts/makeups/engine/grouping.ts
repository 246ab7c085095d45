import type { MissingCell } from './missing.js';

/** Item × hamlet. */
export const cellKey = (itemId: string, hamletId: string): string => `${itemId} ${hamletId}`;

/** A cell with the plays that are to be proposed for it. */
export interface WantedCell {
  readonly itemId: string;
  readonly hamletId: string;
  /** Of its cluster that owes most. */
  readonly plays: number;
  /** Cluster → plays that it owes. */
  readonly clusters: ReadonlyMap<string, number>;
}

export interface Wanted {
  readonly cells: readonly WantedCell[];
  /** Missing only if what is *unknown* by now never turns out to be complete: not proposed unasked. */
  readonly unknown: readonly MissingCell[];
  /** Make-up plays that are still to come cover all that they want. */
  readonly pending: readonly MissingCell[];
  readonly withoutCluster: readonly MissingCell[];
  readonly atTransmitter: readonly MissingCell[];
}

/**
 * Sorts what is missing by what can be done about it.
 * @param pendingOf make-up plays of a cell that are still to come, by `cellKey`
 * @param withUnknown does the user ask for *unknown* ones too?
 */
export function wantedOf(
  missing: readonly MissingCell[],
  pendingOf: ReadonlyMap<string, number>,
  withUnknown: boolean,
): Wanted {
  const wanted = {
    cells: [] as WantedCell[],
    unknown: [] as MissingCell[],
    pending: [] as MissingCell[],
    withoutCluster: [] as MissingCell[],
    atTransmitter: [] as MissingCell[],
  };
  for (const cell of missing) {
    if (cell.atTransmitter) wanted.atTransmitter.push(cell);
    else if (cell.clusters.length === 0) wanted.withoutCluster.push(cell);
    else {
      const pending = pendingOf.get(cellKey(cell.itemId, cell.hamletId)) ?? 0;
      const sure = stillOwed(cell, pending, false);
      const all = stillOwed(cell, pending, true);
      const asked = withUnknown ? all : sure;
      if (asked.size > 0) wanted.cells.push(wantedCell(cell, asked));
      else if (all.size > 0) wanted.unknown.push(cell);
      else wanted.pending.push(cell);
    }
  }
  return wanted;
}

/**
 * What is left for each cluster behind the make-up plays that come anyway. Devices may have been told of those, and then they are among
 * the *unknown* ones: better one proposed too late than one proposed twice.
 */
function stillOwed({ clusters }: MissingCell, pending: number, withPerhaps: boolean): Map<string, number> {
  const owed = new Map<string, number>();
  for (const { clusterId, plays, perhaps } of clusters) {
    const left = plays + (withPerhaps ? perhaps : 0) - pending;
    if (left > 0) owed.set(clusterId, left);
  }
  return owed;
}

const wantedCell = ({ itemId, hamletId }: MissingCell, clusters: ReadonlyMap<string, number>): WantedCell => ({
  ...{ itemId, hamletId, clusters },
  plays: Math.max(...clusters.values()),
});

/** A place that the planner found: one play of an item for several hamlets of an area at one moment. */
export interface Place {
  readonly itemId: string;
  readonly startMs: number;
  /** Hamlets for which it counts. */
  readonly serves: readonly string[];
}

/**
 * Aims each place at the clusters that owe the item, and at no other: a hamlet whose second cluster failed does not hear the rest again,
 * and a cluster that hamlets share is named once. Places for which nothing is left are dropped.
 * @param places in the order of their starts
 */
export function aimed<Found extends Place>(
  places: readonly Found[],
  wanted: readonly WantedCell[],
): (Found & { readonly clusterIds: readonly string[] })[] {
  const cells = new Map(wanted.map((cell) => [cellKey(cell.itemId, cell.hamletId), cell]));
  /** Item and cluster → plays placed. */
  const placed = new Map<string, number>();
  /** Cell → plays placed. */
  const served = new Map<string, number>();
  return places.flatMap((place) => {
    const clusterIds = new Set<string>();
    const serves: string[] = [];
    for (const hamletId of place.serves) {
      const key = cellKey(place.itemId, hamletId);
      const turn = served.get(key) ?? 0;
      served.set(key, turn + 1);
      const owing = [...(cells.get(key)?.clusters ?? [])].filter(([, plays]) => plays > turn);
      // A neighbour who shares the cluster may have had it play already.
      const open = owing.filter(([id, plays]) => (placed.get(`${place.itemId} ${id}`) ?? 0) < plays);
      if (owing.length > 0) serves.push(hamletId);
      for (const [id] of open) clusterIds.add(id);
    }
    if (clusterIds.size === 0) return [];
    for (const id of clusterIds) placed.set(`${place.itemId} ${id}`, (placed.get(`${place.itemId} ${id}`) ?? 0) + 1);
    return [{ ...place, serves, clusterIds: [...clusterIds].sort() }];
  });
}

/** How many of the cells will be complete once these are played; `before`: with what is played on local days before that one only. */
export function completedBy(
  wanted: readonly WantedCell[],
  places: readonly (Place & { readonly day: string })[],
  before: string | null,
): number {
  const played = new Map<string, number>();
  for (const { itemId, serves, day } of places)
    if (before === null || day < before)
      for (const hamletId of serves) {
        const key = cellKey(itemId, hamletId);
        played.set(key, (played.get(key) ?? 0) + 1);
      }
  return wanted.filter(({ itemId, hamletId, plays }) => (played.get(cellKey(itemId, hamletId)) ?? 0) >= plays).length;
}
