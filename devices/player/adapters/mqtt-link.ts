import { connect, type MqttClient } from 'mqtt';
import { type DeviceState, topics } from '../../protocol/index.js';
import type { Log } from '../logger.js';

export interface LinkHandlers {
  connected(): void;
  disconnected(): void;
  /** The next message is not taken from the socket before this resolves: a slow disk slows the sender, not fills memory. */
  message(topic: string, payload: Uint8Array): Promise<void>;
}

/** The way to the broker. It reconnects by itself until stopped; what is sent while there is no connection is dropped. */
export interface Link {
  start(handlers: LinkHandlers): void;
  /** Says goodbye (retained `online: false`) if it can. */
  stop(): Promise<void>;
  /** Resolves once the client has it in its hands; in order. */
  publish(topic: string, payload: string, options: { readonly qos: 0 | 1; readonly retain: boolean }): void;
  /** Resolves with the broker's answer. */
  subscribe(topic: string): Promise<void>;
  unsubscribe(topic: string): Promise<void>;
}

export interface MqttAccount {
  readonly url: string;
  readonly device: string;
  readonly token: string;
  /** The broker refused a login with that token. */
  refused(token: string): void;
  accepted(): void;
}

/** CONNACK of MQTT 3.1.1: bad user name or password, not authorised. */
const LOGIN_REFUSED = [4, 5];

const KEEPALIVE_S = 30;
const CONNECT_TIMEOUT_MS = 15_000;
const GOODBYE_MS = 1_000;
/** First wait after a loss, and the longest. Each is drawn from the upper or lower half, so that a district does not come back in step. */
const RECONNECT_MS = { first: 1_000, longest: 60_000 };

/**
 * MQTT 3.1.1 with clean sessions. A connection is a client of its own: nothing of an earlier one (queues, message ids in
 * flight) is sent again behind the core's back, because the core itself sends again what still counts.
 */
export class MqttLink implements Link {
  #handlers: LinkHandlers | null = null;
  #client: MqttClient | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;

  constructor(
    private readonly account: MqttAccount,
    private readonly log: Log,
    private readonly random: () => number = Math.random,
  ) {}

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    this.#connect(handlers);
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#handlers = null;
    this.#client = null;
    if (this.#timer) clearTimeout(this.#timer);
    if (!client) return;
    const goodbye = client.connected
      ? client.publishAsync(this.#stateTopic, this.#gone(), { qos: 1, retain: true }).then(() => client.endAsync())
      : Promise.resolve();
    await Promise.race([goodbye, new Promise((done) => setTimeout(done, GOODBYE_MS).unref())]).catch(() => undefined);
    client.end(true);
  }

  /** There is a new token: no need to wait for the next try. */
  retry(): void {
    if (!this.#timer || !this.#handlers || this.#client) return;
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#connect(this.#handlers);
  }

  publish(topic: string, payload: string, options: { readonly qos: 0 | 1; readonly retain: boolean }): void {
    if (!this.#client?.connected) return;
    // A publish that fails because the connection went is known by the loss itself.
    this.#client.publish(topic, payload, options, () => undefined);
  }

  async subscribe(topic: string): Promise<void> {
    if (!this.#client?.connected) return;
    const granted = await this.#client.subscribeAsync(topic, { qos: 1 });
    if (granted.some(({ qos }) => qos === 128)) throw new Error(`subscription refused: ${topic}`);
  }

  async unsubscribe(topic: string): Promise<void> {
    if (this.#client?.connected) await this.#client.unsubscribeAsync(topic);
  }

  get #stateTopic(): string {
    return topics.up(this.account.device, 'state');
  }

  #gone(): string {
    const gone: DeviceState = { v: 1, device: this.account.device, online: false };
    return JSON.stringify(gone);
  }

  #connect(handlers: LinkHandlers): void {
    const { url, device, token } = this.account;
    const client = connect(url, {
      protocolVersion: 4,
      clean: true,
      clientId: device,
      username: device,
      password: token,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: this.#stateTopic, payload: Buffer.from(this.#gone()), qos: 1, retain: true },
    });
    this.#client = client;
    let wasUp = false;
    let over = false;
    client.on('connect', () => {
      if (over || client !== this.#client) return;
      wasUp = true;
      this.account.accepted();
      this.#failures = 0;
      handlers.connected();
    });
    client.on('error', (error) => {
      if (client !== this.#client) return;
      this.log.warn('mqtt', { problem: error.message || String(error) });
      if ('code' in error && LOGIN_REFUSED.includes(error.code as number)) this.account.refused(token);
    });
    client.handleMessage = (packet, done) => {
      if (client !== this.#client || typeof packet.payload === 'string') return done();
      handlers.message(packet.topic, packet.payload).then(
        () => done(),
        () => done(),
      );
    };
    client.on('close', () => {
      if (over) return;
      over = true;
      client.end(true);
      if (client !== this.#client) return;
      this.#client = null;
      if (wasUp) handlers.disconnected();
      this.#again(handlers);
    });
  }

  #again(handlers: LinkHandlers): void {
    const ceiling = Math.min(RECONNECT_MS.longest, RECONNECT_MS.first * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#timer = setTimeout(
      () => {
        if (this.#handlers === handlers) this.#connect(handlers);
      },
      ceiling * (0.5 + this.random()),
    );
  }
}
