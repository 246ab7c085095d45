import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { In, IsNull, Not } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { SIM_FAULTS, type Wrong } from '../engine/faults.js';
import { localMonthOf } from '../engine/local-days.js';
import { wrongBySim } from '../engine/sim-watch.js';
import { FaultDesk } from '../faults/fault.desk.js';
import { Controller } from '../fleet.entity.js';
import { Sim, TrafficMonth } from './sim.entity.js';

const AT_ONCE = 500;

/** Looks at the SIMs of all controllers: a package that ends soon, a quota that is nearly used up. */
@Injectable()
export class SimWatch {
  #looking: Promise<void> | null = null;
  #started = false;

  constructor(
    private readonly database: Database,
    private readonly faults: FaultDesk,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  start(): void {
    this.#started = true;
    this.tickSoon();
  }

  async stop(): Promise<void> {
    this.#started = false;
    await this.#looking;
  }

  @Cron('15 7 * * * *')
  tickSoon(): void {
    if (!this.#started) return;
    this.#looking ??= this.look()
      .catch((error: unknown) => this.log.error({ err: error }, 'the SIMs could not be looked at'))
      .finally(() => {
        this.#looking = null;
      });
  }

  async look(): Promise<void> {
    const sims = await this.database.read((reader) =>
      reader.find(Sim, {
        select: { controllerId: true },
        where: { controllerId: Not(IsNull()) },
        order: { id: 'ASC' },
      }),
    );
    const ids = sims.flatMap(({ controllerId }) => (controllerId === null ? [] : [controllerId]));
    for (let from = 0; from < ids.length; from += AT_ONCE)
      await this.database.write((tx) => this.judge(tx, ids.slice(from, from + AT_ONCE)));
  }

  /** Inside the transaction that changed a SIM, too. */
  async judge(tx: WriteTransaction, controllerIds: readonly string[]): Promise<void> {
    const nowMs = this.clock.nowMs();
    const boxes = await tx.manager.find(Controller, {
      where: { id: In([...controllerIds]), revokedAtMs: IsNull() },
      select: { id: true, clusterId: true },
    });
    const ids = boxes.map(({ id }) => id);
    const sims = await tx.manager.findBy(Sim, { controllerId: In(ids) });
    const months = await tx.manager.findBy(TrafficMonth, { controllerId: In(ids), month: localMonthOf(nowMs) });
    const used = new Map(months.map(({ controllerId, bytesUp, bytesDown }) => [controllerId, bytesUp + bytesDown]));
    const wrongOf = new Map<string, readonly Wrong[]>();
    for (const sim of sims)
      if (sim.controllerId !== null)
        wrongOf.set(sim.controllerId, wrongBySim(sim, used.get(sim.controllerId) ?? 0, nowMs));
    await this.faults.settle(tx, boxes, SIM_FAULTS, wrongOf);
  }
}
