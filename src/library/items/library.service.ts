import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { relaySource } from '../../../devices/protocol/index.js';
import { idsUpwards } from '../../areas/index.js';
import type { Actor } from '../../platform/http/index.js';
import { standbyOf } from '../relay/standby-sound.js';
import { Item, ItemVersion } from './item.entity.js';
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

/** What a board shows once it may go on air. */
export interface ShowableItem extends Omit<AirableItem, 'audio'> {
  readonly visual: {
    readonly kind: 'picture' | 'video' | 'text';
    /** Of a video; null: it is shown as long as somebody plans. */
    readonly durationMs: number | null;
  };
  readonly audio?: undefined;
  readonly relay?: undefined;
}

/** An address that devices open once it may go on air. */
export interface RelayableItem extends Omit<AirableItem, 'audio'> {
  readonly relay: {
    readonly url: string;
    /** What sounds while the address gives nothing; null: see `StandbySound`. */
    readonly fallback: AirableItem['audio'] | null;
  };
  readonly audio?: undefined;
  readonly visual?: undefined;
}
export type SchedulableItem =
  | (AirableItem & { readonly visual?: undefined; readonly relay?: undefined })
  | ShowableItem
  | RelayableItem;

/** SQLite takes 32,766 parameters, PostgreSQL 65,535. */
const AT_ONCE = 5_000;

/** For other rooms, inside their transaction or reading. Rights are theirs to check. */
@Injectable()
export class LibraryService {
  /** Those of the items with a version that may go on air and has sound. */
  async airable(reader: EntityManager, itemIds: readonly string[]): Promise<Map<string, AirableItem>> {
    return found(reader, itemIds, airableOf);
  }

  /** Those of the items with a version that may go on air, and has sound, is for boards, or is relayed. */
  async schedulable(reader: EntityManager, itemIds: readonly string[]): Promise<Map<string, SchedulableItem>> {
    const items = await found<SchedulableItem>(
      reader,
      itemIds,
      (item, version) => airableOf(item, version) ?? showableOf(item, version) ?? relayableOf(item, version),
    );
    const relays = [...items.values()].filter((item): item is RelayableItem => item.relay !== undefined);
    const fallback = relays.length > 0 ? await standbyOf(reader) : null;
    for (const item of relays) items.set(item.id, { ...item, relay: { ...item.relay, fallback } });
    return items;
  }

  /** The same, and the other language versions of each that may go on air. */
  async airableInAllLanguages(reader: EntityManager, itemIds: readonly string[]): Promise<Map<string, AirableItem>> {
    return this.airable(reader, await inAllLanguages(reader, await this.airable(reader, itemIds)));
  }

  /** The same of what is schedulable. */
  async schedulableInAllLanguages(
    reader: EntityManager,
    itemIds: readonly string[],
  ): Promise<Map<string, SchedulableItem>> {
    return this.schedulable(reader, await inAllLanguages(reader, await this.schedulable(reader, itemIds)));
  }

  /** What may go on air of the items that are approved under exactly these titles, of an area or one above it. */
  async schedulableTitled(
    reader: EntityManager,
    areaPath: string,
    titles: readonly string[],
  ): Promise<Map<string, SchedulableItem>> {
    const ids: string[] = [];
    // By path, for which there is an index.
    const upwards = In(
      idsUpwards(areaPath).map((id) => areaPath.slice(0, areaPath.indexOf(`/${id}/`) + id.length + 2)),
    );
    for (let from = 0; from < titles.length; from += AT_ONCE) {
      const title = In(titles.slice(from, from + AT_ONCE));
      const where = { areaPath: upwards, title, approvedVersion: Not(IsNull()) };
      for (const { id } of await reader.find(Item, { select: { id: true }, where })) ids.push(id);
    }
    const items = await this.schedulable(reader, ids);
    return new Map([...items].filter(([, item]) => titles.includes(item.title)));
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

  /** An item as it is approved, and when anything of it was approved first; null: nothing of it is approved now. */
  async approvalOf(
    reader: EntityManager,
    itemId: string,
  ): Promise<{
    readonly title: string;
    readonly areaPath: string;
    readonly planLineId: string | null;
    readonly firstApprovedAtMs: number;
  } | null> {
    const item = await reader.findOneBy(Item, { id: itemId, approvedVersion: Not(IsNull()) });
    const version = item && (await approvedVersions(reader, [item])).get(item.id);
    if (!item || !version) return null;
    const [first] = await reader.find(ItemVersion, {
      where: { itemId, status: 'approved', decidedAtMs: Not(IsNull()) },
      order: { decidedAtMs: 'ASC' },
      take: 1,
    });
    const { areaPath, planLineId } = item;
    const firstApprovedAtMs = first?.decidedAtMs ?? version.createdAtMs;
    return { title: (version.metadata ?? item).title, areaPath, planLineId, firstApprovedAtMs };
  }

  /** Titles that versions of items had, by `item.version`; of whatever became of them since. */
  async titlesOf(
    reader: EntityManager,
    versions: readonly { readonly itemId: string; readonly itemVersion: number }[],
  ): Promise<Map<string, string>> {
    const ids = [...new Set(versions.map(({ itemId }) => itemId))];
    const wanted = new Set(versions.map(({ itemId, itemVersion }) => `${itemId}.${itemVersion}`));
    const titles = new Map<string, string>();
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      const now = new Map((await reader.findBy(Item, { id: In(some) })).map(({ id, title }) => [id, title]));
      const select = { itemId: true, n: true, metadata: true } as const;
      for (const { itemId, n, metadata } of await reader.find(ItemVersion, { select, where: { itemId: In(some) } }))
        if (wanted.has(`${itemId}.${n}`)) titles.set(`${itemId}.${n}`, metadata?.title ?? now.get(itemId) ?? '');
    }
    return titles;
  }

