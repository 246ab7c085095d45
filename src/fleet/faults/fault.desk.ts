import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { newId, type WriteTransaction } from '../../platform/database/index.js';
import { AlarmService } from '../alarms/alarm.service.js';
import type { FaultKind, Wrong } from '../engine/faults.js';
import { Cluster, type Controller } from '../fleet.entity.js';
import { Fault } from './fault.entity.js';
import { FaultNotices } from './fault.notices.js';

type Box = Pick<Controller, 'id' | 'clusterId'>;

/** A fault that lasts is written down as seen no more often than this. */
const SEEN_EVERY_MS = 3_600_000;

const ALARM_OF: Partial<Record<FaultKind, string>> = { simExpiry: 'sim.expiring', simQuota: 'sim.quota' };

/** Opens and closes faults as the evidence says, inside the transaction that learned it. */
@Injectable()
export class FaultDesk {
  constructor(
    private readonly alarms: AlarmService,
    private readonly notices: FaultNotices,
    private readonly clock: Clock,
  ) {}

  /**
   * @param kinds which faults this evidence speaks of: those of these kinds that are not among `wrong` are over
   * @param wrongOf what is wrong, by controller
   */
  async settle(
    tx: WriteTransaction,
    boxes: readonly Box[],
    kinds: readonly FaultKind[],
    wrongOf: ReadonlyMap<string, readonly Wrong[]>,
  ): Promise<void> {
    const nowMs = this.clock.nowMs();
    const open = await tx.manager.findBy(Fault, {
      controllerId: In(boxes.map(({ id }) => id)),
      closedAtMs: IsNull(),
    });
    for (const box of boxes) {
      const wrong = wrongOf.get(box.id) ?? [];
      const own = open.filter((fault) => fault.controllerId === box.id && kinds.includes(fault.kind));
      for (const fault of own)
        if (!wrong.some((each) => isSame(each, fault))) await this.#close(tx, fault, nowMs);
        else if (nowMs - fault.lastSeenMs >= SEEN_EVERY_MS)
          await tx.manager.update(Fault, { id: fault.id }, { lastSeenMs: nowMs });
      for (const each of wrong) if (!own.some((fault) => isSame(each, fault))) await this.#open(tx, box, each, nowMs);
    }
  }

  /** The box is gone from its cluster, and what was wrong with it. */
  async forget(tx: WriteTransaction, controllerId: string): Promise<void> {
    const nowMs = this.clock.nowMs();
    for (const fault of await tx.manager.findBy(Fault, { controllerId, closedAtMs: IsNull() }))
      await this.#close(tx, fault, nowMs);
  }

  async #open(tx: WriteTransaction, box: Box, wrong: Wrong, nowMs: number): Promise<void> {
    const name = { controllerId: box.id, kind: wrong.kind, episode: wrong.episode };
    // A person closed it: the same evidence does not open it again.
    if (await tx.manager.existsBy(Fault, name)) return;
    const cluster = await tx.manager.findOneByOrFail(Cluster, { id: box.clusterId });
    const fault: Fault = {
      id: newId(),
      clusterId: cluster.id,
      ...name,
      firstSeenMs: wrong.sinceMs,
      lastSeenMs: nowMs,
      assigneeId: null,
      assigneeName: null,
      note: '',
      closedAtMs: null,
      closedBy: null,
      closedByName: null,
    };
    await tx.manager.insert(Fault, fault);
    await this.notices.opened(tx, fault, cluster);
    const code = ALARM_OF[wrong.kind];
    if (code) await this.alarms.raise(tx, { code, controllerId: box.id, detail: wrong.episode });
  }

  async #close(tx: WriteTransaction, { id }: Fault, nowMs: number): Promise<void> {
    await tx.manager.update(Fault, { id }, { closedAtMs: nowMs, closedBy: 'evidence', closedByName: null });
    await this.notices.closed(tx, id);
  }
}

const isSame = (wrong: Wrong, fault: Fault): boolean => wrong.kind === fault.kind && wrong.episode === fault.episode;
