import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { declaredFor } from '../declared/declared.queries.js';
import { CELL_STATES, type CellState, progressOf, tallyKey } from '../engine/cells.js';
import type { Period } from '../engine/epochs.js';
import type { CoverageQuery, CoverageView } from './coverage.api.js';
import { clustersOf } from './ground.queries.js';
import { LineMatrix } from './line-matrix.js';
import type { HamletColumn } from './rows-and-columns.js';

const MISSING_NAMED = 50;

@Injectable()
export class CoverageService {
  constructor(
    private readonly database: Database,
    private readonly lines: LineMatrix,
  ) {}

  /** The matrix of a plan line: item × hamlet of the plan's area, under the line's criterion and rule. */
  async ofLine(actor: Actor, lineId: string, asked: CoverageQuery = {}): Promise<CoverageView> {
    return this.database.read(async (reader) => {
      const found = await this.lines.of(reader, actor, lineId, asked);
      const { plan, line, period, rule, items, ground } = found;
      const cells = found.cells.map((row) => row.map(({ state }) => state));
      const hamlets = found.hamlets.map((hamlet) => {
        const serving = clustersOf(ground, hamlet.id);
        const byTransmitter = serving.some((clusterId) => ground.transmitters.has(clusterId));
        return { ...hamlet, clusters: serving.length, byTransmitter };
      });
      const { number, title, periodFrom, periodTo, note } = plan;
      const produced = items.filter((item) => item.approvedVersion !== null).length;
      return {
        line: { id: line.id, title: line.title, criterion: line.criterion, target: line.target, unit: line.unit },
        plan: { number, title, periodFrom, periodTo, note },
        period,
        rule,
        demo: this.database.isDemo(),
        items: items.map(({ id, title, language }) => ({ id, title, language })),
        hamlets,
        cells,
        completeClusters: found.cells.map((row) => row.map(({ complete }) => complete)),
        counts: countOf(cells),
        ...progressOf(line.criterion, line.target, produced, cells, hamlets),
        missing: missingOf(cells, items, hamlets),
        declared: await this.#declared(reader, items, hamlets, period),
        neverReached: hamlets.filter((_, column) => !cells.some((row) => isReached(row[column]))).map(({ id }) => id),
      };
    });
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
}

const isReached = (state: CellState | undefined): boolean => state === 'complete' || state === 'partial';

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
