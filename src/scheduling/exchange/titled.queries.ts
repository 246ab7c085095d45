import type { EntityManager } from 'typeorm';
import { pathsAbove } from '../engine/index.js';

const AT_ONCE = 500;

/** Ids of approved items with these titles, of an area or one above it. Whether they may go on air, the library says. */
export async function itemsTitled(
  reader: EntityManager,
  areaPath: string,
  titles: readonly string[],
): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < titles.length; from += AT_ONCE) {
    const rows = await reader
      .createQueryBuilder()
      .select('item.id', 'id')
      .from('item', 'item')
      .where('item.areaPath IN (:...paths)', { paths: pathsAbove(areaPath) })
      .andWhere('item.title IN (:...titles)', { titles: titles.slice(from, from + AT_ONCE) })
      .andWhere('item.approvedVersion IS NOT NULL')
      .getRawMany<{ id: string }>();
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}
