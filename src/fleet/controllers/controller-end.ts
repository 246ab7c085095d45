import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Controller } from '../fleet.entity.js';
import { StateService } from '../state/state.service.js';

/** The end of a controller, in the transaction of whoever decides it. Its session is closed after the commit (`DeviceAccess.expel`). */
@Injectable()
export class ControllerEnd {
  constructor(
    private readonly states: StateService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Key and token end; receipts, history and the cluster stay. @param reason null: another box took its place */
  async end(tx: WriteTransaction, controllerId: string, reason: string | null): Promise<void> {
    const ended = { revokedAtMs: this.clock.nowMs(), revokedReason: reason, online: false };
    await tx.manager.update(Controller, { id: controllerId }, ended);
    await this.states.forget(tx, controllerId);
    await this.outbox.add(tx, { topic: 'fleet.revoked', payload: { controllerId } });
  }
}
