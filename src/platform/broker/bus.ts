import type { Socket } from 'node:net';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Log } from '../logging/log.js';
import { type BusHandler, Intake, type Route } from './intake.js';
import { Pending } from './pending.js';
import { isFilter, isTopic } from './worker/filters.mjs';

export interface BusOptions {
  /** `mqtt://user:pass@host:1883`, `mqtts://…`, `ws://…` or `wss://…`; of the embedded broker: `serviceUrl`. */
  /** Or a function that is asked at `start()`, for an address that is known only then. */
  readonly url: string | (() => string);
  readonly log: Log;
  /** Default: a random one. Some brokers tie it to the username. */
  readonly clientId?: string;
  /** false keeps the session on the broker between connections (needs a `clientId`). Default true. */
  readonly clean?: boolean;
  readonly will?: { readonly topic: string; readonly payload: string; readonly qos: 0 | 1; readonly retain: boolean };
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: boolean;
  };
  readonly reconnectMs?: number;
  readonly keepaliveSeconds?: number;
  /** How much may wait for the broker, online or not; more is refused with {@link BusFullError}. */
  readonly maxPendingMessages?: number;
  readonly maxPendingBytes?: number;
  /** How long `stop()` waits for acknowledgements in both directions. */
  readonly flushMs?: number;
}

export interface BusPublishOptions {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  /** Under which name the payload bytes are counted. */
  readonly label?: string;
}

export interface BusSubscribeOptions {
  readonly qos?: 0 | 1;
  /**
   * With QoS 1: the PUBACK is sent when the handler's promise resolves, in the order of arrival, while other messages are taken in.
   * If it rejects there is none, and since a 3.1.1 broker sends again only on a new connection the bus makes one after a while.
   */
  readonly ackAfterHandler?: boolean;
}

const RECONNECT_MS = 1_000;
const REDELIVERY_MS = 30_000;
const FILTERS_PER_SUBSCRIBE = 100;
const NOBODYS_FILTER = 'nobody';

/** The service's own MQTT 3.1.1 client. */
export class MqttBus {
  readonly #options: BusOptions;
  readonly #log: Log;
  readonly #routes = new Set<Route>();
  readonly #onConnect = new Set<() => void | Promise<void>>();
  readonly #bytesByLabel = new Map<string, number>();
  readonly #pending: Pending;
  readonly #intake: Intake;
  readonly #waiting = new Set<{ resolve(): void; reject(error: Error): void }>();
  #client: MqttClient | null = null;
  #redelivery: NodeJS.Timeout | null = null;
  #connected = false;
  #stopping = false;
  #lastError = '';
  #bytesPublished = 0;
  #droppedOffline = 0;

  constructor(options: BusOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#pending = new Pending(options.maxPendingMessages ?? 10_000, options.maxPendingBytes ?? 32 * 1024 * 1024);
    this.#intake = new Intake(this.#routes, options.log, () => this.#askAgainLater());
  }

  /** Logged in, and every filter subscribed. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Payload bytes handed to the broker since the start, resent ones once. */
  get bytesPublished(): number {
    return this.#bytesPublished;
  }

  /** The same by the label given to `publish`. */
  bytesByLabel(): ReadonlyMap<string, number> {
    return this.#bytesByLabel;
  }

  /** QoS 0 messages that were not sent because there was no connection. */
  get droppedOffline(): number {
    return this.#droppedOffline;
  }

