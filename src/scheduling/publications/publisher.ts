import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Area, AreaService, commonPath } from '../../areas/index.js';
import { AcceptanceService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { itemIdsOf } from '../engine/index.js';
import { Entry, EntryItem, EntryPlace } from '../entries/entry.entity.js';
import { scheduleProblem } from '../problems.js';
import { type EntryChange, Publication, PublicationEntry } from './publication.entity.js';

const ROWS_AT_ONCE = 500;

/** The only writer of entries: what changes, who changed it, and the message to those who tell devices, in one commit. */
@Injectable()
export class Publisher {
  constructor(
    private readonly areas: AreaService,
    private readonly acceptances: AcceptanceService,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @param changes rights and rules were checked; none: nothing happens */
  async publish(
    tx: WriteTransaction,
    actor: Actor,
    changes: readonly EntryChange[],
    undoes: Publication | null = null,
  ): Promise<Publication | null> {
    if (changes.length === 0) return null;
    // What goes along with a changed slot counts as changed too.
    if (new Set(changes.map(({ after }) => after.id)).size < changes.length)
      throw scheduleProblem('schedule.namedTwice');
    await this.#store(tx, changes);
    const publication: Publication = {
      id: newId(),
      areaPath: commonPath(changes.map(({ after }) => after.areaPath)),
      changes,
      byId: actor.accountId,
      byName: actor.name,
      atMs: this.clock.nowMs(),
      undoneById: null,
      undoesId: undoes?.id ?? null,
    };
    await tx.manager.save(Publication, publication);
    const links = changes.map(({ after }) => ({ publicationId: publication.id, entryId: after.id }));
    for (let from = 0; from < links.length; from += ROWS_AT_ONCE)
      await tx.manager.insert(PublicationEntry, links.slice(from, from + ROWS_AT_ONCE));
    await this.#accept(tx, actor, changes);
    await this.#record(tx, actor, publication, changes);
    // One message an area: the entries themselves say what changed.
    for (const [areaId, areaPath] of new Map(changes.map(({ after }) => [after.areaId, after.areaPath])))
      await this.outbox.add(tx, { topic: 'schedule.changed', payload: { areaId, areaPath } });
    return publication;
  }

  async #store(tx: WriteTransaction, changes: readonly EntryChange[]): Promise<void> {
    const made = changes.flatMap(({ before, after }) => (before === null ? [after] : []));
    for (let from = 0; from < made.length; from += ROWS_AT_ONCE)
      await tx.manager.insert(Entry, made.slice(from, from + ROWS_AT_ONCE) as Entry[]);
    const items = made.flatMap(itemsOf);
    for (let from = 0; from < items.length; from += ROWS_AT_ONCE)
      await tx.manager.insert(EntryItem, items.slice(from, from + ROWS_AT_ONCE));
    const places = made.flatMap(placeOf);
    for (let from = 0; from < places.length; from += ROWS_AT_ONCE)
      await tx.manager.insert(EntryPlace, places.slice(from, from + ROWS_AT_ONCE));
    for (const { before, after } of changes) {
      if (before === null) continue;
      await tx.manager.save(Entry, after);
      await tx.manager.delete(EntryItem, { entryId: after.id });
      await tx.manager.save(EntryItem, itemsOf(after));
      await tx.manager.delete(EntryPlace, { entryId: after.id });
      await tx.manager.save(EntryPlace, placeOf(after));
    }
  }

  async #record(
    tx: WriteTransaction,
    actor: Actor,
    { id, undoesId, areaPath }: Publication,
    changes: readonly EntryChange[],
  ): Promise<void> {
    const [change, ...others] = changes;
    if (!change) return;
    const detail = { publicationId: id, ...(undoesId === null ? {} : { undoesId }) };
    if (others.length > 0) {
      // One record an area: whoever may see that area finds it there.
      for (const [areaId, path] of new Map(changes.map(({ after }) => [after.areaId, after.areaPath]))) {
        const entryIds = changes.flatMap(({ after }) => (after.areaId === areaId ? [after.id] : []));
        const record = { action: 'schedule.changedMany', subject: areaId, areaPath: path };
        await this.audit.add(tx, actor, { ...record, detail: { ...detail, entryIds } });
      }
      return;
    }
    const { after } = change;
    const { title, recurrence } = after;
    const said = { ...detail, title, recurrence, itemIds: itemIdsOf(after.runningOrder) };
    await this.audit.add(tx, actor, { action: deedOf(change), subject: after.id, areaPath, detail: said });
  }

  /** A commune that schedules what an office above approved has taken it into its programme (đã nhận). */
  async #accept(tx: WriteTransaction, actor: Actor, changes: readonly EntryChange[]): Promise<void> {
    const communes = new Map<string, Promise<Area | null>>();
    const noted = new Set<string>();
    for (const { after } of changes) {
      if (after.cancelledAtMs !== null || after.class === 'emergency') continue;
      const looked = communes.get(after.areaId) ?? communeOf(tx.manager, await this.areas.byId(tx, after.areaId));
      communes.set(after.areaId, looked);
      const commune = await looked;
      if (!commune) continue;
      for (const itemId of itemIdsOf(after.runningOrder)) {
        if (noted.has(`${itemId} ${commune.id}`)) continue;
        noted.add(`${itemId} ${commune.id}`);
        await this.acceptances.noteScheduled(tx, actor, itemId, commune);
      }
    }
  }
}

const itemsOf = ({ id: entryId, runningOrder }: Entry): EntryItem[] =>
  itemIdsOf(runningOrder).map((itemId) => ({ entryId, itemId }));

const placeOf = ({ id: entryId, place }: Entry): EntryPlace[] =>
  place === null ? [] : [{ entryId, anchorId: place.entryId }];

function deedOf({ before, after }: EntryChange): string {
  if (before === null) return 'schedule.created';
  return before.cancelledAtMs === null && after.cancelledAtMs !== null ? 'schedule.cancelled' : 'schedule.changed';
}

/** The commune that an area is or lies in; an office above communes is none. */
async function communeOf(reader: EntityManager, area: Area | null): Promise<Area | null> {
  if (area?.kind === 'commune') return area;
  return area?.kind === 'hamlet' && area.parentId ? reader.findOneBy(Area, { id: area.parentId }) : null;
}
