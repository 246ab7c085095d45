import { type EntityManager, In, IsNull, MoreThan } from 'typeorm';
import { Cluster, Controller } from '../../fleet/index.js';
import { beginsWith } from '../../platform/database/index.js';
import { PublishedHead } from '../dispatch.entity.js';
import { CommandRow } from './command.entity.js';
import type { InForce } from './engine/active.js';
import { isSilencing, type Meant } from './engine/orders.js';

/** Whom a command concerns. */
export interface Aim {
  readonly areaPath: string;
  /** Null: everybody at or below the area. */
  readonly clusterIds: readonly string[] | null;
}

export interface Addressee {
  readonly controllerId: string;
  readonly clusterId: string;
}

/** Controllers in use, by id. @param after only those behind this id */
export function addresseesOf(
  reader: EntityManager,
  { areaPath, clusterIds }: Aim,
  after: string,
  limit: number,
): Promise<Addressee[]> {
  const select = reader
    .createQueryBuilder(Controller, 'controller')
    .select('controller.id', 'controllerId')
    .addSelect('controller.clusterId', 'clusterId')
    .where('controller.revokedAtMs IS NULL AND controller.id > :after', { after });
  if (clusterIds) select.andWhere('controller.clusterId IN (:...clusterIds)', { clusterIds });
  else
    select
      .innerJoin(Cluster, 'cluster', 'cluster.id = controller.clusterId')
      .andWhere(...beginsWith(reader, 'cluster.areaPath', areaPath));
  return select.orderBy('controller.id').limit(limit).getRawMany<Addressee>();
}

/** What is spoken to the devices concerned, as their plans say: each list once, those without any left out. */
export async function audiencesOf(reader: EntityManager, { areaPath, clusterIds }: Aim): Promise<string[][]> {
  const select = reader
    .createQueryBuilder(PublishedHead, 'head')
    .select('head.languages', 'languages')
    .distinct(true)
    .innerJoin(Controller, 'controller', 'controller.id = head.controllerId')
    .where('controller.revokedAtMs IS NULL AND head.languages IS NOT NULL');
  if (clusterIds) select.andWhere('controller.clusterId IN (:...clusterIds)', { clusterIds });
  else
    select
      .innerJoin(Cluster, 'cluster', 'cluster.id = controller.clusterId')
      .andWhere(...beginsWith(reader, 'cluster.areaPath', areaPath));
  const found = await select.getRawMany<{ languages: string }>();
  return found
    .map(({ languages }) => languages)
    .sort()
    .map((text) => JSON.parse(text) as string[]);
}

/** What the plans of these controllers say is spoken there. */
export async function languagesOf(
  reader: EntityManager,
  controllerIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const heads = await reader.find(PublishedHead, {
    select: { controllerId: true, languages: true },
    where: { controllerId: In(controllerIds) },
  });
  return new Map(heads.map(({ controllerId, languages }) => [controllerId, languages ?? []]));
}

/** Commands to exactly this area that who was away must still learn of, in the order in which they were given. */
export async function inForce(reader: EntityManager, areaId: string, nowMs: number): Promise<InForce[]> {
  const rows = await reader
    .createQueryBuilder(CommandRow, 'command')
    .where('command.areaId = :areaId AND command.activeUntilMs > :nowMs AND command.endedAtMs IS NULL', {
      areaId,
      nowMs,
    })
    .orderBy('command.id')
    .getMany();
  return rows.flatMap(({ id, signed, activeUntilMs }) =>
    signed !== null && activeUntilMs !== null ? [{ id, signed, activeUntilMs }] : [],
  );
}

/** Silences of areas that are in force: at or below a path, or of the areas named. */
export async function silencesInForce(
  reader: EntityManager,
  where: { readonly below: string } | { readonly areaIds: readonly string[] },
  nowMs: number,
): Promise<CommandRow[]> {
  const select = reader
    .createQueryBuilder(CommandRow, 'command')
    .where("command.kind IN ('silence', 'resume') AND command.activeUntilMs > :nowMs AND command.endedAtMs IS NULL", {
      nowMs,
    })
    .andWhere('command.areaId IS NOT NULL');
  if ('below' in where) select.andWhere(...beginsWith(reader, 'command.areaPath', where.below));
  else if (where.areaIds.length === 0) return [];
  else select.andWhere('command.areaId IN (:...areaIds)', { areaIds: where.areaIds });
  return select.orderBy('command.id').getMany();
}

/**
 * Whom a silence of these clusters means, with those that the same person silenced by name since then. An area is whole when each of its
 * clusters that has a controller is among them.
 */
export async function silencedWith(
  reader: EntityManager,
  accountId: string,
  clusterIds: readonly string[],
  sinceMs: number,
): Promise<Meant> {
  const lately = await reader.findBy(CommandRow, {
    issuedById: accountId,
    issuedAtMs: MoreThan(sinceMs),
    kind: In(['silence', 'volume']),
  });
  const named = lately.flatMap(({ body, clusterIds: theirs }) => (isSilencing(body) ? (theirs ?? []) : []));
  const silenced = new Set([...clusterIds, ...named]);
  const areas = await reader.find(Cluster, { select: { areaId: true }, where: { id: In(clusterIds) } });
  const equipped = await reader
    .createQueryBuilder(Cluster, 'cluster')
    .innerJoin(Controller, 'controller', 'controller.clusterId = cluster.id AND controller.revokedAtMs IS NULL')
    .select('cluster.id', 'id')
    .addSelect('cluster.areaId', 'areaId')
    .where('cluster.areaId IN (:...areaIds)', { areaIds: areas.map(({ areaId }) => areaId) })
    .getRawMany<{ id: string; areaId: string }>();
  const sounding = new Set(equipped.filter(({ id }) => !silenced.has(id)).map(({ areaId }) => areaId));
  return { clusters: silenced.size, wholeArea: equipped.some(({ areaId }) => !sounding.has(areaId)) };
}

/** Whether a command was for this controller, by where its cluster lies. */
export async function isAddressee(reader: EntityManager, command: Aim, controllerId: string): Promise<boolean> {
  const controller = await reader.findOneBy(Controller, { id: controllerId, revokedAtMs: IsNull() });
  if (!controller) return false;
  if (command.clusterIds) return command.clusterIds.includes(controller.clusterId);
  const cluster = await reader.findOneBy(Cluster, { id: controller.clusterId });
  return cluster?.areaPath.startsWith(command.areaPath) ?? false;
}
