import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import { Audit } from '../accounts/index.js';
import { Area, AreaService, covers } from '../areas/index.js';
import { AcceptanceService, type AirableItem, LibraryService } from '../library/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { Problem, type ProblemDetail } from '../platform/i18n/index.js';
import { Outbox } from '../platform/outbox/index.js';
import {
  DEFAULT_ZONE,
  extentOf,
  LONGEST_YEARS,
  localDayOf,
  localTimeOf,
  type Recurrence,
  refusalOf,
} from './engine/index.js';
import { Entry } from './entry.entity.js';
import { scheduleProblem } from './problems.js';
import { type EntryQuery, type EntryView, MOST_LISTED, type NewEntry } from './scheduling.api.js';

@Injectable()
export class EntryService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly acceptances: AcceptanceService,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, request: NewEntry): Promise<EntryView> {
    return this.database.write(async (tx) => {
      const entry = await this.#checked(actor, request, await this.#desk(tx, actor, [request]));
      const { id, areaPath, title, itemId, recurrence } = entry;
      await tx.manager.insert(Entry, entry);
      await this.#accept(tx, actor, [entry]);
      const detail = { title, itemId, recurrence };
      await this.audit.add(tx, actor, { action: 'schedule.created', subject: id, areaPath, detail });
      await this.#announce(tx, entry);
      return viewOf(entry);
    });
  }

  /** All or none; what is wrong is told for each entry by its index. */
  async createMany(actor: Actor, requests: readonly NewEntry[]): Promise<EntryView[]> {
    return this.database.write(async (tx) => {
      const desk = await this.#desk(tx, actor, requests);
      const entries: Entry[] = [];
      const errors: ProblemDetail[] = [];
      for (const [index, request] of requests.entries()) {
        try {
          entries.push(await this.#checked(actor, request, desk));
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          errors.push({ at: `entries.${index}`, code: error.code });
        }
      }
      if (errors.length > 0) throw scheduleProblem('schedule.bulkRefused').withErrors(errors);
      await tx.manager.insert(Entry, entries);
      await this.#accept(tx, actor, entries);
      // One record and one message an area: the entries themselves say who made them, and other writers are waiting.
      for (const [areaId, areaPath] of new Map(entries.map((entry) => [entry.areaId, entry.areaPath]))) {
        const detail = { entryIds: entries.filter((entry) => entry.areaId === areaId).map(({ id }) => id) };
        await this.audit.add(tx, actor, { action: 'schedule.createdMany', subject: areaId, areaPath, detail });
        await this.#announce(tx, { areaId, areaPath });
      }
      return entries.map(viewOf);
    });
  }

  /**
   * Airs an item once, as an emergency. For the room that knows the emergency policy: it has checked who may, and what.
   * @param startMs on a full second
   */
  async air(
    tx: WriteTransaction,
    actor: Actor,
    request: {
      readonly area: Pick<Area, 'id' | 'path'>;
      readonly itemId: string;
      readonly title: string;
      readonly startMs: number;
      readonly graceMs: number;
      readonly volume: number;
      readonly clusterIds: readonly string[] | null;
    },
  ): Promise<EntryView> {
    const { area, itemId, title, startMs, graceMs, volume, clusterIds } = request;
    const entry: Entry = {
      id: newId(),
      areaId: area.id,
      areaPath: area.path,
      itemId,
      title,
      recurrence: {
        kind: 'once',
        date: localDayOf(startMs, DEFAULT_ZONE),
        time: localTimeOf(startMs, DEFAULT_ZONE),
      },
      zone: DEFAULT_ZONE,
      class: 'emergency',
      // Whoever hears of it late still has to hear it whole.
      late: 'whole',
      graceMs,
      volume,
      clusterIds: clusterIds && [...new Set(clusterIds)].sort(),
      firstStartMs: startMs,
      lastStartMs: startMs,
      createdBy: actor.accountId,
      createdByName: actor.name,
      createdAtMs: this.clock.nowMs(),
      cancelledAtMs: null,
      revision: 1,
    };
    await tx.manager.save(Entry, entry);
    await this.#announce(tx, entry);
    return viewOf(entry);
  }

  /** Takes an aired emergency off; for the room that aired it. */
  async stopAiring(tx: WriteTransaction, id: string): Promise<void> {
    const entry = await tx.manager.findOneBy(Entry, { id, cancelledAtMs: IsNull() });
    if (!entry) return;
    await tx.manager.update(Entry, { id }, { cancelledAtMs: this.clock.nowMs(), revision: entry.revision + 1 });
    await this.#announce(tx, entry);
  }

  /** What has started stays; nothing starts from now on. Cancelled twice is cancelled once. */
  async cancel(actor: Actor, id: string): Promise<EntryView> {
    return this.database.write(async (tx) => {
      const entry = await tx.manager.findOneBy(Entry, { id });
      if (!entry || !actor.may('schedule.read', entry.areaPath)) throw scheduleProblem('schedule.unknown');
      actor.demand('schedule.write', entry.areaPath);
      if (entry.cancelledAtMs !== null) return viewOf(entry);
      entry.cancelledAtMs = this.clock.nowMs();
      entry.revision += 1;
      await tx.manager.update(Entry, { id }, { cancelledAtMs: entry.cancelledAtMs, revision: entry.revision });
      await this.audit.add(tx, actor, {
        action: 'schedule.cancelled',
        subject: id,
        areaPath: entry.areaPath,
        detail: { title: entry.title },
      });
      await this.#announce(tx, entry);
      return viewOf(entry);
    });
  }

  async list(actor: Actor, { areaId, after }: EntryQuery): Promise<EntryView[]> {
    return this.database.read(async (reader) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('schedule.read', area.path);
      return (await atOrBelow(reader, area.path, after)).map(viewOf);
    });
  }

  /** What is looked up to judge requests, once each. */
  async #desk(tx: WriteTransaction, actor: Actor, requests: readonly NewEntry[]): Promise<Desk> {
    return {
      items: await this.library.airable(tx.manager, [...new Set(requests.map(({ itemId }) => itemId))]),
      area: remembered((id) => this.areas.get(actor, id)),
      owner: remembered((id) => this.areas.byId(tx, id)),
    };
  }

  /** The entry that a request makes, not yet stored. @throws Problem */
  async #checked(actor: Actor, request: NewEntry, desk: Desk): Promise<Entry> {
    const area = await desk.area(request.areaId);
    actor.demand('schedule.write', area.path);
    const rule = plain(request.recurrence);
    const nowMs = this.clock.nowMs();
    const refusal = refusalOf(rule, request.zone, nowMs);
    if (refusal) throw scheduleProblem(refusal, { years: LONGEST_YEARS });
    const extent = extentOf(rule, request.zone);
    if (!extent) throw scheduleProblem('schedule.never');
    const item = desk.items.get(request.itemId);
    const owner = item ? await desk.owner(item.areaId) : null;
    // Programmes come from the commune itself and from the offices above it.
    if (!item || !owner || !covers(owner.path, area.path)) throw scheduleProblem('schedule.itemNotApproved');
    return {
      id: newId(),
      areaId: area.id,
      areaPath: area.path,
      itemId: item.id,
      title: request.title ?? item.title,
      recurrence: rule,
      zone: request.zone,
      class: request.class,
      late: request.late,
      graceMs: request.graceMs,
      volume: request.volume,
      clusterIds: request.clusterIds && [...new Set(request.clusterIds)].sort(),
      firstStartMs: extent.firstMs,
      lastStartMs: extent.lastMs,
      createdBy: actor.accountId,
      createdByName: actor.name,
      createdAtMs: nowMs,
      cancelledAtMs: null,
      revision: 1,
    };
  }

  /** A commune that schedules what an office above approved has taken it into its programme (đã nhận). */
  async #accept(tx: WriteTransaction, actor: Actor, entries: readonly Entry[]): Promise<void> {
    const communes = remembered(async (id: string) => communeOf(tx.manager, await this.areas.byId(tx, id)));
    const noted = new Set<string>();
    for (const { itemId, areaId } of entries) {
      const commune = await communes(areaId);
      if (!commune || noted.has(`${itemId} ${commune.id}`)) continue;
      noted.add(`${itemId} ${commune.id}`);
      await this.acceptances.noteScheduled(tx, actor, itemId, commune);
    }
  }

  async #announce(tx: WriteTransaction, { areaId, areaPath }: Pick<Entry, 'areaId' | 'areaPath'>): Promise<void> {
    await this.outbox.add(tx, { topic: 'schedule.changed', payload: { areaId, areaPath } });
  }
}

