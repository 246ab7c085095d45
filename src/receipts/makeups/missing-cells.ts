import type { EntityManager } from 'typeorm';
import { actorFrom } from '../../accounts/index.js';
import type { ClusterService } from '../../fleet/index.js';
import type { PlanService } from '../../plans/index.js';
import type { Clock } from '../../platform/clock/index.js';
import { DEFAULT_ZONE, localDayOf } from '../../scheduling/index.js';
import type { Counts } from '../engine/cells.js';
import type { CoverageService } from '../matrix/coverage.service.js';
import { talliesWithin } from '../tallies/tally.queries.js';
import { type MissingCell, missingOf, type ServingCluster } from './engine/missing.js';

/** What keeps the cells of a line from being complete. */
export interface MissingOfLine {
  readonly items: readonly { readonly id: string; readonly title: string }[];
  readonly hamlets: readonly { readonly id: string; readonly name: string; readonly communeName: string }[];
  readonly cells: readonly MissingCell[];
}

/** Rights are the caller's to check. Of a line that does not exist: `plan.unknown`. */
export type MissingCells = (reader: EntityManager, lineId: string) => Promise<MissingOfLine>;

/** Under this name whoever computes coverage gives what is missing of it. */
export const MISSING_CELLS = Symbol('MissingCells');

/** From the matrix of the line and the tallies behind it, by the line's rule and the clusters that serve its hamlets today. */
export function missingFromCoverage(
  coverage: CoverageService,
  plans: PlanService,
  clusters: ClusterService,
  clock: Clock,
): MissingCells {
  const everybody = actorFrom({ id: 'vang', name: 'Vang' }, [{ role: 'monitor', areaPath: '/' }]);
  return async (reader, lineId) => {
    const { items, hamlets, period } = await coverage.ofLine(everybody, lineId);
    const found = await plans.lineOf(reader, lineId);
    if (!found) return { items: [], hamlets: [], cells: [] };
    const today = localDayOf(clock.nowMs(), DEFAULT_ZONE);
    const serving = new Map<string, ServingCluster[]>();
    for (const { hamletId, clusterId, kind, reach, validFrom, validTo } of await clusters.hamletLinks(reader))
      if (kind === 'loudspeakers' && validFrom <= today && (validTo === null || validTo >= today))
        serving.set(hamletId, [...(serving.get(hamletId) ?? []), { clusterId, reach }]);
    const itemIds = items.map(({ id }) => id);
    const clusterIds = [...new Set([...serving.values()].flat().map(({ clusterId }) => clusterId))];
    const countsOf = new Map(itemIds.map((id) => [id, new Map<string, Counts>()]));
    for (const tally of await talliesWithin(reader, itemIds, clusterIds, period))
      countsOf.get(tally.itemId)?.set(tally.clusterId, tally);
    const cells = items.flatMap(({ id: itemId }) =>
      hamlets.flatMap(({ id: hamletId }) => {
        const plays = countsOf.get(itemId) ?? new Map<string, Counts>();
        return missingOf({ itemId, hamletId }, serving.get(hamletId) ?? [], plays, found.line) ?? [];
      }),
    );
    return {
      items: items.map(({ id, title }) => ({ id, title })),
      hamlets: hamlets.map(({ id, name, communeName }) => ({ id, name, communeName })),
      cells,
    };
  };
}
