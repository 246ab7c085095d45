import type { EntityManager } from 'typeorm';
import type { AuthorityLevel } from '../../../devices/protocol/index.js';
import { type Area, type AreaService, covers } from '../../areas/index.js';
import type { LibraryService, SchedulableItem } from '../../library/index.js';
import { newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { extentOf, itemIdsOf, LONGEST_YEARS, type Recurrence, refusalOf } from '../engine/index.js';
import { scheduleProblem } from '../problems.js';
import type { NewEntry } from './entry.api.js';
import { Entry } from './entry.entity.js';
import type { KnownRules } from './known-rules.js';

/** More than people put in and behind one slot. */
const LONGEST_CHAIN = 100;

/** Judges what people ask to be scheduled; what it needs to know it looks up once. */
export class EntryDesk {
  readonly #areas = new Map<string, Promise<Area>>();
  readonly #owners = new Map<string, Promise<Area | null>>();
  readonly #items = new Map<string, SchedulableItem | null>();
  /** Made or changed in this act, not yet stored. */
  readonly #drafts = new Map<string, Entry>();

  constructor(
    private readonly reader: EntityManager,
    private readonly actor: Actor,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly nowMs: number,
    private readonly known: KnownRules,
  ) {}

  async area(id: string): Promise<Area> {
    const found = this.#areas.get(id) ?? this.areas.get(this.actor, id);
    this.#areas.set(id, found);
    const area = await found;
    this.actor.demand('schedule.write', area.path);
    return area;
  }

  /** The entry that a request makes, not yet stored. @throws Problem */
  async entryOf(request: NewEntry): Promise<Entry> {
    const area = await this.area(request.areaId);
    const id = newId();
    const recurrence = this.known.of(plain(request.recurrence));
    const entry: Entry = {
      ...named(request),
      devices: request.devices,
      id,
      areaId: area.id,
      areaPath: area.path,
      title: request.title ?? '',
      runningOrder: request.runningOrder,
      recurrence,
      changes: [],
      zone: request.zone,
      slot: request.slot,
      place: request.place,
      class: request.class,
      level: levelOf(area.kind),
      late: request.late,
      interrupted: request.interrupted,
      graceMs: request.graceMs,
      volume: request.volume,
      followsId: null,
      firstStartMs: 0,
      lastStartMs: null,
      createdBy: this.actor.accountId,
      createdByName: this.actor.name,
      createdAtMs: this.nowMs,
      cancelledAtMs: null,
      revision: 1,
    };
    return this.checked(entry, area);
  }

  /**
   * The entry with its extent and title, if it can be scheduled so. @throws Problem
   * @param was the entry before the change: what stayed is not judged again, so that a play can be moved or taken out of an entry
   * whose content was withdrawn, or whose other days are over
   */
  async checked(entry: Entry, area: Pick<Area, 'path'>, was: Entry | null = null, since = this.nowMs): Promise<Entry> {
    const stayed = (...keys: (keyof Entry)[]) =>
      was !== null && keys.every((key) => JSON.stringify(was[key]) === JSON.stringify(entry[key]));
    if (!stayed('recurrence', 'zone')) {
      const refusal = refusalOf(entry.recurrence, entry.zone, since);
      if (refusal) throw scheduleProblem(refusal, { years: LONGEST_YEARS });
    }
    const extent = extentOf(entry.recurrence, entry.zone, entry.changes);
    if (!extent) throw scheduleProblem('schedule.never');
    const titles: string[] = [];
    if (!stayed('runningOrder'))
      for (const itemId of itemIdsOf(entry.runningOrder)) {
        const item = await this.#item(itemId, area.path);
        refuseWrongStep(entry, item);
        titles.push(item.title);
      }
    const title = entry.title || titles[0];
    if (!title) throw scheduleProblem('schedule.titleMissing');
    if (entry.slot === null && entry.runningOrder.some(({ kind }) => kind === 'bulletin'))
      throw scheduleProblem('schedule.bulletinOutsideSlot');
    if (!stayed('place')) await this.#placed(entry);
    const draft = { ...entry, title, firstStartMs: extent.firstMs, lastStartMs: extent.lastMs };
    this.#drafts.set(draft.id, draft);
    return draft;
  }

  /** Programmes come from the commune itself and from the offices above it. */
  async #item(itemId: string, path: string): Promise<SchedulableItem> {
    if (!this.#items.has(itemId))
      this.#items.set(itemId, (await this.library.schedulable(this.reader, [itemId])).get(itemId) ?? null);
    const item = this.#items.get(itemId);
    if (!item) throw scheduleProblem('schedule.itemNotApproved');
    const owner = this.#owners.get(item.areaId) ?? this.areas.byId(this.reader, item.areaId);
    this.#owners.set(item.areaId, owner);
    const area = await owner;
    if (!area || !covers(area.path, path)) throw scheduleProblem('schedule.itemNotApproved');
    return item;
  }

  /** What an entry stands in or behind is there, is heard where it is heard, lets it in, and does not stand behind it in turn. */
  async #placed(entry: Entry): Promise<void> {
    if (!entry.place) return;
    // What it goes on from counts as itself: it would stand behind what stands behind it.
    const chain = new Set([entry.id, entry.followsId]);
    let at: Entry = entry;
    while (at.place && chain.size <= LONGEST_CHAIN) {
      const { entryId } = at.place;
      if (chain.has(entryId)) throw scheduleProblem('schedule.afterCycle');
      const anchor = this.#drafts.get(entryId) ?? (await this.reader.findOneBy(Entry, { id: entryId }));
      if (!anchor || anchor.cancelledAtMs !== null || !covers(anchor.areaPath, entry.areaPath))
        throw scheduleProblem('schedule.anchorUnknown');
      if (at === entry) this.#lets(anchor, entry);
      chain.add(anchor.id);
      at = anchor;
    }
    if (at.place) throw scheduleProblem('schedule.afterCycle');
  }

  #lets(anchor: Entry, entry: Entry): void {
    if (entry.place?.kind === 'inSlot' && anchor.slot === null) throw scheduleProblem('schedule.notASlot');
    if (anchor.slot?.reserved && !this.actor.may('schedule.write', anchor.areaPath))
      throw scheduleProblem('schedule.slotReserved');
  }
}

