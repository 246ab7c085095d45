import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { idsUpwards } from '../areas/index.js';
import { ClusterGroup } from './cluster-group.entity.js';
import type { PlaceKind, Reach } from './engine/place-kind.js';
import { Cluster, ClusterHamlet, Controller } from './fleet.entity.js';

/** Which clusters: those at or below an area, or named ones (no more than the parameters that SQLite takes: 32,766). */
export type Whom = { readonly areaPath: string } | { readonly clusterIds: readonly string[] };

export interface ListenerPlace {
  readonly id: string;
  readonly kind: PlaceKind;
  readonly reach: Reach;
  readonly areaPath: string;
}

export function placesOf(reader: EntityManager, whom: Whom): Promise<ListenerPlace[]> {
  const select = reader
    .createQueryBuilder(Cluster, 'cluster')
    .select('cluster.id', 'id')
    .addSelect('cluster.kind', 'kind')
    .addSelect('cluster.reach', 'reach')
    .addSelect('cluster.areaPath', 'areaPath');
  return narrow(select, whom).orderBy('cluster.id').getRawMany();
}

/** Clusters whose controller relays an address (`stream`), by what it states itself. */
export async function streamersOf(reader: EntityManager, whom: Whom): Promise<string[]> {
  const select = reader
    .createQueryBuilder(Controller, 'controller')
    .innerJoin(Cluster, 'cluster', 'cluster.id = controller.clusterId')
    .select('controller.clusterId', 'clusterId')
    // JSON as the column keeps it: a list of words in quotes.
    .where(`controller.revokedAtMs IS NULL AND controller.capabilities LIKE '%"stream"%'`);
  const rows: { clusterId: string }[] = await narrow(select, whom).getRawMany();
  return rows.map(({ clusterId }) => clusterId);
}

/** Which hamlets hear these clusters on a local day. */
export function linksOf(
  reader: EntityManager,
  whom: Whom,
  day: string,
): Promise<{ clusterId: string; hamletId: string }[]> {
  const select = reader
    .createQueryBuilder(ClusterHamlet, 'link')
    .innerJoin(Cluster, 'cluster', 'cluster.id = link.clusterId')
    .select('link.clusterId', 'clusterId')
    .addSelect('link.hamletId', 'hamletId')
    .where('link.validFrom <= :day AND (link.validTo IS NULL OR link.validTo >= :day)', { day });
  return narrow(select, whom).orderBy('link.hamletId').getRawMany();
}

/** Groups that may have members at or below an area: of areas below it and around it. */
export function groupsAround(reader: EntityManager, areaPath: string): Promise<ClusterGroup[]> {
  const select = reader
    .createQueryBuilder(ClusterGroup, 'clusterGroup')
    .where('clusterGroup.areaPath LIKE :below', { below: `${areaPath}%` });
  const around = idsUpwards(areaPath);
  if (around.length > 0) select.orWhere('clusterGroup.areaId IN (:...around)', { around });
  return select.orderBy('clusterGroup.id').getMany();
}

function narrow<Row extends ObjectLiteral>(select: SelectQueryBuilder<Row>, whom: Whom): SelectQueryBuilder<Row> {
  return 'areaPath' in whom
    ? select.andWhere('cluster.areaPath LIKE :below', { below: `${whom.areaPath}%` })
    : select.andWhere('cluster.id IN (:...clusterIds)', { clusterIds: whom.clusterIds });
}
