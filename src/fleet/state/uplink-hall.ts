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
import { type Complaint, type Refused, UplinkDoor } from './uplink-door.js';

/** The doors by which devices speak to the service: what is refused at any of them is counted and becomes an alarm about its sender. */
@Injectable()
export class UplinkHall implements OnModuleDestroy {
  readonly #doors = new Map<Uplink, UplinkDoor>();
  readonly #complaints: Gathering<Complaint>;

  constructor(
    database: Database,
    alarms: AlarmService,
    private readonly bus: MqttBus,
    private readonly clock: Clock,
    metrics: Metrics,
    @Inject(LOG) log: Log,
  ) {
    this.#complaints = new Gathering<Complaint>({
      afterMs: 200,
      atATime: 200,
      most: 1_000,
      write: (complaints) =>
        database.write(async (tx) => {
          for (const complaint of complaints) await alarms.raise(tx, complaint);
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
    const door = this.#door(uplink);
    return this.bus.subscribe(topics.everyUplink(uplink), options, (topic, payload) => {
      const entered = door.enter(schema, topic, payload, this.clock.monotonicMs());
      if (entered.ok) return take(entered.message);
      this.#complain(entered);
    });
  }

  /**
   * For a room that keeps what it cannot believe, and so listens for itself: topic and limit are judged here.
   * @returns whose message it is; null: it is refused
   */
  admit(uplink: Uplink, topic: string): string | null {
    const admitted = this.#door(uplink).admit(topic, this.clock.monotonicMs());
    if (admitted.ok) return admitted.device;
    this.#complain(admitted);
    return null;
  }

  /** It has no room for a message: because this device has used up its share of it, or all of them together the whole. */
  refuse(uplink: Uplink, device: string, reason: 'share' | 'memory'): void {
    const door = this.#door(uplink);
    if (reason === 'memory') door.refuse(reason);
    else this.#complain(door.flood(reason, device, 'more at a time than can wait', this.clock.monotonicMs()));
  }

  #door(uplink: Uplink): UplinkDoor {
    const door = this.#doors.get(uplink) ?? new UplinkDoor(uplink);
    this.#doors.set(uplink, door);
    return door;
  }

  #complain({ complaint }: Refused): void {
    if (complaint) this.#complaints.add(complaint);
  }

  /** What was refused so far is told of. */
  flush(): Promise<void> {
    return this.#complaints.flush();
  }

  onModuleDestroy(): Promise<void> {
    return this.flush();
  }
}