/**
 * A relay sounds, and a board shows a picture or a text, as long as somebody plans; all else has its own length, and is neither.
 */
function refuseWrongStep({ runningOrder }: Pick<Entry, 'runningOrder'>, { id, visual, relay }: SchedulableItem): void {
  const isShown = visual !== undefined && visual.durationMs === null;
  for (const step of runningOrder) {
    if (!('itemId' in step) || step.itemId !== id) continue;
    if ((step.kind === 'relay') !== (relay !== undefined))
      throw scheduleProblem(relay ? 'schedule.relayTimeMissing' : 'schedule.notRelayed');
    if ((step.kind === 'show') !== isShown)
      throw scheduleProblem(isShown ? 'schedule.showingTimeMissing' : 'schedule.notShown');
  }
}

/** Weekdays and lunar days once each and in order, so that one rule has one form. */
export function plain(recurrence: Recurrence): Recurrence {
  const once = (numbers: readonly number[]) => [...new Set(numbers)].sort((a, b) => a - b);
  if (recurrence.kind === 'weekly') return { ...recurrence, weekdays: once(recurrence.weekdays) };
  if (recurrence.kind === 'lunar') return { ...recurrence, on: { ...recurrence.on, days: once(recurrence.on.days) } };
  return recurrence;
}

type Named = Pick<Entry, 'clusterIds' | 'groupIds' | 'hamletIds'>;

/** Ids once each and in order. */
export function named({ clusterIds, groupIds, hamletIds }: Named): Named {
  const once = (ids: readonly string[] | null) => ids && [...new Set(ids)].sort();
  return { clusterIds: once(clusterIds), groupIds: once(groupIds), hamletIds: once(hamletIds) };
}

/** What a hamlet schedules counts as its commune's. */
export function levelOf(kind: Area['kind']): AuthorityLevel {
  return kind === 'province' ? 'province' : kind === 'district' ? 'district' : 'commune';
}