interface Desk {
  readonly items: ReadonlyMap<string, AirableItem>;
  /** The area of an entry, if the actor may see it. @throws Problem */
  area(id: string): Promise<Area>;
  /** The area of an item, which may be one above what the actor sees. */
  owner(id: string): Promise<Area | null>;
}

function remembered<T>(look: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (id) => {
    const found = known.get(id) ?? look(id);
    known.set(id, found);
    return found;
  };
}

/** The commune that an area is or lies in; an office above communes is none. */
async function communeOf(reader: EntityManager, area: Area | null): Promise<Area | null> {
  if (area?.kind === 'commune') return area;
  return area?.kind === 'hamlet' && area.parentId ? reader.findOneBy(Area, { id: area.parentId }) : null;
}

function atOrBelow(reader: EntityManager, path: string, after: string | undefined): Promise<Entry[]> {
  const select = reader.createQueryBuilder(Entry, 'entry').where('entry.areaPath LIKE :below', { below: `${path}%` });
  if (after !== undefined) select.andWhere({ id: MoreThan(after) });
  return select.orderBy('entry.id').limit(MOST_LISTED).getMany();
}

/** Weekdays once each and in order, so that one rule has one form. */
function plain(recurrence: Recurrence): Recurrence {
  if (recurrence.kind !== 'weekly') return recurrence;
  return { ...recurrence, weekdays: [...new Set(recurrence.weekdays)].sort() };
}

export function viewOf(entry: Entry): EntryView {
  const { areaPath: _path, firstStartMs: _first, lastStartMs: _last, createdBy: _by, recurrence, ...view } = entry;
  return {
    ...view,
    recurrence: recurrence.kind === 'weekly' ? { ...recurrence, weekdays: [...recurrence.weekdays] } : recurrence,
  };
}
