import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Area, AreaService, isValidIn } from '../../areas/index.js';
import { ClusterService } from '../../fleet/index.js';
import { LibraryService } from '../../library/index.js';
import { PlanService } from '../../plans/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { heardBy } from '../confirmations/confirmation.queries.js';
import { declaredFor } from '../declared/declared.queries.js';
import {
  CELL_STATES,
  type CellRule,
  type CellState,
  type Counts,
  heardOf,
  matrix,
  progressOf,
  tallyKey,
} from '../engine/cells.js';
import { epochsOf, type Period } from '../engine/epochs.js';
import { TALLY_KINDS } from '../engine/tally.js';
import { receiptProblem } from '../problems.js';
import { talliesWithin } from '../tallies/tally.queries.js';
import type { CoverageQuery, CoverageView } from './coverage.api.js';
import { columnsOf, concernsPlan, type HamletColumn, isRow } from './rows-and-columns.js';

const MISSING_NAMED = 50;

@Injectable()
export class CoverageService {
  constructor(
    private readonly database: Database,
    private readonly plans: PlanService,
    private readonly library: LibraryService,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
  ) {}

  /** The matrix of a plan line: item × hamlet of the plan's area, under the line's criterion and rule. */
  async ofLine(actor: Actor, lineId: string, asked: CoverageQuery = {}): Promise<CoverageView> {
    return this.database.read(async (reader) => {
      const { plan, line } = await this.plans.line(reader, actor, 'coverage.read', lineId);
      const period = { from: asked.from ?? plan.periodFrom, to: asked.to ?? plan.periodTo };
      if (period.to < period.from) throw receiptProblem('coverage.periodWrong');
      const { plays, clusters } = line;
      const rule: CellRule = { plays, clusters, leastGrade: asked.leastGrade ?? line.leastGrade };
      const languages = asked.languages ?? line.languages;
      const tagged = (await this.library.itemsOfLine(reader, line.id)).filter(
        (item) => concernsPlan(item.areaPath, plan.areaPath) && (languages?.includes(item.language) ?? true),
      );
      const borders = asked.borders ? { from: asked.borders, to: asked.borders } : period;
      const areas = (await this.areas.under(reader, plan.areaPath)).filter((area) =>
        isValidIn(area, borders.from, borders.to),
      );
      const columns = hamletsAmong(areas);
      const ids = tagged.map((item) => item.id);
      const ground = await this.#ground(reader, ids, columns, period);
      const items = tagged.filter((item) => isRow(item, ground.onAir));
      const declared = await this.#declared(reader, items, columns, period);
      const matrixOf = matrix({
        itemIds: items.map((item) => item.id),
        hamletIds: columns.map((hamlet) => hamlet.id),
        ...ground,
        rule,
        heard: rule.leastGrade === 'heard' ? await this.#heard(reader, columns, period) : NOBODY_ASKED,
      });
      const cells = matrixOf.map((row) => row.map(({ state }) => state));
      const hamlets = columns.map((hamlet) => ({
        ...hamlet,
        clusters: ground.clustersOf(hamlet.id).length,
        byTransmitter: ground.clustersOf(hamlet.id).some((clusterId) => ground.transmitters.has(clusterId)),
      }));
      const produced = items.filter((item) => item.approvedVersion !== null).length;
      const progress = progressOf(line.criterion, line.target, produced, cells, hamlets);
      return {
        line: { id: line.id, title: line.title, criterion: line.criterion, target: line.target, unit: line.unit },
        plan: {
          number: plan.number,
          title: plan.title,
          periodFrom: plan.periodFrom,
          periodTo: plan.periodTo,
          note: plan.note,
        },
        period,
        rule,
        demo: this.database.isDemo(),
        items: items.map(({ id, title, language }) => ({ id, title, language })),
        hamlets,
        cells,
        completeClusters: matrixOf.map((row) => row.map(({ complete }) => complete)),
        counts: countOf(cells),
        ...progress,
        missing: missingOf(cells, items, hamlets),
        declared,
        neverReached: hamlets.filter((_, column) => !cells.some((row) => isReached(row[column]))).map(({ id }) => id),
      };
    });
  }

