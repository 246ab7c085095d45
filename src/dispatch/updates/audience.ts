import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ListenerService } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { localDays } from '../engine/days.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from '../settings.js';
import type { Rollout } from './update.entity.js';
import { type Updatable, updatableOf } from './update.queries.js';

/** Whom a rollout concerns, as groups, areas and boxes are now. */
@Injectable()
export class Audience {
  constructor(
    private readonly listeners: ListenerService,
    private readonly clock: Clock,
    @Inject(DISPATCH_SETTINGS) private readonly settings: DispatchSettings,
  ) {}

  /** Those that it has not chosen yet. */
  async of(
    reader: EntityManager,
    rollout: Pick<Rollout, 'id' | 'areaPath' | 'groupId' | 'models' | 'release' | 'back'>,
  ): Promise<Updatable[]> {
    const { groupId, areaPath } = rollout;
    const clusterIds = groupId === null ? null : await this.membersOf(reader, groupId, areaPath);
    return updatableOf(reader, rollout, clusterIds);
  }

  /** Clusters of a group at or below an area. */
  async membersOf(reader: EntityManager, groupId: string, areaPath: string): Promise<ReadonlySet<string>> {
    const day = localDays(this.clock.nowMs(), this.settings.zone, 1)[0]?.day ?? '';
    const places = await this.listeners.under(reader, areaPath, day);
    return new Set(places.filter(({ groupIds }) => groupIds.includes(groupId)).map(({ id }) => id));
  }
}
