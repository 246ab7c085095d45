import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Audit } from '../accounts/index.js';
import { AreaService, covers } from '../areas/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import type { ProblemDetail } from '../platform/i18n/index.js';
import { Outbox } from '../platform/outbox/index.js';
import type { ClusterGroupChange, ClusterGroupView, NewClusterGroup } from './cluster-group.api.js';
import { ClusterGroup } from './cluster-group.entity.js';
import { Cluster } from './fleet.entity.js';
import { fleetProblem } from './problems.js';

const MOST_NAMED = 200;

/** Nhóm loa: made and kept by who manages the clusters of an area. */
@Injectable()
export class ClusterGroupService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** Groups of the areas in which the actor may see the fleet, by name. */
  async list(actor: Actor): Promise<ClusterGroupView[]> {
    const scopes = actor.scopes('fleet.read');
    const groups = await this.database.read((reader) =>
      reader.find(ClusterGroup, { order: { name: 'ASC', id: 'ASC' } }),
    );
    return groups.filter(({ areaPath }) => scopes.some((scope) => covers(scope, areaPath))).map(viewOf);
  }

  /** @throws group.areaUnknown, right.missing, group.clustersRefused with each cluster, group.nameTaken */
  async create(actor: Actor, wanted: NewClusterGroup): Promise<ClusterGroupView> {
    return this.database.write(async (tx) => {
      const area = await this.areas.byId(tx, wanted.areaId);
      if (!area || !actor.may('fleet.read', area.path)) throw fleetProblem('group.areaUnknown');
      actor.demand('fleet.manage', area.path);
      const group = {
        id: newId(),
        areaId: area.id,
        areaPath: area.path,
        name: wanted.name,
        clusterIds: await membersFor(tx, actor, area.path, wanted.clusterIds),
        createdAtMs: this.clock.nowMs(),
      };
      await refuseTaken(tx, group);
      // Whoever gives the same name at the same moment is begun again on PostgreSQL, and then finds it taken.
      await tx.manager.createQueryBuilder().insert().into(ClusterGroup).values(group).orIgnore().execute();
      await this.#tell(tx, actor, 'group.created', group);
      return viewOf(group);
    });
  }

  /** @throws group.unknown, right.missing, group.clustersRefused with each cluster, group.nameTaken */
  async change(actor: Actor, id: string, { name, clusterIds }: ClusterGroupChange): Promise<ClusterGroupView> {
    return this.database.write(async (tx) => {
      const known = await managed(tx, actor, id);
      const group = { ...known, name, clusterIds: await membersFor(tx, actor, known.areaPath, clusterIds) };
      await refuseTaken(tx, group);
      await tx.manager.save(ClusterGroup, group);
      await this.#tell(tx, actor, 'group.changed', group);
      return viewOf(group);
    });
  }

  /** What was aimed at the group only is aimed at nobody from now on. @throws group.unknown, right.missing */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.database.write(async (tx) => {
      const group = await managed(tx, actor, id);
      await tx.manager.delete(ClusterGroup, { id });
      await this.#tell(tx, actor, 'group.deleted', group);
    });
  }

  async #tell(tx: WriteTransaction, actor: Actor, action: string, group: ClusterGroup): Promise<void> {
    const { id, areaPath, name, clusterIds } = group;
    await this.audit.add(tx, actor, { action, subject: id, areaPath, detail: { name, clusterIds } });
    await this.outbox.add(tx, { topic: 'fleet.listeners', payload: { areaPath } });
  }
}

async function managed(tx: WriteTransaction, actor: Actor, id: string): Promise<ClusterGroup> {
  const group = await tx.manager.findOneBy(ClusterGroup, { id });
  if (!group || !actor.may('fleet.read', group.areaPath)) throw fleetProblem('group.unknown');
  actor.demand('fleet.manage', group.areaPath);
  return group;
}

/** Invariant 9: a cluster that the actor may not see is unknown, whether it exists or not. */
async function membersFor(
  tx: WriteTransaction,
  actor: Actor,
  areaPath: string,
  clusterIds: readonly string[],
): Promise<readonly string[]> {
  const clusters = await tx.manager.find(Cluster, {
    select: { id: true, areaPath: true },
    where: { id: In([...new Set(clusterIds)]) },
  });
  const seen = new Map(
    clusters.filter((cluster) => actor.may('fleet.read', cluster.areaPath)).map((cluster) => [cluster.id, cluster]),
  );
  const refused = clusterIds.flatMap((id, index): ProblemDetail[] => {
    const cluster = seen.get(id);
    if (cluster && covers(areaPath, cluster.areaPath)) return [];
    return [{ at: `clusterIds.${index}`, code: cluster ? 'group.clusterElsewhere' : 'cluster.unknown' }];
  });
  if (refused.length > 0) throw fleetProblem('group.clustersRefused').withErrors(refused.slice(0, MOST_NAMED));
  return [...seen.keys()].sort();
}

async function refuseTaken(tx: WriteTransaction, { id, areaId, name }: ClusterGroup): Promise<void> {
  const namesake = await tx.manager.findOneBy(ClusterGroup, { areaId, name });
  if (namesake && namesake.id !== id) throw fleetProblem('group.nameTaken');
}

function viewOf({ id, areaId, name, clusterIds, createdAtMs }: ClusterGroup): ClusterGroupView {
  return { id, areaId, name, clusterIds: [...clusterIds], createdAtMs };
}
