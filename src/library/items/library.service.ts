import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import type { Actor } from '../../platform/http/index.js';
import { Item, type ItemVersion } from './item.entity.js';
import { approvedVersions, seenItem } from './item.queries.js';

/** What later steps may know of content that may go on air. */
export interface AirableItem {
  readonly id: string;
  /** Language versions of one content share it. */
  readonly groupId: string;
  readonly version: number;
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  readonly textSha256: string | null;
  readonly planLineId: string | null;
  readonly areaId: string;
  /** First and last local day on air, both included; null: no limit. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** `after`: aired under an emergency policy before anybody approved it (hậu kiểm). */
  readonly approval: 'before' | 'after';
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
  /** Those of the items with a version that may go on air and has sound. */
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

  /** The same, and the other language versions of each that may go on air. */
  async airableInAllLanguages(reader: EntityManager, itemIds: readonly string[]): Promise<Map<string, AirableItem>> {
    const groups = new Set([...(await this.airable(reader, itemIds)).values()].map(({ groupId }) => groupId));
    const ids: string[] = [];
    for (let from = 0, all = [...groups]; from < all.length; from += AT_ONCE) {
      const wanted = { groupId: In(all.slice(from, from + AT_ONCE)), approvedVersion: Not(IsNull()) };
      for (const { id } of await reader.find(Item, { select: { id: true }, where: wanted })) ids.push(id);
    }
    return this.airable(reader, ids);
  }

  /** An item that the actor may see; else the problem `library.itemUnknown`. */
  async seen(
    reader: EntityManager,
    actor: Actor,
    itemId: string,
  ): Promise<{ readonly title: string; readonly areaPath: string }> {
    const { title, areaPath } = await seenItem(reader, actor, itemId);
    return { title, areaPath };
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

function airableOf(item: Item, version: ItemVersion | undefined): AirableItem | null {
  if (!version) return null;
  const { id, groupId, language, planLineId, areaId } = item;
  const {
    n,
    textSha256,
    audioSha256: sha256,
    audioBytes: bytes,
    audioType: type,
    audioDurationMs: durationMs,
  } = version;
  if (sha256 === null || bytes === null || type === null || durationMs === null) return null;
  // As approved: the item itself carries what the newest draft says.
  const { title, validFrom, validTo } = version.metadata ?? item;
  return {
    id,
    groupId,
    version: n,
    title,
    language,
    textSha256,
    planLineId,
    areaId,
    validFrom,
    validTo,
    approval: version.status === 'provisional' ? 'after' : 'before',
    audio: { sha256, bytes, type, durationMs },
  };
}
