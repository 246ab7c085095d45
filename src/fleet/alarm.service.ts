import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { type Language, problemRegistry } from '../platform/i18n/index.js';
import type { AlarmView } from './fleet.api.js';
import { Alarm } from './fleet.entity.js';

const MOST_LISTED = 500;

@Injectable()
export class AlarmService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** A flood of the same trouble from one device is one row with a count, not a full disk. */
  async raise(
    tx: WriteTransaction,
    trouble: { readonly code: string; readonly controllerId: string; readonly detail: string },
  ): Promise<void> {
    const now = this.clock.nowMs();
    const controllerId = trouble.controllerId.slice(0, 64);
    const known = await tx.manager.findOneBy(Alarm, { code: trouble.code, controllerId });
    // Devices write this; PostgreSQL keeps no NUL, and one device must not make everybody's alarms fail.
    const detail = trouble.detail.replaceAll('\0', '').slice(0, 500);
    if (known) await tx.manager.update(Alarm, { id: known.id }, { lastAtMs: now, count: known.count + 1, detail });
    else
      await tx.manager.insert(Alarm, {
        id: newId(),
        code: trouble.code,
        controllerId,
        detail,
        firstAtMs: now,
        lastAtMs: now,
        count: 1,
      });
  }

  async list(actor: Actor, language: Language): Promise<AlarmView[]> {
    actor.demand('fleet.read', '/');
    const alarms = await this.database.read((reader) =>
      reader.find(Alarm, { order: { lastAtMs: 'DESC' }, take: MOST_LISTED }),
    );
    return alarms.map((alarm) => ({ ...alarm, title: problemRegistry.get(alarm.code)?.[language] ?? alarm.code }));
  }
}
