import { type EntityManager, In } from 'typeorm';
import { PROBATION_MS } from '../../../devices/protocol/index.js';
import { Cluster, Controller } from '../../fleet/index.js';
import { beginsWith, type WriteTransaction } from '../../platform/database/index.js';
import type { Tally } from './engine/rollout.js';
import { FAILED, type TargetState, TOLD } from './engine/states.js';
import { type Rollout, UpdateTarget } from './update.entity.js';

export interface Updatable {
  readonly id: string;
  readonly clusterId: string;
  readonly firmware: NonNullable<Controller['firmware']>;
  readonly lastHeardAtMs: number | null;
}

/**
 * Controllers that a rollout concerns and that it has not chosen yet: in use, of its models, able to be updated, and running
 * another program: an older one, or a newer one when it goes back.
 * @param clusterIds null: of the whole area
 */
export async function updatableOf(
  reader: EntityManager,
  rollout: Pick<Rollout, 'id' | 'areaPath' | 'models' | 'release' | 'back'>,
  clusterIds: ReadonlySet<string> | null,
): Promise<Updatable[]> {
  const controllers = await reader
    .createQueryBuilder(Controller, 'controller')
    .innerJoin(Cluster, 'cluster', 'cluster.id = controller.clusterId')
    .where(...beginsWith(reader, 'cluster.areaPath', rollout.areaPath))
    .andWhere('controller.revokedAtMs IS NULL AND controller.model IN (:...models)', { models: rollout.models })
    .andWhere('controller.firmware IS NOT NULL AND controller.capabilities IS NOT NULL')
    .andWhere(
      'NOT EXISTS (SELECT 1 FROM update_target target WHERE target.rollout_id = :rollout AND target.controller_id = controller.id)',
      { rollout: rollout.id },
    )
    .getMany();
  return controllers.flatMap(({ id, clusterId, firmware, capabilities, lastHeardAtMs }) => {
    if (!firmware || !capabilities?.includes('update') || (clusterIds && !clusterIds.has(clusterId))) return [];
    const fits = rollout.back ? firmware.release > rollout.release : firmware.release < rollout.release;
    return fits ? [{ id, clusterId, firmware, lastHeardAtMs }] : [];
  });
}

/** How many of a rollout's devices are in which state; a controller that was revoked meanwhile counts no more. */
export async function countsOf(
  reader: EntityManager,
  rolloutId: string,
  of: 'all' | 'excused' = 'all',
): Promise<ReadonlyMap<TargetState, number>> {
  const select = reader
    .createQueryBuilder(UpdateTarget, 'target')
    .innerJoin(Controller, 'controller', 'controller.id = target.controllerId AND controller.revokedAtMs IS NULL')
    .select('target.state', 'state')
    .addSelect('COUNT(*)', 'devices')
    .where('target.rolloutId = :rolloutId', { rolloutId });
  if (of === 'excused') select.andWhere('target.excused = :yes', { yes: true });
  const rows = await select.groupBy('target.state').getRawMany<{ state: TargetState; devices: number | string }>();
  return new Map(rows.map(({ state, devices }) => [state, Number(devices)]));
}

/** @param waiting devices that it concerns and that are not chosen yet */
export async function tallyOf(reader: EntityManager, rolloutId: string, waiting: number): Promise<Tally> {
  const [all, excused] = [await countsOf(reader, rolloutId), await countsOf(reader, rolloutId, 'excused')];
  const sum = (counts: ReadonlyMap<TargetState, number>, states?: readonly TargetState[]) =>
    [...counts].reduce((total, [state, devices]) => total + (states && !states.includes(state) ? 0 : devices), 0);
  const taken = sum(all);
  return {
    all: taken + waiting,
    taken,
    judged: taken - sum(excused),
    healthy: sum(all, ['healthy']) - sum(excused, ['healthy']),
    failed: sum(all, FAILED) - sum(excused, FAILED),
  };
}

const inStates = (rolloutId: string, states: readonly TargetState[]) => ({ rolloutId, state: In([...states]) });

/** Nobody begins any more; those that were told are told otherwise by `OrderIssuer.takeBack`. */
export async function holdBack(tx: WriteTransaction, rolloutId: string): Promise<void> {
  await tx.manager.update(UpdateTarget, inStates(rolloutId, TOLD), { state: 'holding' });
  await tx.manager.update(UpdateTarget, inStates(rolloutId, ['chosen']), { state: 'held' });
}

/** Long after its probation a program that still runs is well, also when the word of it was lost on its way. */
const SURELY_WELL_MS = 6 * PROBATION_MS;
const BELIEVED_AT_ONCE = 1_000;

/** What devices state of themselves at each connection closes what their reports left open. */
export async function believeFirmware(tx: WriteTransaction, { id, release }: Rollout, nowMs: number): Promise<void> {
  const open = await tx.manager
    .createQueryBuilder(UpdateTarget, 'target')
    .innerJoin(Controller, 'controller', 'controller.id = target.controllerId')
    .where("target.rolloutId = :id AND target.state IN ('ordered', 'received', 'downloaded', 'installing')", { id })
    .andWhere('COALESCE(target.heardAtMs, target.nightFromMs) < :before', { before: nowMs - SURELY_WELL_MS })
    .andWhere('controller.lastHeardAtMs > COALESCE(target.heardAtMs, target.nightFromMs)')
    .limit(BELIEVED_AT_ONCE)
    .getMany();
  const controllers = await tx.manager.findBy(Controller, { id: In(open.map(({ controllerId }) => controllerId)) });
  const running = new Map(controllers.map((controller) => [controller.id, controller.firmware?.release]));
  for (const target of open)
    if (running.get(target.controllerId) === release)
      await tx.manager.save(UpdateTarget, { ...target, state: 'healthy', heardAtMs: nowMs });
}
