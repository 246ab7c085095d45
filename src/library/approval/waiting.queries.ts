import { Brackets, type EntityManager, In } from 'typeorm';
import { Item, ItemVersion } from '../items/item.entity.js';

/** What an approver can look through in one go; beyond, the oldest wait until these are decided. */
const MOST_LISTED = 500;

/** A pending or provisional version with its item; the text is left where it is. */
export interface Waiting {
  readonly item: Item;
  readonly version: ItemVersion;
}

/** What waits below the paths: what is on air unjudged first, the nearest deadline foremost, then the newest. */
export async function waitingBelow(reader: EntityManager, paths: readonly string[]): Promise<Waiting[]> {
  if (paths.length === 0) return [];
  const versions = await reader
    .createQueryBuilder(ItemVersion, 'version')
    .select([
      'version.itemId',
      'version.n',
      'version.status',
      'version.metadata',
      'version.content',
      'version.textSha256',
      'version.uploadSha256',
      'version.authorId',
      'version.authorName',
      'version.correctedById',
      'version.correctedByName',
      'version.submittedById',
      'version.submittedByName',
      'version.submittedAtMs',
      'version.airedByName',
      'version.reviewDueAtMs',
      'version.reviewerId',
      'version.reviewerName',
      'version.reviewedAudioSha256',
      'version.audioState',
      'version.audioSha256',
      'version.audioDurationMs',
      'version.createdAtMs',
    ])
    .innerJoin(Item, 'item', 'version.itemId = item.id')
    .where("version.status IN ('pending', 'provisional')")
    .andWhere(
      new Brackets((any) => {
        for (const [i, path] of paths.entries())
          any.orWhere(`item.areaPath LIKE :path${i}`, { [`path${i}`]: `${path}%` });
      }),
    )
    // Of the two statuses the later in the alphabet is on air.
    .orderBy('version.status', 'DESC')
    .addOrderBy('version.reviewDueAtMs', 'ASC')
    .addOrderBy('version.submittedAtMs', 'DESC')
    .addOrderBy('version.itemId', 'DESC')
    .limit(MOST_LISTED)
    .getMany();
  const items = new Map(
    (await reader.findBy(Item, { id: In(versions.map(({ itemId }) => itemId)) })).map((item) => [item.id, item]),
  );
  return versions.flatMap((version) => {
    const item = items.get(version.itemId);
    return item ? [{ item, version }] : [];
  });
}

/** Every version of the items, as far as their authors are known by it, by item. */
export async function authoredVersions(
  reader: EntityManager,
  itemIds: readonly string[],
): Promise<Map<string, ItemVersion[]>> {
  const versions = await reader.find(ItemVersion, {
    select: { itemId: true, n: true, authorId: true, textSha256: true, uploadSha256: true, content: true },
    where: { itemId: In([...new Set(itemIds)]) },
  });
  const byItem = new Map<string, ItemVersion[]>();
  for (const version of versions) byItem.set(version.itemId, [...(byItem.get(version.itemId) ?? []), version]);
  return byItem;
}
