import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { In, LessThanOrEqual } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AlarmService } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { DueClock } from '../../platform/due/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import type { OutboxRelay } from '../../platform/outbox/index.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from '../settings.js';
import { Audience } from './audience.js';
import { nightAt } from './engine/night.js';
import { chosen, nextStep } from './engine/rollout.js';
import { FAILED, TOLD } from './engine/states.js';
import { OrderIssuer } from './order-issuer.js';
import { UPDATE_FAILED } from './outbox-topics.js';
import { Rollout, UpdateTarget } from './update.entity.js';
import { believeFirmware, holdBack, tallyOf } from './update.queries.js';

const DAY_MS = 86_400_000;
const ROWS_AT_A_TIME = 200;

/** Carries rollouts on: chooses, orders, watches, halts. Also tells devices that are to stay with what they have. */
@Injectable()
export class RolloutClock extends DueClock<Pick<Rollout, 'id'>> {
  constructor(
    private readonly database: Database,
    private readonly audience: Audience,
    private readonly issuer: OrderIssuer,
    private readonly alarms: AlarmService,
    private readonly audit: Audit,
    private readonly clock: Clock,
    @Inject(DISPATCH_SETTINGS) private readonly settings: DispatchSettings,
    @Inject(LOG) log: Log,
  ) {
    super(log);
  }

  /** A device that falls back may be the first of many: it is looked at now, not in a minute. */
  register(relay: OutboxRelay): void {
    relay.on(UPDATE_FAILED, async () => this.tickSoon());
  }

  @Cron('20 * * * * *')
  override tickSoon(): void {
    super.tickSoon();
  }

  protected due(most: number): Promise<Pick<Rollout, 'id'>[]> {
    return this.database.read(async (reader) => {
      const running = await reader.find(Rollout, { select: { id: true }, where: { state: 'running' }, take: most });
      const holding = await reader
        .createQueryBuilder(UpdateTarget, 'target')
        .select('target.rolloutId', 'id')
        .distinct(true)
        .where("target.state = 'holding'")
        .limit(most)
        .getRawMany<{ id: string }>();
      return [...new Set([...holding, ...running].map(({ id }) => id))].slice(0, most).map((id) => ({ id }));
    });
  }

  protected async take({ id }: Pick<Rollout, 'id'>): Promise<boolean> {
    let done = await this.database.write((tx) => this.#step(tx, id));
    while ((await this.issuer.takeBack(id)) > 0) done = true;
    while ((await this.issuer.orderChosen(id)) > 0) done = true;
    return done;
  }

  async #step(tx: WriteTransaction, id: string): Promise<boolean> {
    const rollout = await tx.manager.findOneBy(Rollout, { id, state: 'running' });
    if (!rollout) return false;
    const nowMs = this.clock.nowMs();
    await believeFirmware(tx, rollout, nowMs);
    await this.#carryOver(tx, rollout, nowMs);
    const updatable = await this.audience.of(tx.manager, rollout);
    const step = nextStep(rollout, rollout, await tallyOf(tx.manager, id, updatable.length), nowMs);
    switch (step.kind) {
      case 'wait':
        return false;
      case 'halt':
        await this.#halt(tx, rollout, nowMs);
        return true;
      case 'done':
        await tx.manager.update(Rollout, { id }, { state: 'done', endedAtMs: nowMs });
        await this.#write(tx, rollout, 'update.done', {});
        return true;
      case 'widen': {
        const candidates = updatable.map((each) => ({
          ...each,
          rank: createHash('sha256').update(`${id}:${each.id}`).digest('hex'),
          lively: each.lastHeardAtMs !== null && each.lastHeardAtMs > nowMs - DAY_MS,
        }));
        const targets = chosen(candidates, step.more).map((each) => targetOf(rollout, each, step.stage));
        for (let from = 0; from < targets.length; from += ROWS_AT_A_TIME)
          await tx.manager.insert(UpdateTarget, targets.slice(from, from + ROWS_AT_A_TIME));
        if (step.stage === rollout.stage) return true;
        const stageFromMs = nightAt(nowMs, this.settings.zone, rollout.night).fromMs;
        await tx.manager.update(Rollout, { id }, { stage: step.stage, stageFromMs });
        await this.#write(tx, rollout, 'update.widened', { stage: step.stage, devices: targets.length });
        return true;
      }
    }
  }

  /** Who was away in its night has another one; without this it would change its program at noon, when it is back. */
  async #carryOver(tx: WriteTransaction, { id }: Rollout, nowMs: number): Promise<void> {
    await tx.manager.update(
      UpdateTarget,
      { rolloutId: id, state: In([...TOLD]), nightUntilMs: LessThanOrEqual(nowMs) },
      { state: 'chosen' },
    );
  }

  async #halt(tx: WriteTransaction, rollout: Rollout, nowMs: number): Promise<void> {
    const { id, release } = rollout;
    await tx.manager.update(Rollout, { id }, { state: 'halted', haltReason: null, haltedAtMs: nowMs });
    await holdBack(tx, id);
    const failed = await tx.manager.find(UpdateTarget, {
      where: { rolloutId: id, state: In([...FAILED]), excused: false },
      order: { heardAtMs: 'DESC' },
    });
    const detail = { release, failed: failed.length };
    // An alarm belongs to a device: the one that was the last straw. Who may settle it is who is responsible there.
    const [last] = failed;
    if (last)
      await this.alarms.raise(tx, {
        code: 'update.halted',
        controllerId: last.controllerId,
        detail: `rollout ${id}, release ${release}: ${failed.length} failed`,
      });
    await this.#write(tx, rollout, 'update.halted', detail);
  }

  async #write(
    tx: WriteTransaction,
    { id, areaPath }: Rollout,
    action: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await this.audit.add(tx, null, { action, subject: id, areaPath, detail });
  }
}

function targetOf(
  { id: rolloutId, release }: Rollout,
  { id: controllerId, clusterId, firmware }: Awaited<ReturnType<Audience['of']>>[number],
  stage: number,
): UpdateTarget {
  return {
    ...{ rolloutId, controllerId, clusterId, release, stage },
    formerRelease: firmware.release,
    formerName: firmware.name.slice(0, 60) || '-',
    state: 'chosen',
    detail: null,
    orderedAtMs: null,
    nightFromMs: null,
    nightUntilMs: null,
    atMs: null,
    heardAtMs: null,
    excused: false,
  };
}