  /** Items that count for any of these plan lines. */
  async idsOfLines(reader: EntityManager, planLineIds: readonly string[]): Promise<string[]> {
    const items = await reader.find(Item, { select: { id: true }, where: { planLineId: In([...planLineIds]) } });
    return items.map(({ id }) => id);
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
      readonly language: string;
      readonly approvedVersion: number | null;
    }[]
  > {
    return reader.find(Item, {
      select: { id: true, title: true, areaPath: true, language: true, approvedVersion: true },
      where: { planLineId },
      order: { createdAtMs: 'ASC', id: 'ASC' },
    });
  }
}

async function found<Kind>(
  reader: EntityManager,
  itemIds: readonly string[],
  of: (item: Item, version: ItemVersion) => Kind | null,
): Promise<Map<string, Kind>> {
  const all = new Map<string, Kind>();
  const ids = [...new Set(itemIds)];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const wanted = ids.slice(from, from + AT_ONCE);
    const items = await reader.findBy(Item, { id: In(wanted), approvedVersion: Not(IsNull()) });
    const versions = await approvedVersions(reader, items);
    for (const item of items) {
      const version = versions.get(item.id);
      const one = version && of(item, version);
      if (one) all.set(item.id, one);
    }
  }
  return all;
}

/** Ids of the approved language versions of these. */
async function inAllLanguages(reader: EntityManager, items: ReadonlyMap<string, SchedulableItem>): Promise<string[]> {
  const groups = [...new Set([...items.values()].map(({ groupId }) => groupId))];
  const ids: string[] = [];
  for (let from = 0; from < groups.length; from += AT_ONCE) {
    const wanted = { groupId: In(groups.slice(from, from + AT_ONCE)), approvedVersion: Not(IsNull()) };
    for (const { id } of await reader.find(Item, { select: { id: true }, where: wanted })) ids.push(id);
  }
  return ids;
}

function airableOf(item: Item, version: ItemVersion): AirableItem | null {
  const { audioSha256: sha256, audioBytes: bytes, audioType: type, audioDurationMs: durationMs } = version;
  if (sha256 === null || bytes === null || type === null || durationMs === null) return null;
  return { ...approvedOf(item, version), audio: { sha256, bytes, type, durationMs } };
}

function showableOf(item: Item, version: ItemVersion): ShowableItem | null {
  const { content, text } = version;
  if (item.kind === 'boardText' && text !== null)
    return { ...approvedOf(item, version), visual: { kind: 'text', durationMs: null } };
  if (content?.kind !== 'picture' && content?.kind !== 'video') return null;
  const { kind, durationMs } = content;
  return { ...approvedOf(item, version), visual: { kind, durationMs } };
}

function relayableOf(item: Item, version: ItemVersion): RelayableItem | null {
  const { content } = version;
  if (content?.kind !== 'relay') return null;
  // One address that the contract does not carry would keep a whole day from every device that is told of it.
  const source = relaySource.safeParse({ kind: 'stream', url: content.streamUrl });
  if (!source.success) return null;
  return { ...approvedOf(item, version), relay: { url: content.streamUrl, fallback: null } };
}

/** As approved: the item itself carries what the newest draft says. */
function approvedOf(item: Item, version: ItemVersion): Omit<AirableItem, 'audio'> {
  const { id, groupId, language, planLineId, areaId } = item;
  const { title, validFrom, validTo } = version.metadata ?? item;
  return {
    id,
    groupId,
    version: version.n,
    title,
    language,
    textSha256: version.textSha256,
    planLineId,
    areaId,
    validFrom,
    validTo,
    approval: version.status === 'provisional' ? 'after' : 'before',
  };
}
