import { type EntityManager, In, IsNull } from 'typeorm';
import { Cluster, Controller } from '../fleet/index.js';
import { PublishedHead } from './dispatch.entity.js';

/** How many ids are named to the database at once: SQLite takes 32,766 parameters. */
const MOST_NAMED = 10_000;

/** Somebody who is told a plan, and what it was told last. */
export interface Target {
  readonly controller: Controller;
  readonly cluster: Cluster;
  /** Null: nothing yet. */
  readonly head: PublishedHead | null;
}

/** The controllers in use at these clusters. Reads nothing of any other cluster. */
export async function targetsAt(reader: EntityManager, clusterIds: readonly string[]): Promise<Target[]> {
  const targets: Target[] = [];
  for (const ids of slices(clusterIds)) {
    const clusters = new Map((await reader.findBy(Cluster, { id: In(ids) })).map((cluster) => [cluster.id, cluster]));
    const controllers = await reader.find(Controller, {
      where: { clusterId: In(ids), revokedAtMs: IsNull() },
      order: { id: 'ASC' },
    });
    const heads = new Map<string, PublishedHead>();
    for (const some of slices(controllers.map(({ id }) => id)))
      for (const head of await reader.findBy(PublishedHead, { controllerId: In(some) }))
        heads.set(head.controllerId, head);
    for (const controller of controllers) {
      const cluster = clusters.get(controller.clusterId);
      if (cluster) targets.push({ controller, cluster, head: heads.get(controller.id) ?? null });
    }
  }
  return targets;
}

/** Controllers at these clusters that were replaced or revoked and still have a head. */
export async function retiredAt(reader: EntityManager, clusterIds: readonly string[]): Promise<string[]> {
  const retired: string[] = [];
  for (const ids of slices(clusterIds)) {
    const rows = await reader
      .createQueryBuilder(PublishedHead, 'head')
      .innerJoin(Controller, 'controller', 'controller.id = head.controllerId')
      .select('head.controllerId', 'controllerId')
      .where('controller.clusterId IN (:...ids) AND controller.revokedAtMs IS NOT NULL', { ids })
      .orderBy('head.controllerId')
      .getRawMany<{ controllerId: string }>();
    retired.push(...rows.map(({ controllerId }) => controllerId));
  }
  return retired;
}

function slices(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / MOST_NAMED) }, (_, at) =>
    ids.slice(at * MOST_NAMED, (at + 1) * MOST_NAMED),
  );
}
