import type { EntityManager } from 'typeorm';
import { type Area, type AreaService, covers, isValidIn } from '../../areas/index.js';
import {
  type CampaignHamlet,
  type CampaignScript,
  type Listener,
  shelfOf,
  stepsOf,
  type TimelineItem,
} from '../engine/index.js';

/** Hamlets at or below an area that are there in the period, with the clusters of the area that they hear. */
export async function hamletsOf(
  areas: AreaService,
  reader: EntityManager,
  path: string,
  period: { readonly from: string; readonly until: string },
): Promise<{ readonly hamlets: readonly Area[]; readonly areaOf: ReadonlyMap<string, Area> }> {
  const all = await areas.under(reader, path);
  return {
    hamlets: all.filter((area) => area.kind === 'hamlet' && isValidIn(area, period.from, period.until)),
    areaOf: new Map(all.map((area) => [area.path, area])),
  };
}

export function campaignHamlets(hamlets: readonly Area[], listeners: readonly Listener[]): CampaignHamlet[] {
  const clustersOf = new Map<string, string[]>(hamlets.map(({ id }) => [id, []]));
  for (const { id, hamletIds } of listeners) for (const hamletId of hamletIds) clustersOf.get(hamletId)?.push(id);
  return hamlets.map(({ id, name, path }) => ({
    id,
    name,
    areaPath: path,
    communePath: path.slice(0, path.slice(0, -1).lastIndexOf('/') + 1),
    clusterIds: clustersOf.get(id) ?? [],
  }));
}

/** A script lasts as long as where most of its language versions are heard one after the other. */
export function campaignScripts(
  itemIds: readonly string[],
  items: ReadonlyMap<string, TimelineItem>,
  listeners: readonly Listener[],
): CampaignScript[] {
  const shelf = shelfOf(items);
  const spoken = new Map(listeners.map(({ languages }) => [languages.join(' '), { languages }]));
  const everybody = spoken.size === 0 ? [{ languages: [] }] : [...spoken.values()];
  return itemIds.map((itemId) => {
    const entry = { runningOrder: [{ kind: 'item' as const, itemId }] };
    const lengths = everybody.map((listener) =>
      stepsOf(entry, shelf, listener).map(({ durationMs }) => durationMs ?? Number.NaN),
    );
    const longest = Math.max(...lengths.map((steps) => steps.reduce((sum, ms) => sum + ms, 0)));
    const { title = '', validFrom = null, validTo = null } = items.get(itemId) ?? {};
    return { itemId, title, validFrom, validTo, durationMs: Number.isNaN(longest) ? null : longest };
  });
}

/**
 * Places in the request of items that may not be scheduled here: not approved, or neither of this area nor of one above it
 * (of which nobody here learns more).
 */
export async function unplannable(
  areas: AreaService,
  reader: EntityManager,
  itemIds: readonly string[],
  items: ReadonlyMap<string, TimelineItem & { readonly areaId: string }>,
  path: string,
): Promise<ReadonlySet<string>> {
  const owners = new Map<string, boolean>();
  for (const { areaId } of items.values())
    if (!owners.has(areaId)) {
      const owner = await areas.byId(reader, areaId);
      owners.set(areaId, owner !== null && covers(owner.path, path));
    }
  return new Set(itemIds.filter((id) => !owners.get(items.get(id)?.areaId ?? '')));
}
