import { Brackets, type EntityManager, IsNull } from 'typeorm';
import type { Span } from './engine/index.js';
import { Entry } from './entry.entity.js';

/**
 * Entries that may start something inside the span. The engine decides; this only leaves out those that surely do not.
 * @param area path of an area: only entries at or below it, and those of offices above it
 */
export function entriesWithin(reader: EntityManager, span: Span, area?: string): Promise<Entry[]> {
  const select = reader
    .createQueryBuilder(Entry, 'entry')
    .where('entry.firstStartMs < :untilMs', { untilMs: span.untilMs })
    .andWhere('(entry.lastStartMs IS NULL OR entry.lastStartMs >= :fromMs)', { fromMs: span.fromMs })
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

/** Areas of the entries with this item that were not cancelled. */
export async function pathsScheduling(reader: EntityManager, itemId: string): Promise<string[]> {
  const entries = await reader.find(Entry, {
    select: { id: true, areaPath: true },
    where: { itemId, cancelledAtMs: IsNull() },
  });
  return [...new Set(entries.map(({ areaPath }) => areaPath))];
}

/** `/a/b/c/` → `/`, `/a/`, `/a/b/`. */
function pathsAbove(path: string): string[] {
  const steps = path.split('/').filter(Boolean);
  return steps.map(
    (_, index) =>
      `/${steps
        .slice(0, index)
        .map((step) => `${step}/`)
        .join('')}`,
  );
}
