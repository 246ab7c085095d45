import type { VirtualTime } from './virtual-time.js';

/** A device's end of a connection. */
export interface Subscriber {
  receive(topic: string, payload: Uint8Array): void;
}

const ASSET = /^(vang\/v1\/assets\/[0-9a-f]{64})\//;

/** A broker without sockets: delivers in order, and keeps what is retained. Knows exact topics and `assets/{sha256}/#`. */
export class VirtualBroker {
  readonly #retained = new Map<string, Uint8Array>();
  readonly #bySubscriber = new Map<Subscriber, Set<string>>();
  readonly #byFilter = new Map<string, Set<Subscriber>>();

  constructor(private readonly time: VirtualTime) {}

  publish(topic: string, payload: Uint8Array, _qos: 0 | 1, retain: boolean): void {
    if (retain) this.#retained.set(topic, payload);
    const asset = ASSET.exec(topic)?.[1];
    for (const filter of asset ? [topic, `${asset}/#`] : [topic])
      for (const subscriber of this.#byFilter.get(filter) ?? []) subscriber.receive(topic, payload);
  }

  subscribe(subscriber: Subscriber, filter: string): void {
    const mine = this.#bySubscriber.get(subscriber) ?? new Set();
    this.#bySubscriber.set(subscriber, mine.add(filter));
    const all = this.#byFilter.get(filter) ?? new Set();
    this.#byFilter.set(filter, all.add(subscriber));
    const retained = this.#retained.get(filter);
    if (retained)
      this.time.later(0, () => {
        if (all.has(subscriber)) subscriber.receive(filter, retained);
      });
  }

  unsubscribe(subscriber: Subscriber, filter: string): void {
    this.#bySubscriber.get(subscriber)?.delete(filter);
    const all = this.#byFilter.get(filter);
    if (all?.delete(subscriber) && all.size === 0) this.#byFilter.delete(filter);
  }

  /** The session ends, and with it whatever it had subscribed to. */
  leave(subscriber: Subscriber): void {
    for (const filter of [...(this.#bySubscriber.get(subscriber) ?? [])]) this.unsubscribe(subscriber, filter);
    this.#bySubscriber.delete(subscriber);
  }
}
