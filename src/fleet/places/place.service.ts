import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { type Area, AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { ClusterService } from '../cluster.service.js';
import { distanceM } from '../engine/distance.js';
import { localDayOf } from '../engine/local-days.js';
import { Cluster, ClusterHamlet, Controller } from '../fleet.entity.js';
import { ListenerService } from '../listener.service.js';
import { withinScopes } from '../within-scopes.js';
import type { Nearest, NearestQuery, PlaceChange, PlaceView } from './place.api.js';

const MOST_NEAR = 20;

/** Where clusters are, what they reach, and which are near. */
@Injectable()
export class PlaceService {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterService,
    private readonly areas: AreaService,
    private readonly listeners: ListenerService,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async get(actor: Actor, id: string): Promise<PlaceView> {
    return this.database.read(async (reader) => {
      const cluster = await this.clusters.demand(reader, actor, 'fleet.read', id);
      return this.#view(reader, cluster);
    });
  }

  async change(actor: Actor, id: string, { reach, horns, position }: PlaceChange): Promise<PlaceView> {
    return this.database.write(async (tx) => {
      const cluster = await this.clusters.demand(tx.manager, actor, 'fleet.manage', id);
      const changed: Cluster = {
        ...cluster,
        reach: reach ?? cluster.reach,
        horns: horns ?? cluster.horns,
        ...(position === undefined
          ? {}
          : { latitude: position?.latitude ?? null, longitude: position?.longitude ?? null }),
      };
      await tx.manager.save(Cluster, changed);
      const { areaPath } = cluster;
      const detail = { reach: changed.reach, horns: changed.horns, position: position ?? null };
      await this.audit.add(tx, actor, { action: 'cluster.changed', subject: id, areaPath, detail });
      await this.outbox.add(tx, { topic: 'fleet.listeners', payload: { areaPath } });
      return this.#view(tx.manager, changed);
    });
  }

  /** Clusters that the actor may equip, the nearest first and those without coordinates last, and the hamlets that hear them. */
  async nearest(actor: Actor, here: NearestQuery): Promise<Nearest> {
    return this.database.read(async (reader) => {
      const clusters = await withinScopes(
        reader.createQueryBuilder(Cluster, 'cluster'),
        'cluster.areaPath',
        actor.scopes('fleet.manage'),
      ).getMany();
      const near = clusters
        .map((cluster) => ({ cluster, distanceM: awayFrom(here, cluster) }))
        .sort(
          (a, b) =>
            (a.distanceM ?? Number.MAX_SAFE_INTEGER) - (b.distanceM ?? Number.MAX_SAFE_INTEGER) ||
            (a.cluster.code < b.cluster.code ? -1 : 1),
        )
        .slice(0, MOST_NEAR);
      const ids = near.map(({ cluster }) => cluster.id);
      const equipped = new Set(
        (await reader.findBy(Controller, { clusterId: In(ids), revokedAtMs: IsNull() })).map(
          ({ clusterId }) => clusterId,
        ),
      );
      const views = [];
      for (const { cluster, distanceM: metres } of near)
        views.push({
          ...(await this.#view(reader, cluster)),
          distanceM: metres,
          equipped: equipped.has(cluster.id),
        });
      const hamlets = new Map<string, { id: string; name: string; distanceM: number | null }>();
      for (const { hamlets: heard, distanceM: metres } of views)
        for (const hamlet of heard)
          if (!hamlets.has(hamlet.id)) hamlets.set(hamlet.id, { ...hamlet, distanceM: metres });
      return { clusters: views, hamlets: [...hamlets.values()] };
    });
  }

  async #view(reader: EntityManager, cluster: Cluster): Promise<PlaceView> {
    const { id, code, name, areaId, kind, reach, horns, latitude, longitude } = cluster;
    const today = localDayOf(this.clock.nowMs());
    const links = await reader.findBy(ClusterHamlet, { clusterId: id });
    const languages = (await this.listeners.languagesOf(reader, [id], today)).get(id) ?? [];
    const hamlets: Area[] = [];
    for (const { hamletId, validFrom, validTo } of links) {
      if (validFrom > today || (validTo !== null && validTo < today)) continue;
      const hamlet = await this.areas.byId(reader, hamletId);
      if (hamlet) hamlets.push(hamlet);
    }
    return {
      ...{ id, code, name, areaId, kind, reach, horns },
      position: latitude === null || longitude === null ? null : { latitude, longitude },
      hamlets: hamlets.map((hamlet) => ({ id: hamlet.id, name: hamlet.name })),
      languages: [...languages],
    };
  }
}

function awayFrom(here: NearestQuery, { latitude, longitude }: Cluster): number | null {
  return latitude === null || longitude === null ? null : distanceM(here, { latitude, longitude });
}
