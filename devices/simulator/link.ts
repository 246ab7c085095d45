import { connect, type MqttClient } from 'mqtt';
import { topics } from '../protocol/index.js';

const CONNECT_TIMEOUT_MS = 20_000;
/** Devices do not ping in step. */
const KEEPALIVE_S = { least: 40, spread: 20 };

export interface LinkOptions {
  readonly url: string;
  readonly device: string;
  readonly token: string;
}

export interface LinkHandlers {
  up(): void;
  /** Once, also for a connection that never came up. */
  down(): void;
  message(topic: string, payload: Uint8Array): void;
  problem(detail: string): void;
}

/**
 * One MQTT connection of one device, from its opening to its end. It never reconnects by itself: the core must hear of every
 * loss, and who comes back when is decided for the whole fleet.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  #client: MqttClient | null = null;

  constructor(options: LinkOptions, handlers: LinkHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  open(): void {
    const { url, device, token } = this.#options;
    const client = connect(url, {
      clientId: device,
      username: device,
      password: token,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      resubscribe: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: KEEPALIVE_S.least + Math.floor(Math.random() * KEEPALIVE_S.spread),
      will: {
        topic: topics.up(device, 'state'),
        payload: Buffer.from(JSON.stringify({ v: 1, device, online: false })),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    // Once severed the client still dies noisily; its own listeners must stay for that, ours fall silent.
    client.on('connect', () => this.#client && this.#handlers.up());
    client.on('message', (topic, payload) => this.#client && this.#handlers.message(topic, payload));
    client.on('error', (error) => {
      if (this.#client) this.#handlers.problem(error.message);
      // A refused login leaves the socket to the broker; the device does not wait for it.
      this.sever();
    });
    client.on('close', () => this.sever());
  }

  publish(topic: string, payload: string, options: { readonly qos: 0 | 1; readonly retain: boolean }): void {
    // A message lost with the connection is the core's to say again.
    this.#client?.publish(topic, payload, options, () => undefined);
  }

  subscribe(topic: string): void {
    this.#client?.subscribe(topic, { qos: 1 }, (error) => {
      if (error && this.#client) this.#handlers.problem(`${topic}: ${error.message}`);
    });
  }

  unsubscribe(topic: string): void {
    this.#client?.unsubscribe(topic, () => undefined);
  }

  /** Ends as a lost network does, without a word: the broker publishes the last will. */
  sever(): void {
    const client = this.#client;
    if (!client) return;
    this.#client = null;
    client.end(true);
    this.#handlers.down();
  }
}
