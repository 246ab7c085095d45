import { Brackets, type EntityManager } from 'typeorm';
import type { Actor } from '../platform/http/index.js';
import { fold } from '../platform/i18n/index.js';
import type { ItemQuery } from './item.api.js';
import { Item, ItemVersion } from './item.entity.js';
import { libraryProblem } from './problems.js';

const MOST_LISTED = 500;

/** The item if the actor may see it; else `library.itemUnknown`, so that nobody learns of what is not theirs. */
export async function seenItem(reader: EntityManager, actor: Actor, id: string): Promise<Item> {
  const item = await reader.findOneBy(Item, { id });
  if (!item || !actor.may('library.read', item.areaPath)) throw libraryProblem('library.itemUnknown');
  return item;
}

/** The oldest first. */
export const versionsOf = (reader: EntityManager, itemId: string): Promise<ItemVersion[]> =>
  reader.find(ItemVersion, { where: { itemId }, order: { n: 'ASC' } });

export async function versionOf(reader: EntityManager, itemId: string, n: number): Promise<ItemVersion> {
  const version = await reader.findOneBy(ItemVersion, { itemId, n });
  if (!version) throw libraryProblem('library.versionUnknown');
  return version;
}

/** Items with their current versions (without the text), the newest first. `underPath` narrows the scopes, never widens them. */
export async function listItems(
  reader: EntityManager,
  scopes: readonly string[],
  query: Omit<ItemQuery, 'areaId'> & { readonly underPath?: string },
): Promise<{ item: Item; version: Pick<ItemVersion, 'status' | 'audioState' | 'audioDurationMs'> }[]> {
  if (scopes.length === 0) return [];
  const select = reader
    .createQueryBuilder(Item, 'item')
    .innerJoin(ItemVersion, 'version', 'version.itemId = item.id AND version.n = item.currentVersion')
    .where(
      new Brackets((any) =>
        scopes.forEach((scope, i) => void any.orWhere(`item.areaPath LIKE :scope${i}`, { [`scope${i}`]: `${scope}%` })),
      ),
    );
  if (query.underPath) select.andWhere('item.areaPath LIKE :under', { under: `${query.underPath}%` });
  if (query.status) select.andWhere('version.status = :status', { status: query.status });
  if (query.planLineId) select.andWhere('item.planLineId = :line', { line: query.planLineId });
  for (const [i, word] of searchWords(query.search ?? '').entries())
    select.andWhere(`item.titleFolded LIKE :word${i}`, { [`word${i}`]: `%${word}%` });
  const items = await select
    .orderBy('item.createdAtMs', 'DESC')
    .addOrderBy('item.id', 'DESC')
    .limit(MOST_LISTED)
    .getMany();
  const versions = await currentStates(reader, items);
  return items.flatMap((item) => {
    const version = versions.get(item.id);
    return version ? [{ item, version }] : [];
  });
}

async function currentStates(reader: EntityManager, items: readonly Item[]) {
  if (items.length === 0) return new Map<string, ItemVersion>();
  const versions = await reader
    .createQueryBuilder(ItemVersion, 'version')
    .select(['version.itemId', 'version.n', 'version.status', 'version.audioState', 'version.audioDurationMs'])
    .innerJoin(Item, 'item', 'version.itemId = item.id AND version.n = item.currentVersion')
    .where('item.id IN (:...ids)', { ids: items.map(({ id }) => id) })
    .getMany();
  return new Map(versions.map((version) => [version.itemId, version]));
}

/** Case 20. LIKE's own signs are no words; a backslash would escape what follows it. */
const searchWords = (search: string): string[] =>
  fold(search)
    .replace(/[%_\\]/g, ' ')
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, 10);
