import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import type { PlannedPlay } from '../../../devices/protocol/index.js';
import { Audit } from '../../accounts/index.js';
import type { Area } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { insertRow, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Board, DEFAULT_ZONE, localDayOf, localTimeOf } from '../engine/index.js';
import { checkPlay, wordsOf } from '../engine/rules/index.js';
import { Boards } from '../preview/boards.js';
import { RuleService } from '../rules/rule.service.js';
import type { EntryView } from './entry.api.js';
import { Entry, EntryItem } from './entry.entity.js';
import { viewOf } from './entry.service.js';
import { levelOf, named } from './entry-desk.js';

const DAY_MS = 86_400_000;

/** Puts an emergency on the air at once, and takes it off. No publication: it is not planned, and not undone but stopped. */
@Injectable()
export class AiringService {
  constructor(
    private readonly rules: RuleService,
    private readonly boards: Boards,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Airs an item once, as an emergency. For the room that knows the emergency policy: it has checked who may, and what.
   * @param startMs on a full second
   */
  async air(
    tx: WriteTransaction,
    actor: Actor,
    request: {
      readonly area: Pick<Area, 'id' | 'path' | 'kind'>;
      readonly item: { readonly id: string; readonly audio: { readonly durationMs: number } };
      readonly title: string;
      readonly startMs: number;
      readonly graceMs: number;
      readonly volume: number;
      readonly clusterIds: readonly string[] | null;
    },
  ): Promise<EntryView> {
    const { area, item, title, startMs, graceMs, volume, clusterIds } = request;
    const entry: Entry = {
      id: newId(),
      areaId: area.id,
      areaPath: area.path,
      title,
      runningOrder: [{ kind: 'item', itemId: item.id }],
      recurrence: {
        kind: 'once',
        date: localDayOf(startMs, DEFAULT_ZONE),
        time: localTimeOf(startMs, DEFAULT_ZONE),
      },
      changes: [],
      zone: DEFAULT_ZONE,
      slot: null,
      place: null,
      class: 'emergency',
      level: levelOf(area.kind),
      // Whoever hears of it late still has to hear it whole.
      late: 'whole',
      interrupted: 'resume',
      graceMs,
      volume,
      // What is aired at once is sound.
      devices: 'loudspeakers',
      ...named({ clusterIds, groupIds: null, hamletIds: null }),
      followsId: null,
      firstStartMs: startMs,
      lastStartMs: startMs,
      createdBy: actor.accountId,
      createdByName: actor.name,
      createdAtMs: this.clock.nowMs(),
      cancelledAtMs: null,
      revision: 1,
    };
    await insertRow(tx.manager, Entry, entry);
    await insertRow(tx.manager, EntryItem, { entryId: entry.id, itemId: item.id });
    await this.#logPasses(tx, actor, entry, item.audio.durationMs);
    await this.#announce(tx, entry);
    return viewOf(entry);
  }

  /**
   * What loudspeakers are told of an aired emergency, by the only maker of plays (invariant 3): of one entry, without the board of the
   * area. That says the same, because an emergency passes every rule and gives way to nothing.
   * @param audiences languages as they are to be spoken; none: as it was scheduled
   * @returns the plays of each audience, and the local day on which the first starts; null: there is no such entry
   */
  async told(
    reader: EntityManager,
    id: string,
    audiences: readonly (readonly string[])[],
  ): Promise<{ readonly day: string; readonly plays: readonly (readonly PlannedPlay[])[] } | null> {
    const entry = await reader.findOneBy(Entry, { id, class: 'emergency', cancelledAtMs: IsNull() });
    if (!entry) return null;
    const { areaPath, firstStartMs, zone } = entry;
    const listeners = audiences.map((languages, at) => {
      const nobody = { groupIds: [], hamletIds: [], capabilities: [] };
      return { id: String(at), kind: 'loudspeakers' as const, areaPath, languages, ...nobody };
    });
    const board = new Board({
      entries: [{ ...entry, ...named({ clusterIds: null, groupIds: null, hamletIds: null }) }],
      listeners,
      items: await this.boards.itemsOf(reader, [entry]),
      span: { fromMs: firstStartMs, untilMs: firstStartMs + DAY_MS },
      zone,
    });
    const plays = listeners.map((listener) => board.planOf(listener.id).plays);
    return { day: localDayOf(firstStartMs, zone), plays };
  }

  /** Takes an aired emergency off; for the room that aired it. */
  async stopAiring(tx: WriteTransaction, id: string): Promise<void> {
    const entry = await tx.manager.findOneBy(Entry, { id, cancelledAtMs: IsNull() });
    if (!entry) return;
    await tx.manager.update(Entry, { id }, { cancelledAtMs: this.clock.nowMs(), revision: entry.revision + 1 });
    await this.#announce(tx, entry);
  }

  /** An emergency passes every rule (case 15); which ones it passed is written down. */
  async #logPasses(tx: WriteTransaction, actor: Actor, entry: Entry, durationMs: number): Promise<void> {
    const { id, areaPath, firstStartMs: startMs, class: kind, volume, zone } = entry;
    const span = { fromMs: startMs, untilMs: startMs + durationMs };
    const { rules, overrides } = await this.rules.bookFor(tx.manager, areaPath, span);
    if (!rules) return;
    const play = { areaPath, startMs, endMs: span.untilMs, volume, class: kind, entryId: id, occurrence: id };
    const passed = checkPlay(rules, play, zone, overrides).breaches;
    if (passed.length === 0) return;
    const detail = { codes: passed.map(({ code }) => code), words: passed.map((breach) => wordsOf(breach, 'vi')) };
    await this.audit.add(tx, actor, { action: 'schedule.rulePassed', subject: id, areaPath, detail });
  }

  async #announce(tx: WriteTransaction, { areaId, areaPath }: Pick<Entry, 'areaId' | 'areaPath'>): Promise<void> {
    await this.outbox.add(tx, { topic: 'schedule.changed', payload: { areaId, areaPath } });
  }
}
