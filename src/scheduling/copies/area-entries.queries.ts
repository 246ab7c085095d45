import { type EntityManager, In } from 'typeorm';
import { type DayLine, DEFAULT_ZONE, spanOfDays } from '../engine/index.js';
import { Entry } from '../entries/entry.entity.js';

/** Days of one name lie up to 26 hours apart in the zones of the world. */
const ZONES_APART_MS = 2 * 86_400_000;

/** Entries of exactly this area that may occur on these local days, whatever their zones. */
export function entriesOfArea(reader: EntityManager, areaId: string, from: string, days: number): Promise<Entry[]> {
  const span = spanOfDays(from, days, DEFAULT_ZONE);
  const [fromMs, untilMs] = [span.fromMs - ZONES_APART_MS, span.untilMs + ZONES_APART_MS];
  return reader
    .createQueryBuilder(Entry, 'entry')
    .where('entry.areaId = :areaId AND entry.firstStartMs < :untilMs', { areaId, untilMs })
    .andWhere('(entry.lastStartMs IS NULL OR entry.lastStartMs >= :fromMs)', { fromMs })
    .andWhere('(entry.cancelledAtMs IS NULL OR entry.cancelledAtMs > :fromMs)')
    .orderBy('entry.id')
    .getMany();
}

/** Entries that lines stand in or behind and that are no lines themselves. */
export function anchorsOf(reader: EntityManager, lines: readonly DayLine[]): Promise<Entry[]> {
  const ids = lines.flatMap(({ place }) => (place?.anchor.kind === 'entry' ? [place.anchor.entryId] : []));
  return reader.findBy(Entry, { id: In([...new Set(ids)]) });
}
