import { Injectable } from '@nestjs/common';
import { type Area, AreaService, covers, isValidIn } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { addDays, DEFAULT_ZONE, localDayOf, MOST_IN_BATCH, PlanningService } from '../../scheduling/index.js';
import { aimed, completedBy, type WantedCell, wantedOf } from './engine/grouping.js';
import type { MissingCell } from './engine/missing.js';
import type { Hopeless, MakeUpPreview, MakeUpPreviewRequest } from './make-up.api.js';
import { entryWords, HOPELESS_WORDS } from './make-up.words.js';
import type { MissingOfLine } from './missing-cells.js';

/** Days that are looked at when nobody says otherwise: what was missed this week is made up for in the next. */
const USUAL_DAYS = 7;

export interface Asked {
  readonly lineId: string;
  readonly plan: {
    readonly periodFrom: string;
    readonly periodTo: string;
    readonly reportDeadline: string | null;
  };
  readonly office: Area;
  readonly missing: MissingOfLine;
  /** Make-up plays that are still to come, by `cellKey`. */
  readonly pending: ReadonlyMap<string, number>;
}

type Cell = Pick<MissingCell, 'itemId' | 'hamletId'>;

/** Finds places for what is missing, through the planner of campaigns: so under the same rules and beside all that plays already. */
@Injectable()
export class MakeUpProposals {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly planning: PlanningService,
    private readonly clock: Clock,
  ) {}

  async of(actor: Actor, asked: Asked, request: MakeUpPreviewRequest): Promise<MakeUpPreview> {
    const { plan, office, missing, pending } = asked;
    const span = spanOf(request, plan, localDayOf(this.clock.nowMs(), DEFAULT_ZONE));
    const names = namesOf(missing);
    const below = await this.database.read((reader) => this.areas.under(reader, office.path));
    const hamlets = new Map(below.map((area) => [area.id, area]));
    // What lies outside of the office is none of its business.
    const own = missing.cells.filter(({ hamletId }) => hamlets.has(hamletId));
    const wanted = wantedOf(own, pending, request.withUnknown);
    const { possible, hopeless } = await this.#possible(asked, wanted.cells, hamlets, span);
    hopeless.set('noCluster', [...(hopeless.get('noCluster') ?? []), ...wanted.withoutCluster]);
    hopeless.set('atTransmitter', [...wanted.atTransmitter]);
    const { windows, oncePerDay, gapMinutes, mostPlaysPerDay } = request;
    const cells = possible.map(({ itemId, hamletId, plays }) => ({ itemId, hamletId, missing: plays }));
    const planned =
      cells.length === 0
        ? { batches: [], unplaced: [] }
        : await this.planning.makeUps(actor, {
            ...{ areaId: office.id, ...span, windows, oncePerDay, gapMinutes, mostPlaysPerDay, cells },
          });
    const areaNames = new Map(below.map(({ id, name }) => [id, name]));
    const places = planned.batches.flat().map(({ entry, title, startMs, endMs, serves }) => ({
      ...{ itemId: entry.itemId, title, areaId: entry.areaId, startMs, endMs, serves },
      ...{ day: entry.recurrence.date, time: entry.recurrence.time },
    }));
    const all = aimed(places, possible);
    const entries = all.slice(0, MOST_IN_BATCH);
    return {
      proposalId: newId(),
      ...span,
      outsidePeriod: span.from < plan.periodFrom || span.until > plan.periodTo,
      reportDeadline: plan.reportDeadline,
      entries: entries.map(({ serves, ...entry }) => ({
        ...{ ...entry, clusterIds: [...entry.clusterIds], hamletIds: [...serves] },
        words: entryWords({
          ...entry,
          areaName: areaNames.get(entry.areaId) ?? '',
          clusters: entry.clusterIds.length,
          hamlets: serves.length,
        }),
      })),
      left: all.length - entries.length,
      unplaced: [
        ...[...hopeless].flatMap(([reason, hopelessCells]) =>
          byItem(hopelessCells, names).map((row) => ({ ...row, reason, words: HOPELESS_WORDS[reason] })),
        ),
        ...planned.unplaced.map(({ itemId, title, reason, words, hamlets: ids }) => ({
          ...{ itemId, title, reason, words },
          hamlets: ids.map(({ id }) => names.hamlet(id)),
        })),
      ],
      unknown: byItem(wanted.unknown, names),
      pending: byItem(wanted.pending, names),
      summary: {
        ...{ missing: own.length, wanted: wanted.cells.length },
        ...{ unknown: wanted.unknown.length, pending: wanted.pending.length },
        completed: completedBy(possible, entries, null),
        completedBeforeDeadline:
          plan.reportDeadline === null ? null : completedBy(possible, entries, plan.reportDeadline),
      },
    };
  }

  /** The planner refuses a whole request for one item that may not be scheduled there, so those are put aside before. */
  async #possible(
    { lineId, office }: Asked,
    cells: readonly WantedCell[],
    hamlets: ReadonlyMap<string, Area>,
    span: { readonly from: string; readonly until: string },
  ): Promise<{ readonly possible: WantedCell[]; readonly hopeless: Map<Hopeless, Cell[]> }> {
    const reasons = await this.database.read(async (reader) => {
      const itemIds = [...new Set(cells.map(({ itemId }) => itemId))];
      const [airable, schedulable] = [
        await this.library.airable(reader, itemIds),
        await this.library.schedulable(reader, itemIds),
      ];
      const owners = new Map(
        (await this.library.itemsOfLine(reader, lineId)).map(({ id, areaPath }) => [id, areaPath]),
      );
      return new Map(
        itemIds.map((id): [string, Hopeless | null] => {
          if (!schedulable.has(id)) return [id, 'withdrawn'];
          if (!airable.has(id)) return [id, 'noStoredSound'];
          return [id, covers(owners.get(id) ?? '', office.path) ? null : 'otherOffice'];
        }),
      );
    });
    const possible: WantedCell[] = [];
    const hopeless = new Map<Hopeless, Cell[]>();
    for (const cell of cells) {
      const hamlet = hamlets.get(cell.hamletId);
      const ended = !hamlet || !isValidIn(hamlet, span.from, span.until);
      const reason = ended ? 'hamletEnded' : (reasons.get(cell.itemId) ?? null);
      if (reason === null) possible.push(cell);
      else hopeless.set(reason, [...(hopeless.get(reason) ?? []), cell]);
    }
    return { possible, hopeless };
  }
}

