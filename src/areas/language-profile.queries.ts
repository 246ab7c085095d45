import type { EntityManager } from 'typeorm';
import { Area } from './area.entity.js';
import { LanguageProfile } from './language-profile.entity.js';

/** SQLite takes 32,766 parameters, and a nation has more hamlets. */
const MOST_NAMED = 10_000;

/** `text` is the JSON of the languages of the area itself, or else of the one it lies in. Areas without any are left out. */
export async function profilesInForce(
  reader: EntityManager,
  areaIds?: readonly string[],
): Promise<{ areaId: string; text: string }[]> {
  const select = reader
    .createQueryBuilder(Area, 'area')
    .leftJoin(LanguageProfile, 'own', 'own.areaId = area.id')
    .leftJoin(LanguageProfile, 'around', 'around.areaId = area.parentId')
    .select('area.id', 'areaId')
    .addSelect('COALESCE(own.languages, around.languages)', 'text')
    .where('COALESCE(own.languages, around.languages) IS NOT NULL');
  if (!areaIds) return select.getRawMany();
  const found: { areaId: string; text: string }[] = [];
  for (let from = 0; from < areaIds.length; from += MOST_NAMED) {
    const named = areaIds.slice(from, from + MOST_NAMED);
    found.push(...(await select.clone().andWhere('area.id IN (:...named)', { named }).getRawMany()));
  }
  return found;
}
