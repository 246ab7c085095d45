import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Log } from '../logging/log.js';
import { AckOrder } from './ack.order.js';
import { matches } from './worker/filters.mjs';

export type BusHandler = (topic: string, payload: Uint8Array) => void | Promise<void>;

/** One `subscribe()` of the bus. */
export interface Route {
  readonly filter: string;
  readonly qos: 0 | 1;
  readonly ackAfterHandler: boolean;
  readonly handler: BusHandler;
}

const PUBACK = 0x40;

/** Hands received messages to the routes that match, and acknowledges those whose route wants to be done first. */
export class Intake {
  readonly #routes: ReadonlySet<Route>;
  readonly #log: Log;
  readonly #running = new Set<Promise<boolean>>();
  readonly #orders = new WeakMap<object, AckOrder>();
  readonly #corked = new WeakSet<object>();
  readonly #onRejected: () => void;

  /** @param onRejected told when a message stays unacknowledged because its handler rejected */
  constructor(routes: ReadonlySet<Route>, log: Log, onRejected: () => void) {
    this.#routes = routes;
    this.#log = log;
    this.#onRejected = onRejected;
  }

  /** Settled when the handlers that hold back acknowledgements are through. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  attach(client: MqttClient): void {
    client.handleMessage = (packet, done) => {
      this.#writeTogether(client);
      const late = this.#dispatch(packet);
      if (packet.qos !== 1 || packet.messageId === undefined || late.length === 0) return done();
      const acknowledge = this.#order(client).take(packet.messageId);
      void Promise.all(late).then((succeeded) => {
        const all = succeeded.every(Boolean);
        acknowledge(all);
        if (!all) this.#onRejected();
      });
      // MQTT.js takes the next packet when this is called, and sends the PUBACK itself unless there is an error, which it does
      // not report anywhere. Waiting here instead would stop all intake, the PUBACKs for our own messages included.
      done(new Error('acknowledged later'));
    };
  }

  /** What is answered within a turn of the event loop leaves in one write: MQTT.js would write each acknowledgement alone. */
  #writeTogether({ stream }: MqttClient): void {
    if (this.#corked.has(stream)) return;
    this.#corked.add(stream);
    stream.cork();
    setImmediate(() => {
      this.#corked.delete(stream);
      stream.uncork();
    });
  }

  /** The order belongs to the connection: an acknowledgement for an earlier one must not be sent on the next. */
  #order(client: MqttClient): AckOrder {
    const { stream } = client;
    let order = this.#orders.get(stream);
    if (!order) {
      order = new AckOrder((messageId) => {
        // All of a 3.1.1 PUBACK; MQTT.js has no public method for one.
        if (!stream.destroyed) stream.write(Buffer.from([PUBACK, 2, messageId >> 8, messageId & 0xff]));
      });
      this.#orders.set(stream, order);
    }
    return order;
  }

  #dispatch({ topic, payload }: IPublishPacket): Promise<boolean>[] {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const late: Promise<boolean>[] = [];
    for (const route of this.#routes) {
      if (!matches(route.filter, topic)) continue;
      const running = this.#handle(route, topic, bytes);
      if (!route.ackAfterHandler) continue;
      late.push(running);
      this.#running.add(running);
      void running.then(() => this.#running.delete(running));
    }
    return late;
  }

  async #handle(route: Route, topic: string, payload: Uint8Array): Promise<boolean> {
    try {
      await route.handler(topic, payload);
      return true;
    } catch (err) {
      this.#log.error({ err, topic, filter: route.filter }, 'A handler of an MQTT message failed');
      return false;
    }
  }
}
