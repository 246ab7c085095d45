import type { EntityManager } from 'typeorm';
import { type Area, type AreaService, isValidIn } from '../../areas/index.js';
import { Cluster, type ClusterService } from '../../fleet/index.js';
import type { LibraryService } from '../../library/index.js';
import type { PlanLine } from '../../plans/index.js';
import { among } from '../../platform/database/index.js';
import {
  type CellRule,
  type CellState,
  type Counts,
  DEFAULT_RULE,
  heardOf,
  progressOf,
  provenOf,
  stateAmong,
  stateOf,
} from '../engine/cells.js';
import { provenOutcome } from '../engine/tally.js';
import { type EvidencePlay, evidencePlays } from '../evidence.queries.js';
import { columnsOf, concernsPlan, type HamletColumn, isRow } from './rows-and-columns.js';

export interface EvidenceOrder {
  readonly line: Pick<PlanLine, 'id' | 'criterion' | 'target' | 'plays' | 'clusters'>;
  readonly planPath: string;
  readonly areaPath: string;
  /** Local days, both included. */
  readonly from: string;
  readonly to: string;
  /** Local day whose links of clusters and hamlets count. */
  readonly linksOf: string;
}

export interface ClusterCell {
  readonly cluster: Cluster;
  readonly state: CellState;
  readonly plays: readonly EvidencePlay[];
}

export interface EvidenceCell {
  readonly item: EvidenceCoverage['items'][number];
  readonly hamlet: EvidenceCoverage['hamlets'][number];
  readonly state: CellState;
  /** None: nothing is heard there. */
  readonly clusters: readonly ClusterCell[];
}

/** Item × hamlet of a line within an area and a period, with every cluster's part. */
export interface EvidenceCoverage {
  readonly items: readonly { readonly id: string; readonly title: string; readonly approvedVersion: number | null }[];
  readonly hamlets: readonly HamletColumn[];
  readonly cells: readonly EvidenceCell[];
  readonly plays: readonly EvidencePlay[];
  readonly rule: CellRule;
  readonly result: { readonly required: number; readonly reached: number; readonly done: boolean };
}

interface Rooms {
  readonly areas: AreaService;
  readonly clusters: ClusterService;
  readonly library: LibraryService;
}

/** Rights are the caller's to check. The same rules as the coverage of a line (`engine/cells.ts`), over fewer days and hamlets. */
export async function evidenceCoverage(
  reader: EntityManager,
  { areas, clusters, library }: Rooms,
  order: EvidenceOrder,
): Promise<EvidenceCoverage> {
  const { line, planPath, areaPath, from, to, linksOf } = order;
  const tagged = (await library.itemsOfLine(reader, line.id)).filter((item) => concernsPlan(item.areaPath, planPath));
  const under = (await areas.under(reader, areaPath)).filter((area) => isValidIn(area, from, to));
  const hamlets = await hamletsOf(reader, areas, under);
  const links = (await clusters.hamletLinks(reader)).filter(
    ({ validFrom, validTo }) => validFrom <= linksOf && (validTo === null || validTo >= linksOf),
  );
  const clustersOf = new Map<string, string[]>();
  for (const { hamletId, clusterId } of heardOf(links))
    clustersOf.set(hamletId, [...(clustersOf.get(hamletId) ?? []), clusterId]);
  // Of plays that were whole: what the line asks beyond that is not in packs yet.
  const rule: CellRule = { ...DEFAULT_RULE, plays: line.plays, clusters: line.clusters };
  const clusterIds = [...new Set(hamlets.flatMap(({ id }) => clustersOf.get(id) ?? []))];
  const places = new Map(
    (
      await reader
        .createQueryBuilder(Cluster, 'cluster')
        .where(...among(reader, 'cluster.id', clusterIds))
        .getMany()
    ).map((cluster) => [cluster.id, cluster]),
  );
  const itemIds = tagged.map(({ id }) => id);
  const plays = await evidencePlays(reader, { itemIds, clusterIds, from, to });
  const onAir = new Set(plays.map(({ itemId }) => itemId));
  const items = tagged.filter((item) => isRow(item, onAir));
  const byPlace = new Map<string, EvidencePlay[]>();
  for (const play of plays) {
    const known = byPlace.get(keyOf(play));
    if (known) known.push(play);
    else byPlace.set(keyOf(play), [play]);
  }
  const cells = items.flatMap((item) =>
    hamlets.map((hamlet): EvidenceCell => {
      const parts = (clustersOf.get(hamlet.id) ?? []).flatMap((clusterId) => {
        const cluster = places.get(clusterId);
        const own = byPlace.get(`${item.id} ${clusterId}`) ?? [];
        return cluster ? [{ cluster, state: stateAt(own, rule), plays: own }] : [];
      });
      const states = parts.map((part) => part.state);
      const whole = states.filter((each) => each === 'complete').length;
      const state = stateAmong(states, whole > 0 && (rule.clusters === 'any' || whole === states.length));
      return { item, hamlet, state, clusters: parts };
    }),
  );
  const rows = items.map((_, n) => cells.slice(n * hamlets.length, (n + 1) * hamlets.length).map(({ state }) => state));
  const produced = items.filter(({ approvedVersion }) => approvedVersion !== null).length;
  const result = progressOf(line.criterion, line.target, produced, rows, hamlets);
  return { items, hamlets, cells, plays, rule, result };
}

const keyOf = ({ itemId, clusterId }: EvidencePlay): string => `${itemId} ${clusterId}`;

function stateAt(plays: readonly EvidencePlay[], rule: CellRule): CellState {
  const counts: { -readonly [Kind in keyof Counts]: number } = {
    ...{ unknown: 0, notPlayed: 0, partial: 0, completed: 0, sensed: 0 },
  };
  for (const { outcome, withdrawn } of plays.map(provenFact))
    if (outcome === 'complete') counts.completed += 1;
    else if (outcome === 'partial') counts.partial += 1;
    else if (!withdrawn) counts[outcome ?? 'unknown'] += 1;
  return stateOf(provenOf(counts, rule, false), rule.plays);
}

/** What a play proves, weaker than it sounded where nobody verified the rest. */
export const provenFact = ({ reach, withdrawn, ...said }: EvidencePlay) => ({
  outcome: provenOutcome(said, { reach: reach ?? 'horn', content: 'same' }),
  withdrawn,
});

/** The area may itself be a commune or a hamlet: then the commune lies outside it. */
async function hamletsOf(
  reader: EntityManager,
  areas: AreaService,
  under: readonly Area[],
): Promise<EvidenceCoverage['hamlets']> {
  const known = new Map(under.map((area) => [area.id, area]));
  const found: { readonly area: Area; readonly commune: Area }[] = [];
  for (const area of under.filter(({ kind }) => kind === 'hamlet')) {
    const parent =
      area.parentId === null ? null : (known.get(area.parentId) ?? (await areas.byId(reader, area.parentId)));
    if (parent?.kind === 'commune') found.push({ area, commune: parent });
  }
  return columnsOf(found);
}
