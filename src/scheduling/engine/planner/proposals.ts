import type { PlanningGround, Proposal } from './campaign.js';
import type { ClusterSet } from './cluster-set.js';
import type { Period } from './period.js';
import type { TimedScript } from './placing.js';

interface Draft extends Omit<Proposal, 'clusterIds' | 'hamletIds'> {
  readonly clusterIds: string[];
  readonly hamletIds: string[];
}

/** Gathers placed plays into entries: one for all clusters of an area that play a script at the same moment. */
export class Proposals {
  readonly #drafts = new Map<string, Draft>();
  /** How many clusters stand at or below each commune. */
  readonly #clustersOf: ReadonlyMap<string, number>;

  constructor(
    { hamlets, clusters }: PlanningGround,
    private readonly period: Period,
  ) {
    const counts = new Map(hamlets.map(({ communePath }) => [communePath, 0]));
    for (const { areaPath } of clusters)
      for (let at = areaPath.indexOf('/'); at >= 0; at = areaPath.indexOf('/', at + 1)) {
        const above = areaPath.slice(0, at + 1);
        const count = counts.get(above);
        if (count !== undefined) counts.set(above, count + 1);
      }
    this.#clustersOf = counts;
  }

  add(placed: {
    readonly script: TimedScript;
    readonly areaPath: string;
    readonly served: readonly ClusterSet[];
    readonly day: number;
    readonly startMs: number;
    readonly hamletIds: readonly string[];
  }): void {
    const { script, areaPath, day, startMs } = placed;
    const key = JSON.stringify([script.itemId, areaPath, startMs]);
    const draft: Draft = this.#drafts.get(key) ?? {
      itemId: script.itemId,
      areaPath,
      clusterIds: [],
      day: this.period.days[day]!,
      time: this.period.timeOf(day, startMs),
      startMs,
      endMs: startMs + script.durationMs,
      hamletIds: [],
    };
    this.#drafts.set(key, draft);
    for (const set of placed.served) draft.clusterIds.push(...set.clusterIds);
    draft.hamletIds.push(...placed.hamletIds);
  }

  list(): Proposal[] {
    const proposals = [...this.#drafts.values()].map(({ clusterIds, hamletIds, ...draft }) => ({
      ...draft,
      // Named clusters stay named where the area is above a commune: not every cluster below it is known here.
      clusterIds: clusterIds.length === this.#clustersOf.get(draft.areaPath) ? null : clusterIds.sort(),
      hamletIds: hamletIds.sort(),
    }));
    return proposals.sort(
      (a, b) => a.startMs - b.startMs || order(a.itemId, b.itemId) || order(a.areaPath, b.areaPath),
    );
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
