import { Brackets, type EntityManager } from 'typeorm';
import { pathsAbove, type Span } from '../engine/index.js';
import { Entry, EntryItem } from './entry.entity.js';

/** A running order may be a day long, and what stands in or behind others starts when they do, not when its own rule says. */
const DAY_MS = 86_400_000;

/**
 * Entries that may sound something inside the span. The engine decides; this only leaves out those that surely do not.
 * @param area path of an area: only entries at or below it, and those of offices above it
 */
export function entriesWithin(reader: EntityManager, span: Span, area?: string): Promise<Entry[]> {
  const select = reader
    .createQueryBuilder(Entry, 'entry')
    .where('entry.firstStartMs < :untilMs', { untilMs: span.untilMs + DAY_MS })
    .andWhere('(entry.lastStartMs IS NULL OR entry.lastStartMs >= :fromMs)', { fromMs: span.fromMs - DAY_MS })
    .andWhere('(entry.cancelledAtMs IS NULL OR entry.cancelledAtMs > :fromMs)');
  if (area !== undefined)
    select.andWhere(
      new Brackets((any) =>
        any
          .where('entry.areaPath LIKE :below', { below: `${area}%` })
          .orWhere('entry.areaPath IN (:...above)', { above: pathsAbove(area) }),
      ),
    );
  return select.orderBy('entry.id').getMany();
}

/** Enough to explain: more entries of one item would not be read. */
const MOST_OF_ITEM = 200;

/** Entries with this item, the newest first, cancelled ones too. */
export async function entriesOfItem(reader: EntityManager, itemId: string): Promise<Entry[]> {
  return reader
    .createQueryBuilder(Entry, 'entry')
    .innerJoin(EntryItem, 'item', 'item.entryId = entry.id AND item.itemId = :itemId', { itemId })
    .orderBy('entry.id', 'DESC')
    .limit(MOST_OF_ITEM)
    .getMany();
}

export const entryById = (reader: EntityManager, id: string): Promise<Entry | null> => reader.findOneBy(Entry, { id });

/** Areas of the entries with this item that were not cancelled. */
export async function pathsScheduling(reader: EntityManager, itemId: string): Promise<string[]> {
  const entries = await reader
    .createQueryBuilder(Entry, 'entry')
    .select('entry.areaPath', 'areaPath')
    .distinct(true)
    .innerJoin(EntryItem, 'item', 'item.entryId = entry.id AND item.itemId = :itemId', { itemId })
    .where('entry.cancelledAtMs IS NULL')
    .getRawMany<{ areaPath: string }>();
  return entries.map(({ areaPath }) => areaPath).sort();
}

/** Entries that stand in or right behind this one and were not cancelled. */
export async function placedAt(reader: EntityManager, entryId: string): Promise<Entry[]> {
  return reader
    .createQueryBuilder(Entry, 'entry')
    .where('entry.place LIKE :named', { named: `%"entryId":"${entryId}"%` })
    .andWhere('entry.cancelledAtMs IS NULL')
    .orderBy('entry.id')
    .getMany();
}
