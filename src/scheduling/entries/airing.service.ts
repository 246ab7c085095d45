import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import type { Area } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { DEFAULT_ZONE, localDayOf, localTimeOf } from '../engine/index.js';
import { checkPlay, wordsOf } from '../engine/rules/index.js';
import { RuleService } from '../rules/rule.service.js';
import type { EntryView } from './entry.api.js';
import { Entry, EntryItem } from './entry.entity.js';
import { viewOf } from './entry.service.js';
import { levelOf, named } from './entry-desk.js';

/** Puts an emergency on the air at once, and takes it off. No publication: it is not planned, and not undone but stopped. */
@Injectable()
export class AiringService {
  constructor(
    private readonly rules: RuleService,
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
    await tx.manager.save(Entry, entry);
    await tx.manager.save(EntryItem, { entryId: entry.id, itemId: item.id });
    await this.#logPasses(tx, actor, entry, item.audio.durationMs);
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
