import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, LessThan } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { DeviceAccess } from '../access/device-access.js';
import { ClusterService } from '../cluster.service.js';
import { localDayOf } from '../engine/local-days.js';
import { EnrolmentService } from '../enrolment/enrolment.service.js';
import { Alarm, Cluster, Controller } from '../fleet.entity.js';
import { ListenerService } from '../listener.service.js';
import { SimService } from '../sims/sim.service.js';
import { ControllerState, ControllerStateSpan, DeviceEventRow } from '../state/state.entity.js';
import { StockBox } from '../stock/stock.entity.js';
import { withinScopes } from '../within-scopes.js';
import type {
  ControllerDetail,
  ControllerQuery,
  ControllerView,
  HistoryQuery,
  Replacement,
  ReplacementView,
} from './controller.api.js';
import { seenController } from './controller.queries.js';
import { ControllerEnd } from './controller-end.js';
import { controllerProblem } from './problems.js';

/** A province has 3,000. */
const MOST_LISTED = 10_000;
const HISTORY_PAGE = 500;

/** Boxes: what they are, how they are, and how they end. */
@Injectable()
export class ControllerService {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterService,
    private readonly enrolment: EnrolmentService,
    private readonly sims: SimService,
    private readonly listeners: ListenerService,
    private readonly end: ControllerEnd,
    private readonly access: DeviceAccess,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Those that have not ended, by cluster. */
  async list(actor: Actor, query: ControllerQuery): Promise<ControllerView[]> {
    return this.database.read(async (reader) => {
      const clusters = await withinScopes(
        reader.createQueryBuilder(Cluster, 'cluster'),
        'cluster.areaPath',
        actor.scopes('fleet.read'),
      )
        .orderBy('cluster.code')
        .limit(MOST_LISTED)
        .getMany();
      const enrolled = await reader.findBy(Controller, { revokedAtMs: IsNull() });
      const controllers = new Map(enrolled.map((controller) => [controller.clusterId, controller]));
      const equipped = clusters.filter(({ id }) => controllers.has(id));
      const viewOf = await this.#viewer(
        reader,
        equipped.map(({ id }) => id),
      );
      const views = equipped.flatMap((cluster) => {
        const controller = controllers.get(cluster.id);
        return controller ? [viewOf(controller, cluster)] : [];
      });
      return views.filter(
        ({ now, clusterId }) =>
          (query.clusterId === undefined || clusterId === query.clusterId) &&
          (query.state === undefined || (now?.state ?? 'never') === query.state),
      );
    });
  }

  async get(actor: Actor, id: string): Promise<ControllerDetail> {
    return this.database.read(async (reader) => {
      const { controller, cluster } = await seenController(reader, actor, 'fleet.read', id);
      const viewOf = await this.#viewer(reader, [cluster.id], id);
      return {
        ...viewOf(controller, cluster),
        sim: await this.sims.of(reader, id),
        openAlarms: await reader.countBy(Alarm, { controllerId: id, acknowledgedAtMs: IsNull() }),
      };
    });
  }

  /** All boxes that ever stood at a cluster, the present one first (case 25). */
  async ofCluster(actor: Actor, clusterId: string): Promise<ControllerView[]> {
    return this.database.read(async (reader) => {
      const cluster = await this.clusters.demand(reader, actor, 'fleet.read', clusterId);
      const controllers = await reader.find(Controller, { where: { clusterId }, order: { enrolledAtMs: 'DESC' } });
      const viewOf = await this.#viewer(reader, [clusterId]);
      return controllers.map((controller) => viewOf(controller, cluster));
    });
  }

  /** What is to be said of controllers beside themselves. @param id null: of all of these clusters */
  async #viewer(
    reader: EntityManager,
    clusterIds: readonly string[],
    id: string | null = null,
  ): Promise<(controller: Controller, cluster: Cluster) => ControllerView> {
    const states = await statesOf(reader, id);
    const languages = await this.listeners.languagesOf(reader, clusterIds, localDayOf(this.clock.nowMs()));
    const trials = new Set((await reader.findBy(StockBox, { state: 'trial' })).map(({ controllerId }) => controllerId));
    return (controller, cluster) =>
      viewOf(controller, cluster, {
        row: states.get(controller.id) ?? null,
        languages: languages.get(cluster.id) ?? [],
        provisional: controller.revokedAtMs === null && trials.has(controller.id),
      });
  }

  /** Its key and token end at once, and so does its session. */
  async revoke(actor: Actor, id: string, reason: string): Promise<void> {
    await this.database.write(async (tx) => {
      const { controller, cluster } = await seenController(tx.manager, actor, 'fleet.manage', id);
      if (controller.revokedAtMs !== null) throw controllerProblem('controller.revoked');
      await this.end.end(tx, id, reason);
      const detail = { reason, serial: controller.serial, cluster: cluster.code };
      await this.audit.add(tx, actor, {
        action: 'controller.revoked',
        subject: id,
        areaPath: cluster.areaPath,
        detail,
      });
    });
    await this.access.expel(id);
  }

  /**
   * Thay bộ điều khiển: a claim for the next box. The box before ends with the reason given, now or when the next one enrols;
   * what was played at the cluster stays the cluster's.
   */
  async replace(actor: Actor, clusterId: string, { reason, endNow }: Replacement): Promise<ReplacementView> {
    const made = await this.database.write(
      async (tx) => {
        const cluster = await this.clusters.demand(tx.manager, actor, 'fleet.manage', clusterId);
        const former = await tx.manager.findOneBy(Controller, { clusterId, revokedAtMs: IsNull() });
        const claim = await this.enrolment.addClaim(tx, clusterId, reason);
        if (former && endNow) await this.end.end(tx, former.id, reason);
        const controllerId = former?.id ?? null;
        const { areaPath } = cluster;
        const detail = { reason, controller: controllerId, endNow };
        await this.audit.add(tx, actor, { action: 'controller.replaced', subject: clusterId, areaPath, detail });
        return { ...claim, controllerId };
      },
      { isolation: 'serializable' },
    );
    if (endNow && made.controllerId !== null) await this.access.expel(made.controllerId);
    return made;
  }

  /** States it was in, the newest first. */
  async states(actor: Actor, id: string, { beforeMs }: HistoryQuery): Promise<ControllerStateSpan[]> {
    return this.database.read(async (reader) => {
      await seenController(reader, actor, 'fleet.read', id);
      const where = { controllerId: id, ...(beforeMs === undefined ? {} : { fromMs: LessThan(beforeMs) }) };
      return reader.find(ControllerStateSpan, { where, order: { fromMs: 'DESC', id: 'DESC' }, take: HISTORY_PAGE });
    });
  }

  /** What it told of itself, the newest first. */
  async events(actor: Actor, id: string, { beforeMs }: HistoryQuery): Promise<DeviceEventRow[]> {
    return this.database.read(async (reader) => {
      await seenController(reader, actor, 'fleet.read', id);
      const where = { controllerId: id, ...(beforeMs === undefined ? {} : { receivedAtMs: LessThan(beforeMs) }) };
      return reader.find(DeviceEventRow, { where, order: { boot: 'DESC', seq: 'DESC' }, take: HISTORY_PAGE });
    });
  }
}

