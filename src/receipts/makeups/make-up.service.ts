import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService, covers } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { PlanService } from '../../plans/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, insertMany, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { ProblemDetail } from '../../platform/i18n/index.js';
import { EntryService, type EntryView, newEntry } from '../../scheduling/index.js';
import { cellKey } from './engine/grouping.js';
import type { MissingCell } from './engine/missing.js';
import type { MakeUpAcceptanceRequest, MakeUpPreview, MakeUpPreviewRequest, MakeUpView } from './make-up.api.js';
import { MakeUp, MakeUpAcceptance, MakeUpCell } from './make-up.entity.js';
import { makeUpsOf, pendingOf } from './make-up.queries.js';
import { MISSING_CELLS, type MissingCells } from './missing-cells.js';
import { makeUpProblem } from './problems.js';
import { MakeUpProposals } from './proposals.js';

const LONGEST_TITLE = 300;

/** Phát bù: proposes plays for what a plan line misses, and schedules what a person accepts of that as entries like any other. */
@Injectable()
export class MakeUpService {
  constructor(
    private readonly database: Database,
    private readonly plans: PlanService,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly entries: EntryService,
    private readonly proposals: MakeUpProposals,
    private readonly audit: Audit,
    private readonly clock: Clock,
    @Inject(MISSING_CELLS) private readonly missingCells: MissingCells,
  ) {}

  /** @throws Problem plan.unknown, area.unknown, makeUp.areaOutside, right.missing, and what planning throws */
  async preview(actor: Actor, lineId: string, request: MakeUpPreviewRequest): Promise<MakeUpPreview> {
    const asked = await this.database.read(async (reader) => {
      const { plan } = await this.plans.line(reader, actor, 'coverage.read', lineId);
      const office = await this.areas.seen(reader, actor, request.areaId ?? plan.areaId);
      actor.demand('schedule.write', office.path);
      if (!covers(plan.areaPath, office.path)) throw makeUpProblem('makeUp.areaOutside');
      const missing = await this.missingCells(reader, lineId);
      const pending = pendingOf(await makeUpsOf(reader, this.entries, lineId, this.clock.nowMs()));
      return { plan, office, missing, pending, lineId };
    });
    return this.proposals.of(actor, asked, request);
  }

  async list(actor: Actor, lineId: string): Promise<MakeUpView[]> {
    return this.database.read(async (reader) => {
      await this.plans.line(reader, actor, 'coverage.read', lineId);
      const all = await makeUpsOf(reader, this.entries, lineId, this.clock.nowMs());
      return all.map(({ acceptanceId: _, ...view }) => view);
    });
  }

  /** All or nothing, by the rights and rules of any entry. The same sent again is what it was. @throws Problem */
  async accept(actor: Actor, lineId: string, request: MakeUpAcceptanceRequest): Promise<MakeUpView[]> {
    const id = hashOf(lineId, request);
    const judged = await this.#judged(actor, lineId, id, request);
    if (judged.accepted) return judged.accepted;
    const { owed, titles, durations, areaPath } = judged;
    const entries = request.entries.map(({ itemId, areaId, clusterIds, day: date, time }) =>
      newEntry.parse({
        ...{ itemId, areaId, clusterIds, recurrence: { kind: 'once', date, time } },
        title: [...`Phát bù: ${titles.get(itemId) ?? ''}`].slice(0, LONGEST_TITLE).join(''),
      }),
    );
    return this.entries.createAlong(actor, entries, async (tx, make) => {
      const known = await this.#accepted(tx.manager, lineId, id);
      // Somebody sent the same at the same time.
      if (known) return known;
      const pending = pendingOf(await makeUpsOf(tx.manager, this.entries, lineId, this.clock.nowMs()));
      refusePending(request, owed, pending);
      const made = await make();
      await this.#mark(tx, actor, { id, lineId, request, made, durations });
      const detail = { lineId, entryIds: made.map((entry) => entry.id) };
      await this.audit.add(tx, actor, { action: 'makeUp.accepted', subject: id, areaPath, detail });
      return (await this.#accepted(tx.manager, lineId, id)) ?? [];
    });
  }

  async #accepted(reader: EntityManager, lineId: string, id: string): Promise<MakeUpView[] | null> {
    if (!(await reader.existsBy(MakeUpAcceptance, { id }))) return null;
    const all = await makeUpsOf(reader, this.entries, lineId, this.clock.nowMs());
    return all.filter((one) => one.acceptanceId === id).map(({ acceptanceId: _, ...view }) => view);
  }

