import type { EntityManager } from 'typeorm';
import { among } from '../../platform/database/index.js';
import type { DeviceStateName } from '../engine/state.js';
import { Controller } from '../fleet.entity.js';
import { ControllerState } from './state.entity.js';

/** What stands at a cluster now. */
export interface DeviceOfCluster {
  readonly clusterId: string;
  readonly controllerId: string;
  readonly state: DeviceStateName;
  /** Null: it has not said a word yet. */
  readonly heardAtMs: number | null;
}

/** The controller of each of these clusters, if it has one, with its present state. */
export async function devicesAt(reader: EntityManager, clusterIds: readonly string[]): Promise<DeviceOfCluster[]> {
  const rows = await reader
    .createQueryBuilder(Controller, 'controller')
    .leftJoin(ControllerState, 'state', 'state.controller_id = controller.id')
    .select('controller.cluster_id', 'clusterId')
    .addSelect('controller.id', 'controllerId')
    .addSelect('state.state', 'state')
    .addSelect('state.heard_at_ms', 'heardAtMs')
    .where(...among(reader, 'controller.cluster_id', clusterIds))
    .andWhere('controller.revoked_at_ms IS NULL')
    .orderBy('controller.cluster_id')
    .getRawMany<{
      clusterId: string;
      controllerId: string;
      state: DeviceStateName | null;
      heardAtMs: string | number | null;
    }>();
  return rows.map(({ state, heardAtMs, ...row }) => ({
    ...row,
    state: state ?? 'never',
    heardAtMs: heardAtMs === null ? null : Number(heardAtMs),
  }));
}
