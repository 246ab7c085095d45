import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AlarmService } from '../fleet/index.js';
import { Clock } from '../platform/clock/index.js';
import { newId, type WriteTransaction } from '../platform/database/index.js';
import type { QuarantineReason } from './engine/judge.js';
import { QuarantinedReceipt } from './receipt.entity.js';

/** What can never be accepted is kept whole and once, and a person is told (invariant 6). */
@Injectable()
export class Quarantine {
  constructor(
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
  ) {}

  async keep(tx: WriteTransaction, device: string, reason: QuarantineReason, text: string): Promise<void> {
    const payload = keepable(text);
    const payloadSha256 = createHash('sha256').update(`${device}\n${reason}\n${payload}`).digest('hex');
    if (!(await tx.manager.existsBy(QuarantinedReceipt, { payloadSha256 })))
      await tx.manager.insert(QuarantinedReceipt, {
        id: newId(),
        controllerId: device,
        reason,
        payload,
        payloadSha256,
        receivedAtMs: this.clock.nowMs(),
      });
    await this.alarms.raise(tx, { code: reason, controllerId: device, detail: payload.slice(0, 200) });
  }
}

/** PostgreSQL keeps no NUL in a text: such a payload is kept as the base64 of its bytes. */
const keepable = (text: string): string =>
  text.includes('\0') ? `base64:${Buffer.from(text).toString('base64')}` : text;

/** Every byte of it: bytes that are no text are kept as base64. */
export const asText = (payload: Buffer): string =>
  isUtf8(payload) ? payload.toString('utf8') : `base64:${payload.toString('base64')}`;
