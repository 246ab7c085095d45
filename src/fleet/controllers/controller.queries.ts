import type { EntityManager } from 'typeorm';
import type { Actor } from '../../platform/http/index.js';
import { Cluster, Controller } from '../fleet.entity.js';
import { controllerProblem } from './problems.js';

/** A controller, revoked or not, with its cluster, if the actor may do `action` there; else `controller.unknown`. */
export async function seenController(
  reader: EntityManager,
  actor: Actor,
  action: 'fleet.read' | 'fleet.manage',
  id: string,
): Promise<{ controller: Controller; cluster: Cluster }> {
  const controller = await reader.findOneBy(Controller, { id });
  const cluster = controller && (await reader.findOneBy(Cluster, { id: controller.clusterId }));
  if (!controller || !cluster || !actor.may(action, cluster.areaPath)) throw controllerProblem('controller.unknown');
  return { controller, cluster };
}
