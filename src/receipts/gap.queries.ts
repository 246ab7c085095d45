import type { EntityManager } from 'typeorm';
import { Cluster, Controller } from '../fleet/index.js';
import { beginsWith } from '../platform/database/index.js';
import { ReceiptGap } from './receipt.entity.js';

export interface SeenGap extends ReceiptGap {
  readonly clusterId: string;
  readonly areaPath: string;
}

/** A box that is offline, or keeps nothing, is not asked: its gap stays visible. */
export const CAN_ANSWER = `controller.revokedAtMs IS NULL AND controller.online = :online AND controller.capabilities LIKE '%"archive"%'`;

/** Gaps that their devices are to be asked for by now. */
export function askableGaps(reader: EntityManager, nowMs: number, most: number): Promise<ReceiptGap[]> {
  return reader
    .createQueryBuilder(ReceiptGap, 'gap')
    .innerJoin(Controller, 'controller', 'controller.id = gap.controllerId')
    .where(CAN_ANSWER, { online: true })
    .andWhere('gap.askAtMs <= :nowMs', { nowMs })
    .orderBy('gap.openedAtMs')
    .take(most)
    .getMany();
}

/** What is missing of devices at or below the given areas, oldest first. */
export async function gapsUnder(reader: EntityManager, scopes: readonly string[], most: number): Promise<SeenGap[]> {
  if (scopes.length === 0) return [];
  const ranges = scopes.map((scope, index) => beginsWith(reader, 'cluster.areaPath', scope, `scope${index}`));
  const { entities, raw } = await reader
    .createQueryBuilder(ReceiptGap, 'gap')
    .innerJoin(Controller, 'controller', 'controller.id = gap.controllerId')
    .innerJoin(Cluster, 'cluster', 'cluster.id = controller.clusterId')
    .addSelect('cluster.id', 'cluster_id')
    .addSelect('cluster.area_path', 'area_path')
    .where(
      `(${ranges.map(([condition]) => condition).join(' OR ')})`,
      Object.assign({}, ...ranges.map(([, parameters]) => parameters)),
    )
    .orderBy('gap.openedAtMs')
    .limit(most)
    .getRawAndEntities<{ cluster_id: string; area_path: string }>();
  return entities.map((gap, at) => ({
    ...gap,
    clusterId: raw[at]?.cluster_id ?? '',
    areaPath: raw[at]?.area_path ?? '',
  }));
}