  /** Every cell must be one that the line misses, and every cluster one that owes it. */
  async #judged(actor: Actor, lineId: string, id: string, { entries }: MakeUpAcceptanceRequest) {
    return this.database.read(async (reader) => {
      const { plan } = await this.plans.line(reader, actor, 'coverage.read', lineId);
      const accepted = await this.#accepted(reader, lineId, id);
      if (accepted) return { accepted };
      const { cells, items } = await this.missingCells(reader, lineId);
      const missing = new Map(cells.map((cell) => [cellKey(cell.itemId, cell.hamletId), cell]));
      const errors = entries.flatMap(({ itemId, hamletIds, clusterIds }, index): ProblemDetail[] => {
        const code = refusalOf(
          hamletIds.map((hamletId) => missing.get(cellKey(itemId, hamletId))),
          clusterIds,
        );
        return code === null ? [] : [{ at: `entries.${index}`, code }];
      });
      if (errors.length > 0) throw makeUpProblem('makeUp.refused').withErrors(errors);
      const sound = await this.library.airable(
        reader,
        entries.map(({ itemId }) => itemId),
      );
      return {
        accepted: null,
        areaPath: plan.areaPath,
        owed: new Map([...missing].map(([key, cell]) => [key, mostOwed(cell)])),
        titles: new Map(items.map(({ id: itemId, title }) => [itemId, title])),
        durations: new Map([...sound].map(([itemId, { audio }]) => [itemId, audio.durationMs])),
      };
    });
  }

  async #mark(
    tx: WriteTransaction,
    actor: Actor,
    accepted: {
      readonly id: string;
      readonly lineId: string;
      readonly request: MakeUpAcceptanceRequest;
      readonly made: readonly EntryView[];
      readonly durations: ReadonlyMap<string, number>;
    },
  ): Promise<void> {
    const { id, lineId, request, made, durations } = accepted;
    await tx.manager.insert(MakeUpAcceptance, {
      ...{ id, lineId, entries: made.length, acceptedBy: actor.accountId, acceptedByName: actor.name },
      acceptedAtMs: this.clock.nowMs(),
    });
    const rows = request.entries.flatMap(({ itemId, hamletIds }, index) => {
      const entryId = made[index]?.id;
      return entryId === undefined ? [] : [{ entryId, itemId, hamletIds: [...new Set(hamletIds)] }];
    });
    await insertMany(
      tx.manager,
      MakeUp,
      rows.map(({ entryId, itemId }) => ({
        ...{ entryId, itemId, lineId, acceptanceId: id, durationMs: durations.get(itemId) ?? 0 },
      })),
    );
    await insertMany(
      tx.manager,
      MakeUpCell,
      rows.flatMap(({ entryId, hamletIds }) => hamletIds.map((hamletId) => ({ entryId, hamletId }))),
    );
  }
}

/** Of bytes that say the same for the same request. */
const hashOf = (lineId: string, { proposalId, entries }: MakeUpAcceptanceRequest): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        lineId,
        proposalId,
        entries.map(({ itemId, areaId, clusterIds, day, time, hamletIds }) => [
          ...[itemId, areaId, [...clusterIds].sort(), day, time],
          [...hamletIds].sort(),
        ]),
      ]),
    )
    .digest('base64url');

/** @param cells that an entry counts for; undefined: the line does not miss it */
function refusalOf(
  cells: readonly (MissingCell | undefined)[],
  clusterIds: readonly string[],
): 'makeUp.notMissing' | 'makeUp.wrongClusters' | null {
  const owing = cells.map((cell) => cell?.clusters.map(({ clusterId }) => clusterId));
  if (owing.includes(undefined)) return 'makeUp.notMissing';
  const aimedAt = new Set(clusterIds);
  const known = new Set(owing.flat());
  const fits = clusterIds.every((id) => known.has(id)) && owing.every((ids) => ids?.some((id) => aimedAt.has(id)));
  return fits ? null : 'makeUp.wrongClusters';
}

const mostOwed = ({ clusters }: MissingCell): number =>
  clusters.reduce((most, { plays, perhaps }) => Math.max(most, plays + perhaps), 0);

/** Nobody makes up twice for the same while it is still to come. */
function refusePending(
  { entries }: MakeUpAcceptanceRequest,
  owed: ReadonlyMap<string, number>,
  pending: ReadonlyMap<string, number>,
): void {
  const coming = new Map(pending);
  const errors: ProblemDetail[] = [];
  for (const [index, { itemId, hamletIds }] of entries.entries()) {
    const keys = [...new Set(hamletIds)].map((hamletId) => cellKey(itemId, hamletId));
    for (const key of keys) coming.set(key, (coming.get(key) ?? 0) + 1);
    if (keys.some((key) => (coming.get(key) ?? 0) > (owed.get(key) ?? 0)))
      errors.push({ at: `entries.${index}`, code: 'makeUp.pending' });
  }
  if (errors.length > 0) throw makeUpProblem('makeUp.pending').withErrors(errors);
}
