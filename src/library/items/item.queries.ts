import { type EntityManager, In, LessThan, Not } from 'typeorm';
import { covers } from '../../areas/index.js';
import type { Actor } from '../../platform/http/index.js';
import { ON_AIR, type Status } from '../engine/approval.js';
import { libraryProblem } from '../problems.js';
import type { ItemView, VersionView } from './item.api.js';
import { Item, ItemVersion } from './item.entity.js';
import { metadataOf } from './item.versions.js';
import { versionViewOf, viewOf } from './item.views.js';

/** Of one item in one answer. */
export const MOST_VERSIONS = 20;

/** The item as people see it, with its versions and the same content in other languages. */
export async function itemView(reader: EntityManager, { id }: Pick<Item, 'id'>): Promise<ItemView> {
  const item = await reader.findOneByOrFail(Item, { id });
  const shown = await pageOf(reader, id, {});
  return viewOf(item, shown, await siblingsOf(reader, item), await olderThan(reader, id, shown));
}

async function siblingsOf(reader: EntityManager, { id, groupId }: Item): Promise<ItemView['siblings']> {
  const items = await reader.find(Item, { where: { groupId, id: Not(id) }, order: { language: 'ASC' } });
  const versions = await currentStates(reader, items);
  return items.flatMap((other) => siblingOf(other, other.title, versions.get(other.id)));
}

/**
 * The item if the actor may see all of it; else `library.itemUnknown`, so that nobody learns of what is not theirs. What
 * an office above has on air is seen through `seenView` and `seenVersion` only: they hold back what it has not approved.
 */
export async function seenItem(reader: EntityManager, actor: Actor, id: string): Promise<Item> {
  const item = await reader.findOneBy(Item, { id });
  if (!item || !actor.may('library.read', item.areaPath)) throw libraryProblem('library.itemUnknown');
  return item;
}

/** What is or was on the air of an office above: no secret to those below it. */
const PUBLIC: readonly Status[] = [...ON_AIR, 'expired'];

/** The item as the actor may see it: one of an office above only while it is on air, and as it was approved. */
export async function seenView(reader: EntityManager, actor: Actor, id: string): Promise<ItemView> {
  const item = await reader.findOneBy(Item, { id });
  if (!item || !isAbove(actor, item)) return itemView(reader, await seenItem(reader, actor, id));
  const approved = await onAirVersion(reader, item);
  const seen = { statuses: PUBLIC };
  const newest = await pageOf(reader, id, seen);
  // Versions that were approved later and have ended may be more than are shown.
  const versions = newest.some(({ n }) => n === approved.n) ? newest : [approved, ...newest];
  const group = await reader.find(Item, { where: { groupId: item.groupId, id: Not(id) }, order: { language: 'ASC' } });
  const onAir = await approvedVersions(reader, group);
  const siblings = group.flatMap((other) => {
    const version = onAir.get(other.id);
    return siblingOf(other, (version?.metadata ?? other).title, version);
  });
  return viewOf(asApproved(item, approved), versions, siblings, await olderThan(reader, id, newest, seen));
}

const siblingOf = (
  { id, language }: Item,
  title: string,
  version: Pick<ItemVersion, 'status' | 'audioState'> | undefined,
): ItemView['siblings'] =>
  version ? [{ id, language, title, status: version.status, audioState: version.audioState }] : [];

interface Page {
  /** Versions with smaller numbers only. */
  readonly before?: number | undefined;
  /** Without it, all. */
  readonly statuses?: readonly Status[];
}

/** The newest of them, the oldest first. */
async function pageOf(reader: EntityManager, itemId: string, page: Page): Promise<ItemVersion[]> {
  const found = await reader.find(ItemVersion, {
    where: whereOf(itemId, page),
    order: { n: 'DESC' },
    take: MOST_VERSIONS,
  });
  return found.reverse();
}

async function olderThan(
  reader: EntityManager,
  itemId: string,
  shown: readonly ItemVersion[],
  page: Page = {},
): Promise<number> {
  if (shown.length < MOST_VERSIONS) return 0;
  return reader.countBy(ItemVersion, whereOf(itemId, { ...page, before: shown[0]?.n }));
}

