import type { EntityManager } from 'typeorm';
import { among } from '../../platform/database/index.js';
import { ClaimRecord, Cluster, Controller, ControllerKey } from '../fleet.entity.js';
import { Handover } from '../handover/handover.entity.js';
import { FleetPhoto } from '../photos/photo.entity.js';

/** How a device came to be one: for whoever has to prove it to somebody else. */
export interface EnrolmentStory {
  readonly controller: Controller;
  readonly cluster: Cluster;
  /** The first key first. */
  readonly keys: readonly ControllerKey[];
  /** Of the claim that let it in; the audit log says who made it. Null: it is not kept any more. */
  readonly claimId: string | null;
  /** The last handover at its cluster in its time; null: it was put up without one. */
  readonly handover: Handover | null;
  readonly photos: readonly FleetPhoto[];
}

/** Rights are the caller's to check. In the order of ids. */
export async function enrolmentStories(
  reader: EntityManager,
  controllerIds: readonly string[],
): Promise<EnrolmentStory[]> {
  const controllers = await reader
    .createQueryBuilder(Controller, 'controller')
    .where(...among(reader, 'controller.id', controllerIds))
    .orderBy('controller.id')
    .getMany();
  const clusters = await reader
    .createQueryBuilder(Cluster, 'cluster')
    .where(...among(reader, 'cluster.id', [...new Set(controllers.map(({ clusterId }) => clusterId))]))
    .getMany();
  const keys = await reader
    .createQueryBuilder(ControllerKey, 'key')
    .where(...among(reader, 'key.controllerId', controllerIds))
    .orderBy('key.fromMs')
    .getMany();
  const claims = await reader
    .createQueryBuilder(ClaimRecord, 'claim')
    .where(...among(reader, 'claim.controllerId', controllerIds))
    .getMany();
  const handovers = await reader
    .createQueryBuilder(Handover, 'handover')
    .where(
      ...among(
        reader,
        'handover.clusterId',
        clusters.map(({ id }) => id),
      ),
    )
    .orderBy('handover.signedAtMs')
    .getMany();
  const photos = await reader
    .createQueryBuilder(FleetPhoto, 'photo')
    .where(
      ...among(
        reader,
        'photo.id',
        handovers.flatMap(({ photoIds }) => photoIds),
      ),
    )
    .orderBy('photo.id')
    .getMany();
  return controllers.flatMap((controller) => {
    const cluster = clusters.find(({ id }) => id === controller.clusterId);
    if (!cluster) return [];
    const claim = claims.find(({ controllerId }) => controllerId === controller.id);
    const handover =
      handovers.findLast((each) => each.clusterId === cluster.id && isOf(each, controller, claim)) ?? null;
    return {
      controller,
      cluster,
      keys: keys.filter(({ controllerId }) => controllerId === controller.id),
      claimId: claim?.id ?? null,
      handover,
      photos: photos.filter(({ id }) => handover?.photoIds.includes(id)),
    };
  });
}

/** By its box of the stock; a form that came in before the claim was kept by the cluster and its time. */
function isOf(
  { boxId, signedAtMs }: Handover,
  { enrolledAtMs, revokedAtMs }: Controller,
  claim?: ClaimRecord,
): boolean {
  if (claim?.boxId) return claim.boxId === boxId;
  return signedAtMs >= enrolledAtMs && (revokedAtMs === null || signedAtMs <= revokedAtMs);
}
