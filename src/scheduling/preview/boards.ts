import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ListenerService } from '../../fleet/index.js';
import { LibraryService } from '../../library/index.js';
import { decisionsAround } from '../clashes/clash.queries.js';
import {
  type BoardSettings,
  itemIdsOf,
  type Listener,
  localDayOf,
  type Span,
  type TimelineItem,
} from '../engine/index.js';
import type { Entry } from '../entries/entry.entity.js';
import { cancelledAmong, entriesWithin } from '../entries/entry.queries.js';
import { RuleService } from '../rules/rule.service.js';

/** What a board is made of, as it stands in the tables. */
export interface Gathered extends BoardSettings {
  readonly entries: readonly Entry[];
  readonly listeners: readonly Listener[];
  readonly items: ReadonlyMap<string, TimelineItem>;
}

/** Gathers what plans are made from. The preview, the list of conflicts and what devices are told all begin here (invariant 3). */
@Injectable()
export class Boards {
  constructor(
    private readonly library: LibraryService,
    private readonly listeners: ListenerService,
    private readonly rules: RuleService,
  ) {}

  /** @param area path: what everybody at or below it hears, from offices above too */
  async gather(reader: EntityManager, area: string, span: Span, zone: string): Promise<Gathered> {
    const found = await entriesWithin(reader, span, area);
    const ended = found.filter(({ cancelledAtMs }) => cancelledAtMs !== null);
    const takenOff = await cancelledAmong(
      reader,
      ended.map(({ id }) => id),
    );
    const entries = found.map((entry) => (takenOff.has(entry.id) ? { ...entry, takenOff: true } : entry));
    const items = await this.itemsOf(reader, entries);
    const listeners = await this.listeners.under(reader, area, localDayOf(span.fromMs, zone));
    const { rules, overrides } = await this.rules.bookFor(reader, area, span);
    const decisions = await decisionsAround(reader, area, span);
    return { entries, items, listeners, span, zone, rules, overrides, decisions };
  }

  itemsOf(reader: EntityManager, entries: readonly Pick<Entry, 'runningOrder'>[]): Promise<Map<string, TimelineItem>> {
    const ids = entries.flatMap(({ runningOrder }) => itemIdsOf(runningOrder));
    return this.library.schedulableInAllLanguages(reader, [...new Set(ids)]);
  }
}

/**
 * Where entries have nobody yet who hears them, somebody is imagined, so that a preview shows what would be played. Their ids begin
 * with the sign that no id has.
 */
export function withImagined(gathered: Gathered, area: string): Gathered {
  const imagined = new Map<string, Pick<Listener, 'kind' | 'areaPath'>>();
  const imagine = (areaPath: string, kind: Listener['kind']) => {
    const isEmpty = !gathered.listeners.some((listener) => listener.areaPath.startsWith(areaPath));
    if (isEmpty) imagined.set(kind === 'board' ? `~~${areaPath}` : `~${areaPath}`, { kind, areaPath });
  };
  imagine(area, 'loudspeakers');
  for (const { areaPath, devices } of gathered.entries)
    if (areaPath.startsWith(area)) imagine(areaPath, devices === 'boards' ? 'board' : 'loudspeakers');
  const nobody = { groupIds: [], hamletIds: [], languages: [], capabilities: [] };
  return {
    ...gathered,
    listeners: [...gathered.listeners, ...[...imagined].map(([id, place]) => ({ id, ...place, ...nobody }))],
  };
}

export const isImagined = (listenerId: string): boolean => listenerId.startsWith('~');
