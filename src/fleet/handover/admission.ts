import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { ClusterService } from '../cluster.service.js';
import { localDayOf } from '../engine/local-days.js';
import { ClaimRecord, Cluster, ClusterHamlet, Controller } from '../fleet.entity.js';
import { Sim } from '../sims/sim.entity.js';
import { stockProblem } from '../stock/problems.js';
import { StockBox } from '../stock/stock.entity.js';
import { StockService } from '../stock/stock.service.js';
import type { HandoverForm } from './handover.api.js';
import { handoverProblem } from './problems.js';

export type Site = { readonly [Key in 'place' | 'position']: NonNullable<HandoverForm[Key]> };

/** How a box that a technician has scanned comes to its cluster; in the transaction of whoever decides it. */
@Injectable()
export class Admission {
  constructor(
    private readonly clusters: ClusterService,
    private readonly areas: AreaService,
    private readonly stock: StockService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** A box of the stock that was not handed over yet. */
  async box(reader: EntityManager, actor: Actor, claim: string): Promise<StockBox> {
    const box = await this.stock.byClaim(reader, claim);
    if (!box || !actor.may('fleet.manage', box.areaPath)) throw stockProblem('stock.boxUnknown');
    if (box.state !== 'waiting' && box.state !== 'trial') throw handoverProblem('handover.boxElsewhere');
    return box;
  }

  /** Where the box hangs; a hamlet's first cluster is made once, however often it is named. */
  async cluster(tx: WriteTransaction, actor: Actor, box: StockBox, { place, position }: Site): Promise<Cluster> {
    const { latitude, longitude } = position;
    if ('clusterId' in place) {
      const cluster = await this.clusters.demand(tx.manager, actor, 'fleet.manage', place.clusterId);
      if (cluster.latitude !== null) return cluster;
      // Whoever stood there knows where it is; what somebody entered stays.
      await tx.manager.update(Cluster, { id: cluster.id }, { latitude, longitude });
      return { ...cluster, latitude, longitude };
    }
    const hamlet = await this.areas.byId(tx, place.hamletId);
    const commune = hamlet?.parentId ? await this.areas.byId(tx, hamlet.parentId) : null;
    if (hamlet?.kind !== 'hamlet' || !commune || !actor.may('fleet.manage', hamlet.path))
      throw handoverProblem('handover.hamletUnknown');
    const begun = box.clusterId === null ? null : await this.clusters.byId(tx.manager, box.clusterId);
    if (begun && (await tx.manager.existsBy(ClusterHamlet, { clusterId: begun.id, hamletId: hamlet.id }))) return begun;
    const id = newId();
    const cluster: Cluster = {
      id,
      // Codes of files have other letters in them: `-` and an id is nobody else's.
      code: `${hamlet.code.slice(0, 36)}-${id}`,
      areaId: commune.id,
      areaPath: commune.path,
      name: place.name,
      kind: 'loudspeakers',
      latitude,
      longitude,
      horns: place.horns,
      reach: place.reach,
      createdAtMs: this.clock.nowMs(),
    };
    await tx.manager.insert(Cluster, cluster);
    const validFrom = localDayOf(this.clock.nowMs());
    await tx.manager.save(ClusterHamlet, { clusterId: id, hamletId: hamlet.id, validFrom, validTo: null });
    await this.outbox.add(tx, { topic: 'fleet.listeners', payload: { areaPath: commune.path } });
    return cluster;
  }

  /** The controller that the box has become, if it has and nobody ended it. */
  async controllerOf(reader: EntityManager, { controllerId }: StockBox): Promise<Controller | null> {
    return controllerId === null ? null : reader.findOneBy(Controller, { id: controllerId, revokedAtMs: IsNull() });
  }

  /**
   * The printed code is a claim of the cluster now; where the maker named a key, of that key alone.
   * @param state `trial`: until its handover @returns the box as it is now
   * @throws handover.boxElsewhere when it is a controller of another cluster already
   */
  async admit(
    tx: WriteTransaction,
    box: StockBox,
    cluster: Cluster,
    { state, withinMs }: { readonly state: 'trial' | 'installed'; readonly withinMs: number },
  ): Promise<StockBox> {
    const controller = await this.controllerOf(tx.manager, box);
    if (controller && controller.clusterId !== cluster.id) throw handoverProblem('handover.boxElsewhere');
    const next: Pick<StockBox, 'state' | 'clusterId' | 'controllerId'> = {
      state: controller && state === 'installed' ? 'enrolled' : state,
      clusterId: cluster.id,
      controllerId: controller?.id ?? null,
    };
    const nowMs = this.clock.nowMs();
    const claim = {
      clusterId: cluster.id,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + withinMs,
      usedByKey: controller?.publicKey ?? box.publicKey,
      controllerId: next.controllerId,
    };
    const before = await tx.manager.findOneBy(ClaimRecord, { boxId: box.id });
    if (before) await tx.manager.update(ClaimRecord, { id: before.id }, claim);
    else {
      const { codeSha256, id: boxId } = box;
      await tx.manager.insert(ClaimRecord, { id: newId(), codeSha256, boxId, reason: null, ...claim });
    }
    // One that was ended during its trial gives its card back to the box.
    if (box.controllerId !== null && !controller)
      await tx.manager.update(Sim, { controllerId: box.controllerId }, { controllerId: null, boxId: box.id });
    await tx.manager.update(StockBox, { id: box.id }, next);
    return { ...box, ...next };
  }
}