const whereOf = (itemId: string, { before, statuses }: Page) => ({
  itemId,
  ...(before === undefined ? {} : { n: LessThan(before) }),
  ...(statuses === undefined ? {} : { status: In([...statuses]) }),
});

/** One version in full, as the actor may see it. */
export async function seenVersionView(
  reader: EntityManager,
  actor: Actor,
  id: string,
  n: number,
): Promise<VersionView> {
  const version = await seenVersion(reader, actor, id, n);
  return versionViewOf(await reader.findOneByOrFail(Item, { id }), version);
}

/** Versions in full, as many as one answer holds, the oldest first. */
export async function seenVersions(
  reader: EntityManager,
  actor: Actor,
  id: string,
  before: number | undefined,
): Promise<VersionView[]> {
  const item = await reader.findOneBy(Item, { id });
  const above = item !== null && isAbove(actor, item);
  if (above) await onAirVersion(reader, item);
  const seen = above ? item : await seenItem(reader, actor, id);
  const versions = await pageOf(reader, id, { before, ...(above ? { statuses: PUBLIC } : {}) });
  return versions.map((version) => versionViewOf(seen, version));
}

/** A version that the actor may see and hear, by default the current one; of an office above, the one on air. */
export async function seenVersion(reader: EntityManager, actor: Actor, id: string, n?: number): Promise<ItemVersion> {
  const item = await reader.findOneBy(Item, { id });
  if (!item || !isAbove(actor, item)) {
    const { currentVersion } = await seenItem(reader, actor, id);
    return versionOf(reader, id, n ?? currentVersion);
  }
  const approved = await onAirVersion(reader, item);
  const version = await versionOf(reader, id, n ?? approved.n);
  if (!PUBLIC.includes(version.status)) throw libraryProblem('library.versionUnknown');
  return version;
}

/** The item as it was when this version was approved; of newer drafts, not even their number. */
export const asApproved = (item: Item, version: Pick<ItemVersion, 'n' | 'metadata'>): Item => ({
  ...item,
  ...metadataOf(version.metadata ?? item),
  currentVersion: version.n,
});

const isAbove = (actor: Actor, { areaPath }: Item): boolean =>
  !actor.may('library.read', areaPath) && actor.scopes('library.read').some((scope) => covers(areaPath, scope));

async function onAirVersion(reader: EntityManager, item: Item): Promise<ItemVersion> {
  const version = (await approvedVersions(reader, [item])).get(item.id);
  if (!version) throw libraryProblem('library.itemUnknown');
  return version;
}

/** The oldest first. */
export const versionsOf = (reader: EntityManager, itemId: string): Promise<ItemVersion[]> =>
  reader.find(ItemVersion, { where: { itemId }, order: { n: 'ASC' } });

export async function versionOf(reader: EntityManager, itemId: string, n: number): Promise<ItemVersion> {
  const version = await reader.findOneBy(ItemVersion, { itemId, n });
  if (!version) throw libraryProblem('library.versionUnknown');
  return version;
}

/** Current versions without their text, by item. */
export async function currentStates(reader: EntityManager, items: readonly Item[]) {
  if (items.length === 0) return new Map<string, ItemVersion>();
  const versions = await reader
    .createQueryBuilder(ItemVersion, 'version')
    .select(['version.itemId', 'version.n', 'version.status', 'version.audioState', 'version.audioDurationMs'])
    .innerJoin(Item, 'item', 'version.itemId = item.id AND version.n = item.currentVersion')
    .where('item.id IN (:...ids)', { ids: items.map(({ id }) => id) })
    .getMany();
  return new Map(versions.map((version) => [version.itemId, version]));
}

/** The versions of these items that may go on air, by item. */
export async function approvedVersions(
  reader: EntityManager,
  items: readonly Item[],
): Promise<Map<string, ItemVersion>> {
  if (items.length === 0) return new Map();
  const versions = await reader
    .createQueryBuilder(ItemVersion, 'version')
    .innerJoin(Item, 'item', 'version.itemId = item.id AND version.n = item.approvedVersion')
    .where('item.id IN (:...ids) AND version.status IN (:...onAir)', { ids: items.map(({ id }) => id), onAir: ON_AIR })
    .getMany();
  return new Map(versions.map((version) => [version.itemId, version]));
}
