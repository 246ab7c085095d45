import { Brackets, type EntityManager } from 'typeorm';
import { Area } from '../../areas/index.js';
import { Cluster, Controller } from '../../fleet/index.js';
import { beginsWith } from '../../platform/database/index.js';

export interface Box {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

export function clustersUnder(reader: EntityManager, path: string): Promise<Cluster[]> {
  return reader
    .createQueryBuilder(Cluster, 'cluster')
    .where(...beginsWith(reader, 'cluster.areaPath', path))
    .orderBy('cluster.id')
    .getMany();
}

/** Clusters of loudspeakers in the box that do not stand at or below the area. */
export function clustersBeside(reader: EntityManager, path: string, box: Box): Promise<Cluster[]> {
  const [below, range] = beginsWith(reader, 'cluster.areaPath', path);
  return reader
    .createQueryBuilder(Cluster, 'cluster')
    .where(`NOT ${below}`, range)
    .andWhere('cluster.kind = :kind', { kind: 'loudspeakers' })
    .andWhere('cluster.latitude BETWEEN :south AND :north AND cluster.longitude BETWEEN :west AND :east', box)
    .orderBy('cluster.id')
    .getMany();
}

/** Controllers in use at clusters at or below the area, by id. */
export function controllersUnder(reader: EntityManager, path: string): Promise<Controller[]> {
  return reader
    .createQueryBuilder(Controller, 'controller')
    .innerJoin(Cluster, 'cluster', 'cluster.id = controller.clusterId')
    .where(...beginsWith(reader, 'cluster.areaPath', path))
    .andWhere('controller.revokedAtMs IS NULL')
    .orderBy('controller.id')
    .getMany();
}

/** The commune of each of these areas, or the area itself where it is none and lies in none, by path. */
export async function communesOf(reader: EntityManager, paths: readonly string[]): Promise<Map<string, Area>> {
  const found = new Map<string, Area>();
  if (paths.length === 0) return found;
  const ids = [...new Set(paths.flatMap((path) => path.split('/').filter(Boolean)))];
  const areas = await reader
    .createQueryBuilder(Area, 'area')
    .where(new Brackets((any) => any.where('area.id IN (:...ids)', { ids })))
    .getMany();
  for (const path of paths) {
    const commune = areas.find((area) => area.kind === 'commune' && path.startsWith(area.path));
    const own = commune ?? areas.find((area) => area.path === path);
    if (own) found.set(path, own);
  }
  return found;
}
