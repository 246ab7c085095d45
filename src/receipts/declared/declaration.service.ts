import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService, covers, isValidIn } from '../../areas/index.js';
import { pictureOf } from '../../fleet/index.js';
import { cleanText, LibraryService } from '../../library/index.js';
import { PlanService } from '../../plans/index.js';
import { Clock } from '../../platform/clock/index.js';
import { beginsWith, Database, newId } from '../../platform/database/index.js';
import type { Actor, IncomingBody } from '../../platform/http/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { DEFAULT_ZONE, localDayOf } from '../../scheduling/index.js';
import type { DeclarationQuery, DeclarationView, NewDeclaration, TakingBack } from './declaration.api.js';
import { Declaration } from './declaration.entity.js';
import { declarationProblem } from './problems.js';

const MOST_LISTED = 1_000;

/** What people state to have brought to hamlets by hand (khai báo), with a photograph. Never a receipt. */
@Injectable()
export class DeclarationService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly plans: PlanService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** The photograph is read once everything else is in order, and written without place and device. @throws Problem */
  async declare(actor: Actor, request: NewDeclaration, photo: IncomingBody): Promise<DeclarationView> {
    await this.database.read((reader) => this.#judged(reader, actor, request));
    const { sha256, type, width, height } = await pictureOf(this.store, photo);
    return this.database.write(
      async (tx) => {
        const named = await this.#judged(tx.manager, actor, request);
        const row: Declaration = {
          ...request,
          ...named,
          id: newId(),
          note: cleanText(request.note),
          ...{ photoSha256: sha256, photoType: type, photoWidth: width, photoHeight: height },
          ...{ enteredBy: actor.accountId, enteredByName: actor.name, enteredAtMs: this.clock.nowMs() },
          ...{ takenBackAtMs: null, takenBackByName: null, takenBackReason: null },
        };
        await tx.manager.insert(Declaration, row);
        const { itemId, hamletId, day, person, means } = row;
        const detail = { itemId, hamletId, day, person, means, photoSha256: sha256 };
        const { areaPath } = row;
        await this.audit.add(tx, actor, { action: 'declaration.made', subject: row.id, areaPath, detail });
        return viewOf(row);
      },
      // Looks whether it is there before it writes.
      { isolation: 'serializable' },
    );
  }

  /** Kept, and shown as taken back. Taken back twice is taken back once. */
  async takeBack(actor: Actor, id: string, { reason }: TakingBack): Promise<DeclarationView> {
    return this.database.write(async (tx) => {
      const row = await seen(tx.manager, actor, id);
      actor.demand('coverage.declare', row.areaPath);
      if (row.takenBackAtMs !== null) return viewOf(row);
      const words = cleanText(reason);
      const back = { takenBackAtMs: this.clock.nowMs(), takenBackByName: actor.name, takenBackReason: words };
      await tx.manager.update(Declaration, { id }, back);
      const deed = { action: 'declaration.takenBack', subject: id, areaPath: row.areaPath };
      await this.audit.add(tx, actor, { ...deed, detail: { reason: words } });
      return viewOf({ ...row, ...back });
    });
  }

  async list(actor: Actor, { from, until, ...ids }: DeclarationQuery): Promise<DeclarationView[]> {
    return this.database.read(async (reader) => {
      const rows: Declaration[] = [];
      // Scopes never overlap: no row comes twice.
      for (const scope of actor.scopes('coverage.read')) {
        const select = reader
          .createQueryBuilder(Declaration, 'declaration')
          .where(...beginsWith(reader, 'declaration.areaPath', scope));
        for (const [name, id] of Object.entries(ids))
          if (id !== undefined) select.andWhere(`declaration.${name} = :${name}`, { [name]: id });
        if (from) select.andWhere('declaration.day >= :from', { from });
        if (until) select.andWhere('declaration.day <= :until', { until });
        select.orderBy('declaration.day', 'DESC').addOrderBy('declaration.id', 'DESC').limit(MOST_LISTED);
        rows.push(...(await select.getMany()));
      }
      return rows
        .sort((a, b) => (a.day < b.day || (a.day === b.day && a.id < b.id) ? 1 : -1))
        .slice(0, MOST_LISTED)
        .map(viewOf);
    });
  }

  /** Where the file of its photograph is. */
  async photo(actor: Actor, id: string): Promise<{ path: string; sha256: string; type: string }> {
    const { photoSha256: sha256, photoType: type } = await this.database.read((reader) => seen(reader, actor, id));
    if (!(await this.store.has(sha256))) throw declarationProblem('declaration.unknown');
    return { path: this.store.path(sha256), sha256, type };
  }

  /** Names and places of what may be declared. @throws Problem */
  async #judged(
    reader: EntityManager,
    actor: Actor,
    { itemId, hamletId, day }: NewDeclaration,
  ): Promise<Pick<Declaration, 'itemTitle' | 'lineId' | 'hamletName' | 'communeName' | 'areaPath'>> {
    const hamlet = await this.areas.byId(reader, hamletId);
    if (hamlet?.kind !== 'hamlet' || !actor.may('coverage.declare', hamlet.path) || !isValidIn(hamlet, day, day))
      throw declarationProblem('declaration.hamletUnknown');
    if (day > localDayOf(this.clock.nowMs(), DEFAULT_ZONE)) throw declarationProblem('declaration.dayAhead');
    const item = await this.library.approvalOf(reader, itemId);
    if (!item || !covers(item.areaPath, hamlet.path)) throw declarationProblem('declaration.itemUnknown');
    const approvedOn = localDayOf(item.firstApprovedAtMs, DEFAULT_ZONE);
    if (day < approvedOn)
      throw declarationProblem('declaration.beforeApproval', { day: approvedOn.split('-').reverse().join('/') });
    const served = item.planLineId === null ? null : await this.plans.lineOf(reader, item.planLineId);
    const within = (plan: { areaPath: string; periodFrom: string; periodTo: string }) =>
      covers(plan.areaPath, hamlet.path) && plan.periodFrom <= day && day <= plan.periodTo;
    if (!served || !within(served.plan)) throw declarationProblem('declaration.outsidePlan');
    const there = await reader.findOneBy(Declaration, { itemId, hamletId, day, takenBackAtMs: IsNull() });
    if (there)
      throw declarationProblem('declaration.twice', {
        day: day.split('-').reverse().join('/'),
        name: there.enteredByName,
      });
    const commune = hamlet.parentId === null ? null : await this.areas.byId(reader, hamlet.parentId);
    return {
      itemTitle: item.title,
      lineId: served.line.id,
      hamletName: hamlet.name,
      communeName: commune?.name ?? '',
      areaPath: hamlet.path,
    };
  }
}

async function seen(reader: EntityManager, actor: Actor, id: string): Promise<Declaration> {
  const row = await reader.findOneBy(Declaration, { id });
  if (!row || !actor.may('coverage.read', row.areaPath)) throw declarationProblem('declaration.unknown');
  return row;
}

function viewOf(row: Declaration): DeclarationView {
  const { id, itemId, itemTitle, lineId, hamletId, hamletName, communeName, day, means, person, note } = row;
  const { takenBackAtMs: atMs, takenBackByName: byName, takenBackReason: reason, enteredByName, enteredAtMs } = row;
  return {
    ...{ id, itemId, itemTitle, lineId, hamletId, hamletName, communeName, day, means, person, note },
    state: atMs === null ? 'declared' : 'takenBack',
    photo: { sha256: row.photoSha256, type: row.photoType, width: row.photoWidth, height: row.photoHeight },
    ...{ enteredByName, enteredAtMs },
    takenBack: atMs === null ? null : { atMs, byName: byName ?? '', reason: reason ?? '' },
  };
}
