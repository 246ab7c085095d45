import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import type { AssetRef, UpdateOrder } from '../../../devices/protocol/index.js';
import { Controller } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { refOf } from '../asset.service.js';
import { Asset } from '../dispatch.entity.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from '../settings.js';
import { nightAt } from './engine/night.js';
import { UPDATE_ORDERED } from './outbox-topics.js';
import { updateProblem } from './problems.js';
import { OrderRow, Release, Rollout, UpdateTarget } from './update.entity.js';

/** Signatures in one transaction. */
const AT_A_TIME = 200;

/** Makes orders: row, signature and message in one commit (invariant 11). */
@Injectable()
export class OrderIssuer {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(DISPATCH_SETTINGS) private readonly settings: DispatchSettings,
  ) {}

  /** Devices refuse programs of any other key, and must not have to. @throws `update.keyScope` */
  demandScope(): void {
    if (!this.keys.scope.includes('*')) throw updateProblem('update.keyScope');
  }

  /** The next of those that were chosen. @returns how many; 0: none is left */
  async orderChosen(rolloutId: string): Promise<number> {
    this.demandScope();
    return this.database.write(async (tx) => {
      const rollout = await tx.manager.findOneBy(Rollout, { id: rolloutId, state: 'running' });
      if (!rollout) return 0;
      const { name, sha256 } = await tx.manager.findOneByOrFail(Release, { id: rollout.releaseId });
      const bundle = refOf(await tx.manager.findOneByOrFail(Asset, { sha256 }));
      const nowMs = this.clock.nowMs();
      const { fromMs, untilMs } = nightAt(nowMs, this.settings.zone, rollout.night);
      const targets = await tx.manager.find(UpdateTarget, {
        where: { rolloutId, state: 'chosen' },
        order: { controllerId: 'ASC' },
        take: AT_A_TIME,
      });
      const { release, back } = rollout;
      for (const target of targets) {
        const order = { release, name, bundle, notBeforeMs: fromMs, ...(back ? { back } : {}) };
        await this.#write(tx, target, order, nowMs);
        const night = { nightFromMs: fromMs, nightUntilMs: untilMs };
        const anew = { state: 'ordered' as const, detail: null, atMs: null, heardAtMs: null, orderedAtMs: nowMs };
        await tx.manager.save(UpdateTarget, { ...target, ...anew, ...night });
      }
      return targets.length;
    });
  }

  /**
   * The next of those that are to stay with what they have. They are ordered just that, because a device that was away must hear of it
   * too, and an order that is only gone from the broker would still be followed. @returns how many; 0: none is left
   */
  async takeBack(rolloutId: string): Promise<number> {
    return this.database.write(async (tx) => {
      const targets = await tx.manager.find(UpdateTarget, {
        where: { rolloutId, state: 'holding' },
        order: { controllerId: 'ASC' },
        take: AT_A_TIME,
      });
      if (targets.length === 0) return 0;
      const rollout = await tx.manager.findOneByOrFail(Rollout, { id: rolloutId });
      const bundles = await this.#bundlesOf(
        tx,
        rollout.releaseId,
        targets.map(({ formerRelease }) => formerRelease),
      );
      const nowMs = this.clock.nowMs();
      for (const target of targets) {
        // What runs already is not fetched; of a program that was never uploaded here the order names some bundle.
        const bundle = bundles.get(target.formerRelease) ?? bundles.get(rollout.release);
        if (!bundle) throw new Error('a rollout without its bundle');
        const order = { release: target.formerRelease, name: target.formerName, bundle, notBeforeMs: nowMs };
        await this.#write(tx, target, order, nowMs);
        await tx.manager.update(
          UpdateTarget,
          { rolloutId, controllerId: target.controllerId, state: 'holding' },
          { state: 'held' },
        );
      }
      return targets.length;
    });
  }

  async #bundlesOf(
    tx: WriteTransaction,
    releaseId: string,
    numbers: readonly number[],
  ): Promise<ReadonlyMap<number, AssetRef>> {
    const releases = await tx.manager.findBy(Release, [{ id: releaseId }, { number: In([...new Set(numbers)]) }]);
    const assets = await tx.manager.findBy(Asset, { sha256: In(releases.map(({ sha256 }) => sha256)) });
    const refs = new Map(assets.map((asset) => [asset.sha256, refOf(asset)]));
    return new Map(
      releases.flatMap(({ number, sha256 }) => {
        const ref = refs.get(sha256);
        return ref ? [[number, ref] as const] : [];
      }),
    );
  }

  async #write(
    tx: WriteTransaction,
    { controllerId, rolloutId }: UpdateTarget,
    order: Omit<UpdateOrder, 'v' | 'device'>,
    orderedAtMs: number,
  ): Promise<void> {
    if (!(await tx.manager.existsBy(Controller, { id: controllerId, revokedAtMs: IsNull() }))) return;
    const message: UpdateOrder = { v: 1, device: controllerId, ...order };
    const signed = this.keys.sign('vang-update', message);
    await tx.manager.save(OrderRow, { controllerId, rolloutId, release: order.release, signed, orderedAtMs });
    await this.outbox.add(tx, { topic: UPDATE_ORDERED, payload: { controllerId } });
  }
}
