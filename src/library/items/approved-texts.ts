import type { EntityManager } from 'typeorm';
import { among } from '../../platform/database/index.js';
import { Item, ItemVersion } from './item.entity.js';

/** A version that is or was on air, for whoever proves what was said. */
export interface ApprovedText {
  readonly itemId: string;
  readonly version: number;
  /** As it was then. */
  readonly title: string;
  readonly language: string;
  readonly text: string | null;
  readonly textSha256: string | null;
  readonly audioSha256: string | null;
  readonly author: string;
  readonly approver: string | null;
  readonly approvedAtMs: number | null;
  /** It may go on air now. */
  readonly current: boolean;
}

/** The approved versions of the items, and those named by `played`. Rights are the caller's to check. */
export async function approvedTexts(
  reader: EntityManager,
  itemIds: readonly string[],
  played: ReadonlySet<string>,
): Promise<ApprovedText[]> {
  const items = new Map(
    (
      await reader
        .createQueryBuilder(Item, 'item')
        .where(...among(reader, 'item.id', itemIds))
        .getMany()
    ).map((item) => [item.id, item]),
  );
  const versions = await reader
    .createQueryBuilder(ItemVersion, 'version')
    .where(...among(reader, 'version.itemId', itemIds))
    .orderBy('version.itemId')
    .addOrderBy('version.n')
    .getMany();
  return versions.flatMap((version) => {
    const item = items.get(version.itemId);
    const current = item?.approvedVersion === version.n;
    if (!item || (!current && !played.has(`${version.itemId} ${version.n}`))) return [];
    return {
      itemId: item.id,
      version: version.n,
      title: (version.metadata ?? item).title,
      language: item.language,
      text: version.text,
      textSha256: version.textSha256,
      audioSha256: version.audioSha256,
      author: version.authorName,
      approver: version.approverName,
      approvedAtMs: version.decidedAtMs,
      current,
    };
  });
}
