import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService, covers } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Audience } from './audience.js';
import { FAILED } from './engine/states.js';
import { OrderIssuer } from './order-issuer.js';
import { updateProblem } from './problems.js';
import { viewOf } from './rollout.views.js';
import { type GoingBack, type NewRollout, newRollout, type Resuming, type RolloutView } from './update.api.js';
import { Release, Rollout, UpdateTarget } from './update.entity.js';
import { holdBack } from './update.queries.js';

/** What people decide about programs of devices. The rest goes by itself (`RolloutClock`). Needs `fleet.update` at the area. */
@Injectable()
export class RolloutService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audience: Audience,
    private readonly issuer: OrderIssuer,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async begin(actor: Actor, request: NewRollout): Promise<RolloutView> {
    const area = await this.database.read((reader) => this.areas.seen(reader, actor, request.areaId));
    actor.demand('fleet.update', area.path);
    return this.database.write(async (tx) => {
      const release = await tx.manager.findOneBy(Release, { id: request.releaseId });
      if (!release) throw updateProblem('update.releaseUnknown');
      return this.#begin(tx, actor, request, release, { areaPath: area.path, models: release.models });
    });
  }

  /** Nobody more is ordered it, and who has not begun stays with what it has. Once more changes nothing. */
  async halt(actor: Actor, id: string, reason: string): Promise<RolloutView> {
    return this.database.write(async (tx) => {
      const rollout = await ownRollout(tx.manager, actor, id);
      if (rollout.state === 'halted') return viewOf(rollout);
      if (rollout.state !== 'running') throw updateProblem('update.rolloutOver');
      await holdBack(tx, id);
      const halted = { state: 'halted' as const, haltReason: reason, haltedAtMs: this.clock.nowMs() };
      return this.#decide(tx, actor, rollout, halted, 'update.haltedByPerson', { reason });
    });
  }

  /** Goes on where it stood. What failed so far is excused, or ordered again. */
  async resume(actor: Actor, id: string, { reason, again }: Resuming): Promise<RolloutView> {
    this.issuer.demandScope();
    return this.database.write(async (tx) => {
      const rollout = await ownRollout(tx.manager, actor, id);
      if (rollout.state === 'running') throw updateProblem('update.notHalted');
      if (rollout.state !== 'halted') throw updateProblem('update.rolloutOver');
      const failed = { rolloutId: id, state: In([...FAILED]) };
      if (again) await tx.manager.update(UpdateTarget, failed, { state: 'chosen', excused: false });
      else await tx.manager.update(UpdateTarget, failed, { excused: true });
      await tx.manager.update(UpdateTarget, { rolloutId: id, state: In(['held', 'holding']) }, { state: 'chosen' });
      const running = { state: 'running' as const, haltReason: null, haltedAtMs: null };
      return this.#decide(tx, actor, rollout, running, 'update.resumed', { reason, again });
    });
  }

  /** For good. Who runs the new program keeps it; who has not begun stays with what it has. */
  async cancel(actor: Actor, id: string, reason: string): Promise<RolloutView> {
    return this.database.write(async (tx) => {
      const rollout = await ownRollout(tx.manager, actor, id);
      if (!isOpen(rollout)) throw updateProblem('update.rolloutOver');
      return this.#cancel(tx, actor, rollout, reason);
    });
  }

  /**
   * Orders the release before to whoever runs a newer one there, all at once and by default now: somebody has seen that the new one is
   * bad. The rollout ends with it, if it was open.
   */
  async goBack(actor: Actor, id: string, { releaseId, night, reason }: GoingBack): Promise<RolloutView> {
    return this.database.write(async (tx) => {
      const rollout = await ownRollout(tx.manager, actor, id);
      const release = await formerOf(tx.manager, rollout, releaseId);
      if (isOpen(rollout)) await this.#cancel(tx, actor, rollout, reason);
      const { areaId, areaPath, groupId, models } = rollout;
      const everybody = { stages: [{ percent: 100 }], soakMs: 0, healthyPercent: 100, failedPercent: 100, night };
      const request = newRollout.parse({ areaId, releaseId: release.id, ...everybody, back: true, reason });
      const aim = { areaPath, models };
      return this.#begin(tx, actor, { ...request, ...(groupId === null ? {} : { groupId }) }, release, aim);
    });
  }

  async #begin(
    tx: WriteTransaction,
    actor: Actor,
    request: NewRollout,
    release: Release,
    { areaPath, models }: Pick<Rollout, 'areaPath' | 'models'>,
  ): Promise<RolloutView> {
    this.issuer.demandScope();
    const open = await tx.manager.findBy(Rollout, { state: In(['running', 'halted']) });
    const meets = (other: Rollout) => covers(other.areaPath, areaPath) || covers(areaPath, other.areaPath);
    if (open.some((other) => meets(other) && other.models.some((model) => models.includes(model))))
      throw updateProblem('update.rolloutOpen');
    const { areaId, groupId = null, stages, soakMs, healthyPercent, failedPercent, back, reason } = request;
    if (groupId !== null && (await this.audience.membersOf(tx.manager, groupId, areaPath)).size === 0)
      throw updateProblem('update.groupUnknown');
    const rollout: Rollout = {
      ...{ id: newId(), releaseId: release.id, release: release.number, back, areaId, areaPath, groupId, models },
      ...{ stages, stage: -1, stageFromMs: null, soakMs, healthyPercent, failedPercent },
      night: request.night && { fromMinute: minuteOf(request.night.from), untilMinute: minuteOf(request.night.until) },
      ...{ state: 'running', reason, createdAtMs: this.clock.nowMs(), createdByName: actor.name },
      ...{ haltReason: null, haltedAtMs: null, endedAtMs: null },
    };
    if ((await this.audience.of(tx.manager, rollout)).length === 0) throw updateProblem('update.nobody');
    await tx.manager.save(Rollout, rollout);
    const detail = { release: release.number, back, groupId, stages, night: request.night, reason };
    await this.audit.add(tx, actor, { action: 'update.begun', subject: rollout.id, areaPath, detail });
    return viewOf(rollout);
  }

  async #cancel(tx: WriteTransaction, actor: Actor, rollout: Rollout, reason: string): Promise<RolloutView> {
    await holdBack(tx, rollout.id);
    const over = { state: 'cancelled' as const, endedAtMs: this.clock.nowMs() };
    return this.#decide(tx, actor, rollout, over, 'update.cancelled', { reason });
  }

  async #decide(
    tx: WriteTransaction,
    actor: Actor,
    rollout: Rollout,
    changes: Partial<Rollout>,
    action: string,
    detail: Record<string, unknown>,
  ): Promise<RolloutView> {
    const changed = { ...rollout, ...changes };
    await tx.manager.save(Rollout, changed);
    const { id: subject, areaPath, release } = rollout;
    await this.audit.add(tx, actor, { action, subject, areaPath, detail: { release, ...detail } });
    return viewOf(changed);
  }
}

const isOpen = ({ state }: Rollout): boolean => state === 'running' || state === 'halted';

async function ownRollout(reader: EntityManager, actor: Actor, id: string): Promise<Rollout> {
  const rollout = await reader.findOneBy(Rollout, { id });
  if (!rollout || !actor.may('fleet.read', rollout.areaPath)) throw updateProblem('update.rolloutUnknown');
  actor.demand('fleet.update', rollout.areaPath);
  return rollout;
}

/** An older release for all models of the rollout: the named one, or the newest. */
async function formerOf(reader: EntityManager, rollout: Rollout, releaseId: string | undefined): Promise<Release> {
  const releases = await reader.find(Release, {
    ...(releaseId === undefined ? {} : { where: { id: releaseId } }),
    order: { number: 'DESC' },
  });
  if (releaseId !== undefined && releases.length === 0) throw updateProblem('update.releaseUnknown');
  const former = releases.find(
    ({ number, models }) => number < rollout.release && rollout.models.every((model) => models.includes(model)),
  );
  if (!former) throw updateProblem('update.noFormer');
  return former;
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}
