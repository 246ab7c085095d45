import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Area, AreaService, isValidIn } from '../../areas/index.js';
import { ClusterService } from '../../fleet/index.js';
import { LibraryService } from '../../library/index.js';
import { type CommunicationPlan, type PlanLine, PlanService } from '../../plans/index.js';
import type { Actor } from '../../platform/http/index.js';
import { type Cell, type CellRule, matrix } from '../engine/cells.js';
import type { Period } from '../engine/epochs.js';
import { receiptProblem } from '../problems.js';
import type { CoverageQuery } from './coverage.api.js';
import { type Ground, groundOf, heardClearly } from './ground.queries.js';
import { columnsOf, concernsPlan, type HamletColumn, isRow } from './rows-and-columns.js';

/** The matrix of a plan line with what it was reckoned from. */
export interface LineCells {
  readonly plan: CommunicationPlan;
  readonly line: PlanLine;
  readonly period: Period;
  readonly rule: CellRule;
  readonly items: readonly Item[];
  readonly hamlets: readonly HamletColumn[];
  readonly ground: Ground;
  /** Sessions that were heard clearly, by `tallyKey(item, hamlet)`; nobody is asked where the rule does not. */
  readonly heard: ReadonlyMap<string, number>;
  /** Rows by item, columns by hamlet. */
  readonly cells: readonly (readonly Cell[])[];
}
type Item = Awaited<ReturnType<LibraryService['itemsOfLine']>>[number];

/** The one way to the cells of a line: for the matrix, for one cell of it, and for tables. */
@Injectable()
export class LineMatrix {
  constructor(
    private readonly plans: PlanService,
    private readonly library: LibraryService,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
  ) {}

  /** @param itemId only this row of it @throws plan.unknown, coverage.periodWrong */
  async of(
    reader: EntityManager,
    actor: Actor,
    lineId: string,
    asked: CoverageQuery,
    itemId?: string,
  ): Promise<LineCells> {
    const { plan, line } = await this.plans.line(reader, actor, 'coverage.read', lineId);
    const period = { from: asked.from ?? plan.periodFrom, to: asked.to ?? plan.periodTo };
    if (period.to < period.from) throw receiptProblem('coverage.periodWrong');
    const { plays, clusters } = line;
    const rule: CellRule = { plays, clusters, leastGrade: asked.leastGrade ?? line.leastGrade };
    const languages = asked.languages ?? line.languages;
    const tagged = (await this.library.itemsOfLine(reader, line.id)).filter(
      (item) =>
        concernsPlan(item.areaPath, plan.areaPath) &&
        (languages?.includes(item.language) ?? true) &&
        (itemId === undefined || item.id === itemId),
    );
    const borders = asked.borders ? { from: asked.borders, to: asked.borders } : period;
    const hamlets = hamletsAmong(
      (await this.areas.under(reader, plan.areaPath)).filter((area) => isValidIn(area, borders.from, borders.to)),
    );
    const ids = tagged.map(({ id }) => id);
    const ground = await groundOf(reader, this.clusters, ids, hamlets, period);
    const items = tagged.filter((item) => isRow(item, ground.onAir));
    const heard = rule.leastGrade === 'heard' ? await heardClearly(reader, hamlets, period) : NOBODY_ASKED;
    const cells = matrix({
      itemIds: items.map(({ id }) => id),
      hamletIds: hamlets.map(({ id }) => id),
      ...ground,
      rule,
      heard,
    });
    return { plan, line, period, rule, items, hamlets, ground, heard, cells };
  }
}

const NOBODY_ASKED: ReadonlyMap<string, number> = new Map();

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
