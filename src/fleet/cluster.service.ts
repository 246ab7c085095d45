import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import { type EntityManager, IsNull } from 'typeorm';
import { Audit } from '../accounts/index.js';
import { type Area, AreaService, commonPath } from '../areas/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { type ImportedCluster, type ImportLine, planClusterImport } from './engine/cluster-import.js';
import type { ClusterView } from './fleet.api.js';
import { Cluster, ClusterHamlet, Controller } from './fleet.entity.js';
import { fleetProblem } from './problems.js';

@Injectable()
export class ClusterService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** Imports all lines or none. A cluster that is known by its code is renamed and re-linked, never doubled. */
  async importCsv(actor: Actor, csv: string): Promise<{ imported: number }> {
    const lines = readCsv(csv);
    return this.database.write(async (tx) => {
      // Invariant 9: of other people's areas an import learns nothing, and it takes nothing of theirs.
      const managed = (await this.areas.under(tx.manager, '/')).filter(({ path }) => actor.may('fleet.manage', path));
      const areas = new Map(managed.map((area) => [area.code, area]));
      const { clusters, errors } = planClusterImport(
        lines,
        new Map([...areas].map(([code, area]) => [code, area.kind])),
      );
      if (errors.length > 0)
        throw fleetProblem('cluster.importInvalid').withErrors(
          errors.slice(0, 200).map(({ line, code }) => ({ at: `line ${line}`, code })),
        );
      const touched: string[] = [];
      for (const imported of clusters) {
        const area = areas.get(imported.areaCode);
        if (!area) throw fleetProblem('cluster.importInvalid');
        const known = await tx.manager.findOneBy(Cluster, { code: imported.code });
        if (known && !actor.may('fleet.manage', known.areaPath))
          throw fleetProblem('cluster.importInvalid').withErrors([{ at: imported.code, code: 'cluster.codeTaken' }]);
        const cluster = await this.#save(tx, imported, area, known);
        const hamletIds = imported.hamletCodes.map((code) => areas.get(code)?.id ?? '');
        await this.#link(tx, cluster.id, hamletIds, known ? this.#today() : area.validFrom);
        touched.push(area.path, known?.areaPath ?? area.path);
      }
      await this.audit.add(tx, actor, { action: 'cluster.imported', subject: `${clusters.length}`, areaPath: '/' });
      if (touched.length > 0)
        await this.outbox.add(tx, { topic: 'fleet.listeners', payload: { areaPath: commonPath(touched) } });
      return { imported: clusters.length };
    });
  }

  #today(): string {
    return localDay(this.clock.nowMs());
  }

  async #save(tx: WriteTransaction, imported: ImportedCluster, area: Area, known: Cluster | null): Promise<Cluster> {
    const { code, name, kind, latitude, longitude, horns } = imported;
    return tx.manager.save(Cluster, {
      id: known?.id ?? newId(),
      createdAtMs: known?.createdAtMs ?? this.clock.nowMs(),
      code,
      name,
      // A file that does not say makes no board a loudspeaker again.
      kind: kind ?? known?.kind ?? 'loudspeakers',
      latitude,
      longitude,
      horns,
      reach: known?.reach ?? 'horn',
      areaId: area.id,
      areaPath: area.path,
    });
  }

  /** Links that end stay, and new ones begin at `validFrom`: what was heard in the past is not rewritten. */
  async #link(tx: WriteTransaction, clusterId: string, hamletIds: readonly string[], validFrom: string): Promise<void> {
    const today = this.#today();
    const links = await tx.manager.findBy(ClusterHamlet, { clusterId });
    const current = links.filter(({ validTo }) => validTo === null || validTo >= today);
    for (const link of current) {
      const validTo = hamletIds.includes(link.hamletId) ? null : today;
      if (validTo !== link.validTo) await tx.manager.save(ClusterHamlet, { ...link, validTo });
    }
    for (const hamletId of hamletIds)
      if (!current.some((link) => link.hamletId === hamletId))
        await tx.manager.save(ClusterHamlet, { clusterId, hamletId, validFrom, validTo: null });
  }

  async list(actor: Actor): Promise<ClusterView[]> {
    const scopes = actor.scopes('fleet.read');
    return this.database.read(async (reader) => {
      const clusters = (await reader.find(Cluster, { order: { code: 'ASC' } })).filter((cluster) =>
        scopes.some((scope) => cluster.areaPath.startsWith(scope)),
      );
      const controllers = new Map(
        (await reader.findBy(Controller, { revokedAtMs: IsNull() })).map((controller) => [
          controller.clusterId,
          controller,
        ]),
      );
      return clusters.map((cluster) => viewOf(cluster, controllers.get(cluster.id)));
    });
  }

  /** The cluster if the actor may do `action` with it; else `cluster.unknown`. */
  async demand(reader: EntityManager, actor: Actor, action: string, id: string): Promise<Cluster> {
    const cluster = await reader.findOneBy(Cluster, { id });
    if (!cluster || !actor.may(action, cluster.areaPath)) throw fleetProblem('cluster.unknown');
    return cluster;
  }

  /** At or below the area, by code. */
  async under(reader: EntityManager, areaPath: string): Promise<Cluster[]> {
    return reader
      .createQueryBuilder(Cluster, 'cluster')
      .where('cluster.areaPath LIKE :below', { below: `${areaPath}%` })
      .orderBy('cluster.code')
      .getMany();
  }

  async byId(reader: EntityManager, id: string): Promise<Cluster | null> {
    return reader.findOneBy(Cluster, { id });
  }

  /**
   * Every link of clusters and hamlets, past ones included, with what stands there.
   * @param hamletId only those of this one
   */
  async hamletLinks(
    reader: EntityManager,
    hamletId?: string,
  ): Promise<(ClusterHamlet & Pick<Cluster, 'kind' | 'reach' | 'name'>)[]> {
    const select = reader
      .createQueryBuilder(ClusterHamlet, 'link')
      .innerJoin(Cluster, 'cluster', 'cluster.id = link.clusterId')
      .select('link.clusterId', 'clusterId')
      .addSelect('link.hamletId', 'hamletId')
      .addSelect('link.validFrom', 'validFrom')
      .addSelect('link.validTo', 'validTo')
      .addSelect('cluster.kind', 'kind')
      .addSelect('cluster.reach', 'reach')
      .addSelect('cluster.name', 'name');
    if (hamletId !== undefined) select.where('link.hamletId = :hamletId', { hamletId });
    return select.getRawMany();
  }
}

function readCsv(csv: string): ImportLine[] {
  try {
    return parse(csv, { columns: true, bom: true, skip_empty_lines: true, trim: true, max_record_size: 10_000 });
  } catch {
    throw fleetProblem('cluster.importInvalid').withErrors([{ at: 'file', code: 'cluster.csvUnreadable' }]);
  }
}

const localDay = (ms: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh' }).format(ms);

function viewOf(cluster: Cluster, controller: Controller | undefined): ClusterView {
  const { id, code, areaId, name, kind, latitude, longitude, horns, reach } = cluster;
  return {
    id,
    code,
    areaId,
    name,
    kind,
    latitude,
    longitude,
    horns,
    reach,
    controller: controller
      ? {
          id: controller.id,
          serial: controller.serial,
          model: controller.model,
          simulated: controller.simulated,
          online: controller.online,
          ready: controller.ready,
          syncedVersion: controller.syncedVersion,
          lastHeardAtMs: controller.lastHeardAtMs,
        }
      : null,
  };
}
