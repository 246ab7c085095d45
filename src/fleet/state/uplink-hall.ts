import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { z } from 'zod';
import { topics, type Uplink } from '../../../devices/protocol/index.js';
import { MqttBus } from '../../platform/broker/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Gathering } from '../../platform/gathering/index.js';
import { Metrics } from '../../platform/http/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { AlarmService } from '../alarms/alarm.service.js';
import { UplinkDoor } from './uplink-door.js';

interface Trouble {
  readonly code: string;
  readonly controllerId: string;
  readonly detail: string;
}

/** The doors by which devices speak to the service: what is refused at any of them is counted and becomes an alarm about its sender. */
@Injectable()
export class UplinkHall implements OnModuleDestroy {
  readonly #doors = new Map<Uplink, UplinkDoor<{ readonly device: string }>>();
  readonly #troubles: Gathering<Trouble>;

  constructor(
    database: Database,
    alarms: AlarmService,
    private readonly bus: MqttBus,
    private readonly clock: Clock,
    metrics: Metrics,
    @Inject(LOG) log: Log,
  ) {
    this.#troubles = new Gathering<Trouble>({
      afterMs: 200,
      atATime: 200,
      most: 1_000,
      write: (troubles) =>
        database.write(async (tx) => {
          for (const trouble of troubles) await alarms.raise(tx, trouble);
        }),
      failed: (error) => log.error({ err: error }, 'alarms about devices could not be written'),
    });
    metrics.counter(
      'vang_device_messages_refused_total',
      'Messages of devices that were not as the contract says',
      ['uplink', 'reason'],
      () =>
        [...this.#doors.values()].flatMap(({ uplink, refused }) =>
          [...refused].map(([reason, value]) => ({ labels: { uplink, reason }, value })),
        ),
    );
  }

  /**
   * Takes in what devices say on one uplink; one room listens to each.
   * @param take with `ackAfterHandler` a message is acknowledged when this resolves
   * @returns ends it; whoever listens again finds the counts and limits as they were
   */
  listen<Message extends { readonly device: string }>(
    uplink: Uplink,
    schema: z.ZodType<Message>,
    options: Parameters<MqttBus['subscribe']>[1],
    take: (message: Message) => void | Promise<void>,
  ): Promise<() => Promise<void>> {
    const door = (this.#doors.get(uplink) as UplinkDoor<Message> | undefined) ?? new UplinkDoor(uplink, schema);
    this.#doors.set(uplink, door);
    return this.bus.subscribe(topics.everyUplink(uplink), options, (topic, payload) => {
      const entered = door.enter(topic, payload, this.clock.monotonicMs());
      if (entered.ok) return take(entered.message);
      if (entered.alarm && entered.device)
        this.#troubles.add({ code: entered.alarm, controllerId: entered.device, detail: uplink });
    });
  }

  /** What was refused so far is told of. */
  flush(): Promise<void> {
    return this.#troubles.flush();
  }

  onModuleDestroy(): Promise<void> {
    return this.flush();
  }
}