/** By controller. @param id null: of all */
async function statesOf(reader: EntityManager, id: string | null): Promise<Map<string, ControllerState>> {
  const rows = await reader.findBy(ControllerState, id === null ? {} : { controllerId: id });
  return new Map(rows.map((row) => [row.controllerId, row]));
}

function viewOf(
  controller: Controller,
  cluster: Cluster,
  beside: {
    readonly row: ControllerState | null;
    readonly languages: readonly string[];
    readonly provisional: boolean;
  },
): ControllerView {
  const { id, clusterId, model, serial, simulated, enrolledAtMs, revokedAtMs, revokedReason } = controller;
  const { firmware, capabilities, syncedVersion, ready } = controller;
  return {
    id,
    clusterId,
    clusterName: cluster.name,
    areaId: cluster.areaId,
    provisional: beside.provisional,
    languages: [...beside.languages],
    model,
    serial,
    simulated,
    enrolledAtMs,
    revokedAtMs,
    revokedReason,
    firmware,
    capabilities: capabilities && [...capabilities],
    syncedVersion,
    ready,
    now: beside.row && nowOf(beside.row),
  };
}

function nowOf(row: ControllerState): NonNullable<ControllerView['now']> {
  const { state, because, sinceMs, connected, heardAtMs, powerLostAtMs, faults, trust, playing, boot } = row;
  const { silentUntilMs, volumePercent, waitingReceipts } = row;
  return {
    ...{ state, because, sinceMs, connected, heardAtMs, powerLostAtMs, faults, trust, playing, boot },
    ...{ silentUntilMs, volumePercent, waitingReceipts },
  };
}
