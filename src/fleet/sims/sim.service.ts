import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { seenController } from '../controllers/controller.queries.js';
import { localMonthOf } from '../engine/local-days.js';
import type { SimChange, SimView } from './sim.api.js';
import { Sim, TrafficMonth } from './sim.entity.js';
import { SimWatch } from './sim.watch.js';

const MONTHS_SHOWN = 13;

/** The cards in the boxes. */
@Injectable()
export class SimService {
  constructor(
    private readonly database: Database,
    private readonly watch: SimWatch,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** As it is now in the box: another card, another package, or an extension; warnings follow at once. */
  async set(actor: Actor, controllerId: string, change: SimChange): Promise<SimView> {
    return this.database.write(async (tx) => {
      const { cluster } = await seenController(tx.manager, actor, 'fleet.manage', controllerId);
      const known = await tx.manager.findOneBy(Sim, { controllerId });
      const changedAtMs = this.clock.nowMs();
      await tx.manager.save(Sim, { ...change, id: known?.id ?? newId(), controllerId, boxId: null, changedAtMs });
      await this.watch.judge(tx, [controllerId]);
      const { areaPath } = cluster;
      const { carrier, iccid, expiresOn, quotaBytes } = change;
      const detail = { carrier, iccid, expiresOn, quotaBytes };
      await this.audit.add(tx, actor, { action: 'sim.changed', subject: controllerId, areaPath, detail });
      return this.#view(tx.manager, { ...change, controllerId });
    });
  }

  /** Null: no card is entered for it. */
  async of(reader: EntityManager, controllerId: string): Promise<SimView | null> {
    const sim = await reader.findOneBy(Sim, { controllerId });
    return sim && this.#view(reader, { ...sim, controllerId });
  }

  async #view(reader: EntityManager, sim: SimChange & { readonly controllerId: string }): Promise<SimView> {
    const { controllerId, carrier, number, iccid, expiresOn, quotaBytes, warnDays, warnShare } = sim;
    const rows = await reader.find(TrafficMonth, {
      where: { controllerId },
      order: { month: 'DESC' },
      take: MONTHS_SHOWN,
    });
    const now = rows.find(({ month }) => month === localMonthOf(this.clock.nowMs()));
    return {
      ...{ carrier, number, iccid, expiresOn, quotaBytes, warnDays, warnShare },
      usedBytes: (now?.bytesUp ?? 0) + (now?.bytesDown ?? 0),
      months: rows.map(({ month, bytesUp, bytesDown }) => ({ month, bytesUp, bytesDown })),
    };
  }
}