  get #address(): string {
    const { url } = this.#options;
    return typeof url === 'string' ? url : url();
  }

  /** Begins to connect, and goes on trying; does not wait for the broker (see `whenConnected`). */
  async start(): Promise<void> {
    if (this.#client) throw new Error('The MQTT bus is already started');
    this.#stopping = false;
    const { clientId, clean, will, tls, reconnectMs, keepaliveSeconds } = this.#options;
    const url = this.#address;
    const options: IClientOptions = {
      ...tls,
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: clean ?? true,
      keepalive: keepaliveSeconds ?? 60,
      reconnectPeriod: reconnectMs ?? RECONNECT_MS,
      // A wrong password may be put right on the broker's side without anyone touching this process.
      reconnectOnConnackError: true,
      // Our routes are the only list of what is subscribed.
      resubscribe: false,
      queueQoSZero: false,
    };
    if (clientId !== undefined) options.clientId = clientId;
    if (will) options.will = { ...will, payload: Buffer.from(will.payload) };
    const client = connect(url, options);
    this.#client = client;
    this.#intake.attach(client);
    client.on('connect', () => void this.#up(client));
    client.on('close', () => this.#down());
    client.on('error', (error) => this.#complain(error));
  }

  /** Waits a bounded time for what is in flight, then disconnects. What was not acknowledged is rejected. */
  async stop(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#stopping = true;
    if (this.#redelivery) clearTimeout(this.#redelivery);
    this.#redelivery = null;
    const flushMs = this.#options.flushMs ?? 2_000;
    if (client.connected) await within(flushMs, Promise.all([this.#pending.empty(), this.#intake.idle()]));
    this.#client = null;
    // MQTT.js says goodbye properly only when nothing is outstanding; otherwise it would wait for ever.
    const proper = client.connected && this.#pending.size === 0;
    if (!(await within(flushMs, client.endAsync(!proper)))) client.stream.destroy();
    this.#down();
    const stopped = new Error('The MQTT bus was stopped');
    this.#pending.rejectAll(stopped);
    for (const waiting of this.#waiting) waiting.reject(stopped);
    this.#waiting.clear();
  }

  /** @returns resolved at once if connected, rejected by `stop()` */
  async whenConnected(): Promise<void> {
    if (this.#connected) return;
    await new Promise<void>((resolve, reject) => this.#waiting.add({ resolve, reject }));
  }

  /** Called after every connection, the first included, when the filters are subscribed: the moment to publish retained state. */
  onConnect(callback: () => void | Promise<void>): () => void {
    this.#onConnect.add(callback);
    return () => this.#onConnect.delete(callback);
  }

  /**
   * QoS 1: resolved when the broker has acknowledged, however long it is away. QoS 0: resolved when sent, or dropped for want of
   * a connection.
   * @throws {BusFullError} when too much is waiting already
   */
  async publish(topic: string, payload: string | Uint8Array, options: BusPublishOptions = {}): Promise<void> {
    const { qos = 0, retain = false, label } = options;
    if (!isTopic(topic)) throw new Error(`"${topic}" is not a topic one can publish to`);
    const client = this.#client;
    if (!client || this.#stopping) throw new Error('The MQTT bus is not running');
    if (qos === 0 && !client.connected) {
      this.#droppedOffline++;
      return;
    }
    const body =
      typeof payload === 'string'
        ? Buffer.from(payload)
        : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const sent = this.#pending.run(body.length, qos === 1, (done) =>
      client.publish(topic, body, { qos, retain }, done),
    );
    this.#bytesPublished += body.length;
    if (label !== undefined) this.#bytesByLabel.set(label, (this.#bytesByLabel.get(label) ?? 0) + body.length);
    await sent;
  }

  /**
   * Resolved when the broker has taken in what was published before: a word on QoS 0, which has none of its own. False if the
   * connection was lost meanwhile, and perhaps some of it.
   */
  async takenIn(): Promise<boolean> {
    const client = this.#client;
    if (!client?.connected) return false;
    // Brokers answer in order, and to take back a filter that nobody holds changes nothing (MQTT-3.10.4-5).
    return client.unsubscribeAsync(NOBODYS_FILTER).then(
      () => true,
      () => false,
    );
  }

  /**
   * Resolved when the broker has granted it; without a connection at once, and subscribed as soon as there is one. Retained
   * messages come after each call and each reconnect, also to other handlers of the same filter.
   * @returns a function that ends it
   * @throws {Error} if the broker refuses
   */
  async subscribe(filter: string, options: BusSubscribeOptions, handler: BusHandler): Promise<() => Promise<void>> {
    if (!isFilter(filter)) throw new Error(`"${filter}" is not an MQTT filter`);
    const route: Route = { filter, qos: options.qos ?? 0, ackAfterHandler: options.ackAfterHandler ?? false, handler };
    this.#routes.add(route);
    const client = this.#client;
    if (client?.connected && (await this.#request(client, [filter], this.#qosOf(filter))).includes(filter)) {
      this.#routes.delete(route);
      throw new Error(`The MQTT broker refuses a subscription to "${filter}"`);
    }
    return () => this.#end(route);
  }

  async #end(route: Route): Promise<void> {
    if (!this.#routes.delete(route)) return;
    if ([...this.#routes].some(({ filter }) => filter === route.filter)) return;
    // If the connection goes meanwhile the subscription goes with it.
    if (this.#client?.connected) await this.#client.unsubscribeAsync(route.filter).catch(() => undefined);
  }

  #qosOf(filter: string): 0 | 1 {
    return [...this.#routes].some((route) => route.filter === filter && route.qos === 1) ? 1 : 0;
  }

  /** @returns the filters that the broker refused; a lost connection refuses nothing, the next one asks again */
  #request(client: MqttClient, filters: string[], qos: 0 | 1): Promise<string[]> {
    return new Promise((resolve) => {
      client.subscribe(filters, { qos }, (_error, _granted, suback) => {
        resolve(filters.filter((_, at) => Number(suback?.granted[at] ?? 0) >= 0x80));
      });
    });
  }

  async #up(client: MqttClient): Promise<void> {
    const { stream } = client;
    // Small messages one after another would each wait 40 ms for the acknowledgement of the one before (Nagle).
    (stream as Partial<Pick<Socket, 'setNoDelay'>>).setNoDelay?.(true);
    const current = () => this.#client === client && client.connected && client.stream === stream;
    const filters = [...new Set([...this.#routes].map(({ filter }) => filter))];
    for (const qos of [0, 1] as const) {
      const group = filters.filter((filter) => this.#qosOf(filter) === qos);
      for (let at = 0; at < group.length; at += FILTERS_PER_SUBSCRIBE) {
        const refused = await this.#request(client, group.slice(at, at + FILTERS_PER_SUBSCRIBE), qos);
        if (refused.length > 0) this.#log.error({ refused }, 'The MQTT broker refuses subscriptions of the service');
      }
    }
    if (!current()) return;
    this.#connected = true;
    this.#lastError = '';
    this.#log.info({ broker: new URL(this.#address).host }, 'Connected to the MQTT broker');
    for (const waiting of this.#waiting) waiting.resolve();
    this.#waiting.clear();
    for (const callback of this.#onConnect) {
      if (!current()) return;
      try {
        await callback();
      } catch (err) {
        this.#log.error({ err }, 'A callback after connecting to the MQTT broker failed');
      }
    }
  }

  #down(): void {
    if (this.#connected && !this.#stopping) this.#log.warn({}, 'Lost the MQTT broker');
    this.#connected = false;
    this.#pending.connectionLost();
  }

  /** Once per kind of trouble: MQTT.js repeats it with every attempt. */
  #complain(error: Error): void {
    if (error.message === this.#lastError) return;
    this.#lastError = error.message;
    this.#log.warn({ err: error }, 'No connection to the MQTT broker');
  }

  #askAgainLater(): void {
    if (this.#redelivery || this.#stopping) return;
    this.#redelivery = setTimeout(() => {
      this.#redelivery = null;
      this.#client?.stream.destroy();
    }, REDELIVERY_MS);
  }
}

/** @returns whether it settled in time */
async function within(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  const done = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([done, late]);
  clearTimeout(timer);
  return inTime;
}
