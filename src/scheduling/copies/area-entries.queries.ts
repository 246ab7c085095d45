import { type EntityManager, In } from 'typeorm';
import { type DayLine, DEFAULT_ZONE, spanOfDays } from '../engine/index.js';
import { Entry } from '../entries/entry.entity.js';
import type { KnownRules } from '../entries/known-rules.js';

/** Days of one name lie up to 26 hours apart in the zones of the world. */
const ZONES_APART_MS = 2 * 86_400_000;

/** Entries of exactly this area that may occur on these local days, whatever their zones. */
export async function entriesOfArea(
  reader: EntityManager,
  areaPath: string,
  from: string,
  days: number,
  known: KnownRules,
): Promise<Entry[]> {
  const span = spanOfDays(from, days, DEFAULT_ZONE);
  const [fromMs, untilMs] = [span.fromMs - ZONES_APART_MS, span.untilMs + ZONES_APART_MS];
  const entries = await reader
    .createQueryBuilder(Entry, 'entry')
    .where('entry.areaPath = :areaPath AND entry.firstStartMs < :untilMs', { areaPath, untilMs })
    .andWhere('(entry.lastStartMs IS NULL OR entry.lastStartMs >= :fromMs)', { fromMs })
    .andWhere('(entry.cancelledAtMs IS NULL OR entry.cancelledAtMs > :fromMs)')
    .orderBy('entry.id')
    .getMany();
  return entries.map(withKnown(known));
}

const withKnown =
  (known: KnownRules) =>
  (entry: Entry): Entry => ({ ...entry, recurrence: known.of(entry.recurrence) });

/** Entries that lines stand in or behind and that are no lines themselves. */
export async function anchorsOf(reader: EntityManager, lines: readonly DayLine[], known: KnownRules): Promise<Entry[]> {
  const ids = lines.flatMap(({ place }) => (place?.anchor.kind === 'entry' ? [place.anchor.entryId] : []));
  return (await reader.findBy(Entry, { id: In([...new Set(ids)]) })).map(withKnown(known));
}
