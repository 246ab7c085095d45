import { Injectable } from '@nestjs/common';
import { AreaService } from '../../areas/index.js';
import { Cluster, seenController } from '../../fleet/index.js';
import { beginsWith, Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { TARGET_STATES } from './engine/states.js';
import { updateProblem } from './problems.js';
import type { DeviceUpdates, RolloutDetail, RolloutQuery, RolloutView, TargetQuery } from './update.api.js';
import { OrderRow, Rollout, StatusRow, UpdateTarget } from './update.entity.js';
import { countsOf } from './update.queries.js';

interface Page<Item> {
  readonly items: Item;
  /** Null: this was the last one. */
  readonly next: string | null;
}

/** What became of programs, for people. */
@Injectable()
export class RolloutViews {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
  ) {}

  /** Those to an area and to areas below it, the newest first. */
  async list(actor: Actor, { areaId, cursor, limit }: RolloutQuery): Promise<Page<RolloutView[]>> {
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('fleet.read', area.path);
      const select = reader
        .createQueryBuilder(Rollout, 'rollout')
        .where(...beginsWith(reader, 'rollout.areaPath', area.path));
      if (cursor !== undefined) select.andWhere('rollout.id < :cursor', { cursor });
      const rows = await select
        .orderBy('rollout.id', 'DESC')
        .limit(limit + 1)
        .getMany();
      const shown = rows.slice(0, limit);
      return { items: shown.map(viewOf), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    });
  }

  /** One, with how far each device has come. */
  async one(actor: Actor, id: string, { cursor = '', limit }: TargetQuery): Promise<Page<RolloutDetail>> {
    return this.database.read(async (reader) => {
      const rollout = await reader.findOneBy(Rollout, { id });
      if (!rollout || !actor.may('fleet.read', rollout.areaPath)) throw updateProblem('update.rolloutUnknown');
      const inState = await countsOf(reader, id);
      const excused = [...(await countsOf(reader, id, 'excused')).values()].reduce((sum, devices) => sum + devices, 0);
      const targets = await reader
        .createQueryBuilder(UpdateTarget, 'target')
        .where('target.rolloutId = :id AND target.controllerId > :cursor', { id, cursor })
        .orderBy('target.controllerId')
        .limit(limit + 1)
        .getMany();
      const shown = targets.slice(0, limit);
      const names = new Map<string, string>();
      for (const { clusterId } of shown)
        if (!names.has(clusterId))
          names.set(clusterId, (await reader.findOneBy(Cluster, { id: clusterId }))?.name ?? '');
      const counts = Object.fromEntries(TARGET_STATES.map((state) => [state, inState.get(state) ?? 0]));
      const devices = shown.map(({ rolloutId: _, release: __, formerName: ___, nightUntilMs: ____, ...target }) => ({
        ...target,
        clusterName: names.get(target.clusterId) ?? '',
      }));
      const next = targets.length > limit ? (shown.at(-1)?.controllerId ?? null) : null;
      return { items: { ...viewOf(rollout), counts, excused, devices }, next };
    });
  }

  /** What one controller was ordered, and what it said of it. */
  async ofController(actor: Actor, controllerId: string): Promise<DeviceUpdates> {
    return this.database.read(async (reader) => {
      await seenController(reader, actor, 'fleet.read', controllerId);
      const order = await reader.findOneBy(OrderRow, { controllerId });
      const statuses = await reader.find(StatusRow, { where: { controllerId }, order: { id: 'DESC' } });
      return {
        order: order && { release: order.release, rolloutId: order.rolloutId, orderedAtMs: order.orderedAtMs },
        statuses: statuses.map(({ release, state, detail, atMs, heardAtMs }) => ({
          ...{ release, state, detail, atMs, heardAtMs },
        })),
      };
    });
  }
}

export function viewOf({ areaPath: _, night, models, stages, ...rollout }: Rollout): RolloutView {
  return {
    ...rollout,
    models: [...models],
    stages: [...stages],
    night: night && { from: clockOf(night.fromMinute), until: clockOf(night.untilMinute) },
  };
}

const clockOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
