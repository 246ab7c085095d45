import { Inject, Injectable } from '@nestjs/common';
import { topics } from '../../../devices/protocol/index.js';
import { MqttBus } from '../../platform/broker/index.js';
import { Database } from '../../platform/database/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import type { OutboxRelay } from '../../platform/outbox/index.js';
import { UPDATE_ORDERED } from './outbox-topics.js';
import { OrderRow } from './update.entity.js';

/** Orders that are read and published in one go. */
const AT_A_TIME = 500;

/** Keeps orders on the broker, where a device finds its own at each connection. */
@Injectable()
export class OrderRetainer {
  #off: (() => void) | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly bus: MqttBus,
    private readonly keys: KeyRing,
    @Inject(LOG) private readonly log: Log,
  ) {}

  register(relay: OutboxRelay): void {
    relay.on<{ controllerId: string }>(UPDATE_ORDERED, async ({ payload }) => {
      // Without a connection it is among those that are published when there is one.
      if (this.bus.connected) await this.#retain(payload.controllerId);
    });
    relay.on<{ controllerId: string }>('fleet.revoked', async ({ payload: { controllerId } }) => {
      const { affected } = await this.database.write(({ manager }) => manager.delete(OrderRow, { controllerId }));
      if (!affected) return;
      if (!this.bus.connected) throw new Error('no connection to the broker');
      await this.#retain(controllerId);
    });
  }

  /** Does not wait for a broker. */
  async start(): Promise<void> {
    this.#off = this.bus.onConnect(() => this.republish());
    if (this.bus.connected) await this.republish();
  }

  async stop(): Promise<void> {
    this.#off?.();
    await this.#turn;
  }

  /** A broker that was restarted may have lost everything (the embedded one always has). */
  async republish(): Promise<void> {
    try {
      for (let after = ''; ; ) {
        const orders = await this.database.read((reader) =>
          reader
            .createQueryBuilder(OrderRow, 'o')
            .select('o.controllerId', 'controllerId')
            .where('o.controllerId > :after', { after })
            .orderBy('o.controllerId')
            .limit(AT_A_TIME)
            .getRawMany<{ controllerId: string }>(),
        );
        for (const { controllerId } of orders) await this.#retain(controllerId);
        if (orders.length < AT_A_TIME) return;
        after = orders.at(-1)?.controllerId ?? after;
      }
    } catch (error) {
      this.log.warn({ err: error }, 'orders of programs could not be published; tried again at the next connection');
    }
  }

  /** One at a time, each read when its turn has come: an older order never follows a newer one. Empty clears. */
  #retain(controllerId: string): Promise<void> {
    const turn = this.#turn.then(async () => {
      const order = await this.database.read((reader) => reader.findOneBy(OrderRow, { controllerId }));
      const topic = topics.down(controllerId, 'update');
      const signed = order ? this.keys.renewed('vang-update', order.signed) : '';
      await this.bus.publish(topic, signed, { qos: 1, retain: true, label: 'update' });
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