/** Seven days from today, within the plan's period while that lasts. */
function spanOf(
  { from: asked, until }: Pick<MakeUpPreviewRequest, 'from' | 'until'>,
  { periodFrom, periodTo }: Asked['plan'],
  today: string,
): { readonly from: string; readonly until: string } {
  const from = asked ?? (today < periodFrom ? periodFrom : today);
  const last = addDays(from, USUAL_DAYS - 1);
  return { from, until: until ?? (from <= periodTo && periodTo < last ? periodTo : last) };
}

type HamletName = MakeUpPreview['unknown'][number]['hamlets'][number];

function namesOf({ items, hamlets }: MissingOfLine) {
  const titles = new Map(items.map(({ id, title }) => [id, title]));
  const named = new Map(hamlets.map((hamlet) => [hamlet.id, hamlet]));
  return {
    title: (id: string): string => titles.get(id) ?? '',
    hamlet: (id: string): HamletName => named.get(id) ?? { id, name: '', communeName: '' },
  };
}

/** One row for an item: a province has thousands of cells. */
function byItem(cells: readonly Cell[], names: ReturnType<typeof namesOf>): MakeUpPreview['unknown'] {
  const rows = new Map<string, MakeUpPreview['unknown'][number]>();
  for (const { itemId, hamletId } of cells) {
    const row = rows.get(itemId) ?? { itemId, title: names.title(itemId), hamlets: [] };
    rows.set(itemId, row);
    row.hamlets.push(names.hamlet(hamletId));
  }
  return [...rows.values()];
}
