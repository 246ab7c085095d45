import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Area, AreaService, covers, isValidIn } from '../areas/index.js';
import { ClusterService } from '../fleet/index.js';
import { LibraryService } from '../library/index.js';
import { PlanService } from '../plans/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import type { CoverageView } from './coverage.api.js';
import { playFacts } from './coverage.queries.js';
import { CELL_STATES, type CellState, DEFAULT_RULE, matrix, progressOf, servedBy } from './engine/cells.js';

const MISSING_NAMED = 50;

@Injectable()
export class CoverageService {
  constructor(
    private readonly database: Database,
    private readonly plans: PlanService,
    private readonly library: LibraryService,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
    private readonly clock: Clock,
  ) {}

  /** The matrix of a plan line: item × hamlet of the plan's area, under the line's criterion. */
  async ofLine(actor: Actor, lineId: string): Promise<CoverageView> {
    return this.database.read(async (reader) => {
      const { plan, line } = await this.plans.line(reader, actor, 'coverage.read', lineId);
      const tagged = (await this.library.itemsOfLine(reader, line.id)).filter((item) =>
        concernsPlan(item.areaPath, plan.areaPath),
      );
      const facts = await playFacts(
        reader,
        tagged.map((item) => item.id),
      );
      // A draft is no row: rows are what may go on air, and what did before it was withdrawn.
      const onAir = new Set(facts.map((fact) => fact.itemId));
      const items = tagged.filter((item) => item.approvedVersion !== null || onAir.has(item.id));
      const areas = (await this.areas.under(reader, plan.areaPath)).filter((area) =>
        isValidIn(area, plan.periodFrom, plan.periodTo),
      );
      const communes = new Map(areas.filter((area) => area.kind === 'commune').map((area) => [area.id, area]));
      const { clustersOf, byTransmitter } = await this.#served(reader);
      const hamlets = hamletsInOrder(areas, communes).map((hamlet) => ({
        ...hamlet,
        byTransmitter: byTransmitter.has(hamlet.id),
      }));
      const cells = matrix({ itemIds: items.map((item) => item.id), hamlets, clustersOf, facts, rule: DEFAULT_RULE });
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
        demo: this.database.isDemo(),
        items: items.map(({ id, title }) => ({ id, title })),
        hamlets,
        cells,
        counts: countOf(cells),
        ...progress,
        missing: missingOf(cells, items, hamlets),
      };
    });
  }

  /** Links of today: borders and links of other days are applied by later reports when they read. */
  async #served(reader: EntityManager): Promise<ReturnType<typeof servedBy>> {
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh' }).format(this.clock.nowMs());
    const links = await this.clusters.hamletLinks(reader);
    return servedBy(
      links.filter(({ validFrom, validTo }) => validFrom <= today && (validTo === null || validTo >= today)),
    );
  }
}

/** Content of the plan's own area, of one above it or of one below; a stranger's tag puts nothing into this plan. */
const concernsPlan = (itemPath: string, planPath: string): boolean =>
  covers(itemPath, planPath) || covers(planPath, itemPath);

type HamletColumn = Omit<CoverageView['hamlets'][number], 'byTransmitter'>;

/** Communes by name without diacritics, hamlets within them by code, so that Ấp 10 comes after Ấp 9. */
function hamletsInOrder(areas: readonly Area[], communes: ReadonlyMap<string, Area>): HamletColumn[] {
  return areas
    .flatMap((area) => {
      const commune = area.kind === 'hamlet' && area.parentId ? communes.get(area.parentId) : undefined;
      return commune ? [{ area, commune }] : [];
    })
    .sort((a, b) => compare(a.commune.nameFolded, b.commune.nameFolded) || compare(a.area.code, b.area.code))
    .map(({ area, commune }) => ({ id: area.id, name: area.name, communeId: commune.id, communeName: commune.name }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

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
