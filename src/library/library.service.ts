import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { Item, ItemVersion } from './item.entity.js';

/** What later steps may know of content that may go on air. */
export interface AirableItem {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  readonly textSha256: string | null;
  readonly planLineId: string | null;
  readonly areaId: string;
  readonly audio: {
    readonly sha256: string;
    readonly bytes: number;
    readonly type: string;
    readonly durationMs: number;
  };
}

/** SQLite takes 32,766 parameters, PostgreSQL 65,535. */
const AT_ONCE = 5_000;

/** For other rooms, inside their transaction or reading. Rights are theirs to check. */
@Injectable()
export class LibraryService {
  /** Those of the items whose approved version has not been withdrawn. */
  async airable(reader: EntityManager, itemIds: readonly string[]): Promise<Map<string, AirableItem>> {
    const airable = new Map<string, AirableItem>();
    const ids = [...new Set(itemIds)];
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const wanted = ids.slice(from, from + AT_ONCE);
      const items = await reader.findBy(Item, { id: In(wanted), approvedVersion: Not(IsNull()) });
      const versions = await approvedVersions(reader, items);
      for (const item of items) {
        const found = airableOf(item, versions.get(item.id));
        if (found) airable.set(item.id, found);
      }
    }
    return airable;
  }

  /** What a line of a plan has got so far, the oldest first. */
  async itemsOfLine(
    reader: EntityManager,
    planLineId: string,
  ): Promise<
    {
      readonly id: string;
      readonly title: string;
      readonly areaPath: string;
      readonly approvedVersion: number | null;
    }[]
  > {
    return reader.find(Item, {
      select: { id: true, title: true, areaPath: true, approvedVersion: true },
      where: { planLineId },
      order: { createdAtMs: 'ASC', id: 'ASC' },
    });
  }
}

async function approvedVersions(reader: EntityManager, items: readonly Item[]): Promise<Map<string, ItemVersion>> {
  if (items.length === 0) return new Map();
  const versions = await reader
    .createQueryBuilder(ItemVersion, 'version')
    .innerJoin(Item, 'item', 'version.itemId = item.id AND version.n = item.approvedVersion')
    .where("item.id IN (:...ids) AND version.status = 'approved'", { ids: items.map(({ id }) => id) })
    .getMany();
  return new Map(versions.map((version) => [version.itemId, version]));
}

function airableOf(
  { id, title, language, planLineId, areaId }: Item,
  version: ItemVersion | undefined,
): AirableItem | null {
  if (!version) return null;
  const {
    n,
    textSha256,
    audioSha256: sha256,
    audioBytes: bytes,
    audioType: type,
    audioDurationMs: durationMs,
  } = version;
  if (sha256 === null || bytes === null || type === null || durationMs === null) return null;
  return {
    id,
    version: n,
    title,
    language,
    textSha256,
    planLineId,
    areaId,
    audio: { sha256, bytes, type, durationMs },
  };
}
