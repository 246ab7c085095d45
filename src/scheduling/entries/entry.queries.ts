import { Brackets, type EntityManager, In, IsNull, Not, type SelectQueryBuilder } from 'typeorm';
import { beginsWith } from '../../platform/database/index.js';
import { pathsAbove, type Span } from '../engine/index.js';
import { Entry, EntryItem, EntryPlace } from './entry.entity.js';

/** A running order may be a day long, and what stands in or behind others starts when they do, not when its own rule says. */
const DAY_MS = 86_400_000;

/**
 * Entries that may sound something inside the span. The engine decides; this only leaves out those that surely do not.
 * @param area path of an area: only entries at or below it, and those of offices above it
 */
export function entriesWithin(reader: EntityManager, span: Span, area?: string): Promise<Entry[]> {
  return selectWithin(reader, span, area).orderBy('entry.id').getMany();
}

export function selectWithin(reader: EntityManager, span: Span, area?: string): SelectQueryBuilder<Entry> {
  const select = reader
    .createQueryBuilder(Entry, 'entry')
    .where('entry.firstStartMs < :untilMs', { untilMs: span.untilMs + DAY_MS })
    .andWhere('(entry.lastStartMs IS NULL OR entry.lastStartMs >= :fromMs)', { fromMs: span.fromMs - DAY_MS })
    .andWhere('(entry.cancelledAtMs IS NULL OR entry.cancelledAtMs > :fromMs)');
  if (area === undefined) return select;
  return select.andWhere(
    new Brackets((any) =>
      any
        .where(...beginsWith(reader, 'entry.areaPath', area))
        .orWhere('entry.areaPath IN (:...above)', { above: pathsAbove(area) }),
    ),
  );
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

/** Those of the entries that people took off; not those that a change of rule ended, which go on in a linked one. */
export async function cancelledAmong(reader: EntityManager, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const over = await reader.find(Entry, { select: { id: true }, where: { id: In(ids), cancelledAtMs: Not(IsNull()) } });
  if (over.length === 0) return new Set();
  const followers = await reader.find(Entry, {
    select: { id: true, followsId: true },
    where: { followsId: In(over.map(({ id }) => id)) },
  });
  const goesOn = new Set(followers.map(({ followsId }) => followsId));
  return new Set(over.flatMap(({ id }) => (goesOn.has(id) ? [] : [id])));
}

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
  return selectPlacedAt(reader, entryId).orderBy('entry.id').getMany();
}

export function selectPlacedAt(reader: EntityManager, entryId: string): SelectQueryBuilder<Entry> {
  return reader
    .createQueryBuilder(Entry, 'entry')
    .innerJoin(EntryPlace, 'place', 'place.entryId = entry.id AND place.anchorId = :entryId', { entryId })
    .where('entry.cancelledAtMs IS NULL');
}
