import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AreaService, commonPath, covers } from '../areas/index.js';
import type { ClusterGroup } from './cluster-group.entity.js';
import type { PlaceKind, Reach } from './engine/place-kind.js';
import { spokenOrder } from './engine/spoken-order.js';
import { groupsAround, type ListenerPlace, linksOf, placesOf, streamersOf, type Whom } from './listener.queries.js';

/** A place as a schedule sees it: what it can be aimed by, and what is to be said there. */
export interface Listener {
  readonly id: string;
  readonly kind: PlaceKind;
  /** How far what is played there is known to reach: a transmitter's listeners are heard by nobody here. */
  readonly reach: Reach;
  readonly areaPath: string;
  /** Groups (nhóm loa) that it belongs to, sorted. */
  readonly groupIds: readonly string[];
  /** Hamlets that hear it on the day, sorted. */
  readonly hamletIds: readonly string[];
  /** Of those hamlets, in the order in which they are to be spoken; none: no hamlet has a profile. */
  readonly languages: readonly string[];
  /** What its device can do beside playing stored sound, as it states itself. */
  readonly capabilities: readonly 'stream'[];
}

/** How many clusters are named to the database at once. */
const MOST_NAMED = 10_000;

/** What a schedule can be aimed at. */
@Injectable()
export class ListenerService {
  constructor(private readonly areas: AreaService) {}

  /**
   * Every cluster and board at or below an area, by id.
   * @param day local day, `yyyy-mm-dd`
   */
  async under(reader: EntityManager, areaPath: string, day: string): Promise<Listener[]> {
    return this.#listeners(reader, { areaPath }, day);
  }

  /**
   * The named clusters, by id; those that do not exist are left out.
   * @param day local day, `yyyy-mm-dd`
   */
  async of(reader: EntityManager, clusterIds: readonly string[], day: string): Promise<Listener[]> {
    const ids = [...new Set(clusterIds)].sort();
    const listeners: Listener[] = [];
    for (let from = 0; from < ids.length; from += MOST_NAMED)
      listeners.push(...(await this.#listeners(reader, { clusterIds: ids.slice(from, from + MOST_NAMED) }, day)));
    return listeners;
  }

  /**
   * Languages of the named clusters, as `Listener.languages`, by cluster.
   * @param day local day, `yyyy-mm-dd`
   */
  async languagesOf(
    reader: EntityManager,
    clusterIds: readonly string[],
    day: string,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const listeners = await this.of(reader, clusterIds, day);
    return new Map(listeners.map(({ id, languages }) => [id, languages]));
  }

  async #listeners(reader: EntityManager, whom: Whom, day: string): Promise<Listener[]> {
    const places = await placesOf(reader, whom);
    if (places.length === 0) return [];
    const hamletsOf = together(
      (await linksOf(reader, whom, day)).map(({ clusterId, hamletId }) => [clusterId, hamletId]),
    );
    const groups = await groupsAround(reader, commonPath(places.map(({ areaPath }) => areaPath)));
    const groupsOf = together(membersOf(groups, places).map(([group, cluster]) => [cluster, group]));
    const profiles = await this.areas.languagesOf(reader, [...new Set([...hamletsOf.values()].flat())]);
    const streaming = new Set(await streamersOf(reader, whom));
    return places.map(({ id, kind, reach, areaPath }) => {
      const hamletIds = [...new Set(hamletsOf.get(id))];
      return {
        id,
        kind,
        reach,
        areaPath,
        groupIds: groupsOf.get(id) ?? [],
        hamletIds,
        languages: spokenOrder(hamletIds.map((hamletId) => profiles.get(hamletId) ?? [])),
        capabilities: streaming.has(id) ? ['stream'] : [],
      };
    });
  }
}

/** Pairs of group and cluster. A cluster that was moved out of the area of a group is none of its members any more. */
function membersOf(groups: readonly ClusterGroup[], places: readonly ListenerPlace[]): [string, string][] {
  const pathOf = new Map(places.map(({ id, areaPath }) => [id, areaPath]));
  return groups.flatMap((group) =>
    group.clusterIds
      .filter((id) => covers(group.areaPath, pathOf.get(id) ?? ''))
      .map((id): [string, string] => [group.id, id]),
  );
}

function together(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [key, value] of pairs) {
    const list = lists.get(key);
    if (list) list.push(value);
    else lists.set(key, [value]);
  }
  return lists;
}
