import { Inject, Injectable } from '@nestjs/common';
import { topics } from '../../devices/protocol/index.js';
import { MqttBus } from '../platform/broker/index.js';
import { Database } from '../platform/database/index.js';
import { KeyHistory, KeyRing } from '../platform/keys/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import type { OutboxRelay } from '../platform/outbox/index.js';
import { PublishedHead } from './dispatch.entity.js';

/** Keeps on the broker what devices find there when they connect: the key set and their plan heads. */
@Injectable()
export class RetainedService {
  #off: (() => void) | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly bus: MqttBus,
    private readonly keys: KeyRing,
    private readonly history: KeyHistory,
    @Inject(LOG) private readonly log: Log,
  ) {}

  register(relay: OutboxRelay): void {
    relay.on<{ controllerId: string; version: number }>('dispatch.head', async ({ payload }) => {
      if (this.bus.connected) return this.#retain(payload.controllerId);
      // A head is among those that are published when the broker is back; only what is to be cleared has to be asked again.
      if (payload.version === 0) throw new Error('no connection to the broker');
    });
  }

  /** Does not wait for a broker: what is retained is published whenever there is a connection. */
  async start(): Promise<void> {
    this.#off = this.bus.onConnect(() => this.republish());
    if (this.bus.connected) await this.republish();
  }

  stop(): void {
    this.#off?.();
  }

  /** A broker that was restarted may have lost everything (the embedded one always has). */
  async republish(): Promise<void> {
    try {
      await this.bus.publish(topics.keys, this.keys.keySet, { qos: 1, retain: true });
      await this.history.published();
      const heads = await this.database.read((reader) =>
        reader.find(PublishedHead, { select: { controllerId: true } }),
      );
      for (const { controllerId } of heads) await this.#retain(controllerId);
    } catch (error) {
      this.log.warn({ err: error }, 'retained messages could not be published; tried again at the next connection');
    }
  }

  /** One at a time, each read when its turn has come: an older head never follows a newer one. Empty clears. */
  #retain(controllerId: string): Promise<void> {
    const turn = this.#turn.then(async () => {
      const head = await this.database.read((reader) => reader.findOneBy(PublishedHead, { controllerId }));
      const signed = head ? this.keys.renewed('vang-plan', head.signed) : '';
      await this.bus.publish(topics.down(controllerId, 'plan'), signed, { qos: 1, retain: true });
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