  /** Sessions with an item that the head of a hamlet heard clearly. A telephoned answer counts as his own does; one of both is enough. */
  async #heard(
    reader: EntityManager,
    hamlets: readonly { readonly id: string }[],
    { from, to }: Period,
  ): Promise<ReadonlyMap<string, number>> {
    const hamletIds = hamlets.map(({ id }) => id);
    const sessions = new Map<string, Set<string>>();
    for (const { hamletId, itemId, sessionId, answer } of await heardBy(reader, {
      hamletIds,
      fromDay: from,
      toDay: to,
    })) {
      if (answer !== 'clear') continue;
      const key = tallyKey(itemId, hamletId);
      sessions.set(key, (sessions.get(key) ?? new Set()).add(sessionId));
    }
    return new Map([...sessions].map(([key, found]) => [key, found.size]));
  }

  /** What people state to have brought by hand (khai báo), cell by cell: beside them, it completes none. */
  async #declared(
    reader: EntityManager,
    items: readonly { readonly id: string }[],
    hamlets: readonly { readonly id: string }[],
    { from, to }: Period,
  ): Promise<CoverageView['declared']> {
    const itemIds = items.map(({ id }) => id);
    const hamletIds = hamlets.map(({ id }) => id);
    const rows = await declaredFor(reader, { itemIds, hamletIds, fromDay: from, toDay: to });
    const times = new Map<string, CoverageView['declared'][number]>();
    for (const { itemId, hamletId } of rows) {
      const key = tallyKey(itemId, hamletId);
      times.set(key, { itemId, hamletId, times: (times.get(key)?.times ?? 0) + 1 });
    }
    return [...times.values()];
  }

  /** Who served the hamlets when, and what was played there meanwhile. */
  async #ground(
    reader: EntityManager,
    itemIds: readonly string[],
    hamlets: readonly { readonly id: string }[],
    period: Period,
  ) {
    const concerned = new Set(hamlets.map(({ id }) => id));
    const links = heardOf(await this.clusters.hamletLinks(reader)).filter(({ hamletId }) => concerned.has(hamletId));
    const linksOf = new Map<string, typeof links>();
    for (const link of links) linksOf.set(link.hamletId, [...(linksOf.get(link.hamletId) ?? []), link]);
    const served = new Map([...linksOf].map(([hamletId, own]) => [hamletId, epochsOf(own, period)]));
    const clustersIn = new Map<string, { readonly period: Period; readonly clusterIds: Set<string> }>();
    for (const { period: part, clusterIds } of [...served.values()].flat()) {
      const known = clustersIn.get(nameOf(part)) ?? { period: part, clusterIds: new Set() };
      for (const clusterId of clusterIds) known.clusterIds.add(clusterId);
      clustersIn.set(nameOf(part), known);
    }
    const talliesIn = new Map<string, ReadonlyMap<string, Counts>>();
    const onAir = new Set<string>();
    for (const [name, { period: part, clusterIds }] of clustersIn) {
      const tallies = await talliesWithin(reader, itemIds, [...clusterIds], part);
      for (const { itemId, ...counts } of tallies) if (TALLY_KINDS.some((kind) => counts[kind] > 0)) onAir.add(itemId);
      talliesIn.set(name, new Map(tallies.map((tally) => [tallyKey(tally.itemId, tally.clusterId), tally])));
    }
    const epochs = new Map(
      [...served].map(([hamletId, parts]) => [
        hamletId,
        parts.map(({ period: part, clusterIds }) => ({
          clusterIds,
          tallies: talliesIn.get(nameOf(part)) ?? new Map<string, Counts>(),
        })),
      ]),
    );
    const clustersOf = (hamletId: string) => [
      ...new Set((served.get(hamletId) ?? []).flatMap(({ clusterIds }) => clusterIds)),
    ];
    const transmitters = new Set(
      links.filter(({ reach }) => reach === 'transmitter').map(({ clusterId }) => clusterId),
    );
    return { epochs, onAir, clustersOf, transmitters };
  }
}

const nameOf = ({ from, to }: Period): string => `${from}/${to}`;
const NOBODY_ASKED: ReadonlyMap<string, number> = new Map();
const isReached = (state: CellState | undefined): boolean => state === 'complete' || state === 'partial';

/** Hamlets whose commune lies in the plan's area too. */
function hamletsAmong(areas: readonly Area[]): HamletColumn[] {
  const communes = new Map(areas.filter(({ kind }) => kind === 'commune').map((area) => [area.id, area]));
  return columnsOf(
    areas.flatMap((area) => {
      const commune = area.kind === 'hamlet' && area.parentId ? communes.get(area.parentId) : undefined;
      return commune ? [{ area, commune }] : [];
    }),
  );
}

function countOf(cells: readonly (readonly CellState[])[]): Record<CellState, number> {
  const counts = Object.fromEntries(CELL_STATES.map((state) => [state, 0])) as Record<CellState, number>;
  for (const row of cells) for (const state of row) counts[state] += 1;
  return counts;
}

function missingOf(
  cells: readonly (readonly CellState[])[],
  items: readonly { title: string }[],
  hamlets: readonly HamletColumn[],
): CoverageView['missing'] {
  const missing: CoverageView['missing'] = [];
  cells.forEach((row, i) => {
    row.forEach((state, j) => {
      const [item, hamlet] = [items[i], hamlets[j]];
      if (state !== 'complete' && item && hamlet && missing.length < MISSING_NAMED)
        missing.push({ item: item.title, hamlet: hamlet.name, commune: hamlet.communeName, state });
    });
  });
  return missing;
}
