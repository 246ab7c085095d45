import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Gathering } from '../../platform/gathering/index.js';
import { Metrics, RateWindow } from '../../platform/http/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { Controller } from '../fleet.entity.js';
import { AlarmService } from './alarm.service.js';

/** A wrong password once is a device that has just got another token. */
const PARDONED = { most: 4, spanMs: 10 * 60_000, mostKeys: 10_000 };
const MOST_WAITING = 1_000;

/** Where devices are refused before they have said anything. */
export type Door = 'http' | 'enrolment' | 'gate' | 'emqx' | 'rabbitmq';

interface Trouble {
  readonly code: string;
  readonly controllerId: string;
  readonly detail: string;
  /** How often, at least once. */
  readonly times?: number;
}

/**
 * What is refused at the doors of devices: all of it is counted; an alarm is only about controllers that are enrolled, so that
 * nobody can fill the table with names they invent.
 */
@Injectable()
export class Refusals implements OnModuleDestroy {
  readonly #counts = new Map<string, { readonly door: Door; readonly reason: string; value: number }>();
  readonly #pardoned = new RateWindow(PARDONED);
  readonly #troubles: Gathering<Trouble>;

  constructor(
    private readonly database: Database,
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
    metrics: Metrics,
    @Inject(LOG) log: Log,
  ) {
    this.#troubles = new Gathering<Trouble>({
      afterMs: 200,
      atATime: MOST_WAITING,
      most: MOST_WAITING,
      write: (troubles) => this.#write(troubles),
      failed: (error) => log.error({ err: error }, 'alarms about devices that were refused could not be written'),
    });
    metrics.counter(
      'vang_device_refusals_total',
      'Devices refused at enrolment, over HTTP and for brokers that ask',
      ['door', 'reason'],
      () => [...this.#counts.values()].map(({ door, reason, value }) => ({ labels: { door, reason }, value })),
    );
  }

  /** @param reason a code of ours, never a text of theirs */
  count(door: Door, reason: string): void {
    const key = `${door} ${reason}`;
    const known = this.#counts.get(key);
    if (known) known.value += 1;
    else this.#counts.set(key, { door, reason, value: 1 });
  }

  /** An alarm, if there is such a controller. */
  tell(trouble: Trouble): void {
    this.#troubles.add(trouble);
  }

  /** The same for whoever failed to prove to be that controller: a few times in ten minutes are pardoned. */
  failed(trouble: Trouble): void {
    const { code, controllerId, times = 1 } = trouble;
    let beyond = 0;
    for (let n = 0; n < times; n++)
      if (!this.#pardoned.take(`${code} ${controllerId}`, this.clock.nowMs())) beyond += 1;
    if (beyond > 0) this.tell({ ...trouble, times: beyond });
  }

  /** What was refused so far is written. */
  flush(): Promise<void> {
    return this.#troubles.flush();
  }

  onModuleDestroy(): Promise<void> {
    return this.flush();
  }

  async #write(troubles: readonly Trouble[]): Promise<void> {
    const together = new Map<string, Trouble & { readonly times: number }>();
    for (const { times = 1, ...trouble } of troubles) {
      const key = `${trouble.code} ${trouble.controllerId}`;
      together.set(key, { ...trouble, times: (together.get(key)?.times ?? 0) + times });
    }
    await this.database.write(async (tx) => {
      const ids = [...new Set([...together.values()].map(({ controllerId }) => controllerId))];
      const rows = await tx.manager.find(Controller, {
        where: { id: In(ids), revokedAtMs: IsNull() },
        select: { id: true },
      });
      const known = new Set(rows.map(({ id }) => id));
      for (const trouble of together.values())
        if (known.has(trouble.controllerId)) await this.alarms.raise(tx, trouble);
    });
  }
}
