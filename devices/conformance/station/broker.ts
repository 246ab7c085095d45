import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client, type ConnectPacket } from 'aedes';
import { rightsOf } from '../../protocol/index.js';
import { SeenLog } from './heard-log.js';

export interface Connected {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly clean: boolean;
  readonly protocolVersion: number | undefined;
  readonly will: {
    readonly topic: string;
    readonly payload: string;
    readonly qos: number;
    readonly retain: boolean;
  } | null;
  /** What the broker thought of user and password. */
  readonly known: boolean;
  /** With a token that held once, and that the kit itself ended. */
  readonly ended: boolean;
  readonly atMs: number;
}

export interface Subscribed {
  readonly topic: string;
  readonly what: 'subscribe' | 'unsubscribe';
  readonly allowed: boolean;
}

export interface Published {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
  /** The last will of a connection that broke. */
  readonly isWill: boolean;
}

/** Whether a filter of the contract grants all that another filter asks for. */
export function grants(filter: string, asked: string): boolean {
  const levels = asked.split('/');
  for (const [at, level] of filter.split('/').entries()) {
    if (level === '#') return levels.length >= at;
    const same = level === levels[at];
    const any = level === '+' && levels[at] !== undefined && levels[at] !== '#';
    if (!same && !any) return false;
  }
  return filter.split('/').length === levels.length;
}

/**
 * A small broker with the rights of the contract. What a device may not do is noted and not done, so that one fault does
 * not hide all that comes after it.
 */
export class Broker {
  readonly connects = new SeenLog<Connected>();
  readonly subscriptions = new SeenLog<Subscribed>();
  /** When something was published to the controller, ms. */
  readonly saidAtMs: number[] = [];
  /** Topics that the device published on and must not. */
  readonly strayed: string[] = [];
  /** No connection is taken, as if the mobile network were gone. */
  #offline = false;
  #broker: Aedes | null = null;
  #tcp: Server | null = null;
  readonly #sockets = new Set<Socket>();
  #sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly knows: (user: string, password: string) => boolean,
    /** Its area and those above it. */
    private readonly path: () => readonly string[],
    private readonly now: () => number,
    private readonly heard: (device: string, published: Published) => void,
    private readonly ended: (user: string, password: string) => boolean = () => false,
  ) {}

  async start(host: string, port: number): Promise<number> {
    const broker = await Aedes.createBroker({ drainTimeout: 0 });
    broker.preConnect = (client, packet, done) => {
      this.#note(client, packet);
      done(null, true);
    };
    broker.authenticate = (client, username, password, done) =>
      done(null, username === client.id && this.knows(client.id, password?.toString() ?? ''));
    broker.authorizePublish = (client, packet, done) => {
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      const { topic, qos, retain } = packet;
      if (client) {
        if (!rightsOf(client.id, this.path()).publish.includes(topic)) this.strayed.push(topic);
        this.heard(client.id, { topic, payload, qos, retain, isWill: client.closed });
      }
      done(null);
    };
    broker.authorizeSubscribe = (client, subscription, done) => {
      const { topic } = subscription;
      const allowed = rightsOf(client.id, this.path()).subscribe.some((filter) => grants(filter, topic));
      this.subscriptions.add({ topic, what: 'subscribe', allowed });
      done(null, allowed ? subscription : null);
    };
    broker.on('unsubscribe', (topics) => {
      for (const topic of topics) this.subscriptions.add({ topic, what: 'unsubscribe', allowed: true });
    });
    // A connection that breaks is what some clauses are about.
    broker.on('clientError', () => undefined).on('connectionError', () => undefined);
    this.#broker = broker;
    this.#tcp = createServer((socket) => {
      if (this.#offline) return void socket.destroy();
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      broker.handle(socket);
    });
    await new Promise<void>((listening, fail) => this.#tcp?.once('error', fail).listen(port, host, listening));
    return (this.#tcp.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await this.#sending;
    const broker = this.#broker;
    if (broker) await new Promise<void>((closed) => broker.close(() => closed()));
    for (const socket of this.#sockets) socket.destroy();
    const tcp = this.#tcp;
    if (tcp?.listening) await new Promise((closed) => tcp.close(closed));
  }

  goOffline(): void {
    this.#offline = true;
    this.cut();
  }

  comeBack(): void {
    this.#offline = false;
  }

  /** Breaks every connection; the next ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** In the order of the calls: aedes drops what a later packet has overtaken. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    { qos = 1, retain = false }: { qos?: 0 | 1; retain?: boolean } = {},
  ): void {
    this.saidAtMs.push(this.now());
    const packet = { cmd: 'publish', dup: false, topic, payload: Buffer.from(payload), qos, retain } as const;
    this.#sending = this.#sending.then(
      () => new Promise<void>((sent) => (this.#broker ? this.#broker.publish(packet, () => sent()) : sent())),
    );
  }

  #note(client: Client, packet: ConnectPacket): void {
    const { will } = packet;
    this.connects.add({
      clientId: packet.clientId,
      username: packet.username,
      clean: packet.clean === true,
      protocolVersion: packet.protocolVersion,
      will: will
        ? { topic: will.topic, payload: will.payload.toString(), qos: will.qos ?? 0, retain: will.retain === true }
        : null,
      known: packet.username === packet.clientId && this.knows(packet.clientId, packet.password?.toString() ?? ''),
      ended: packet.username === packet.clientId && this.ended(packet.clientId, packet.password?.toString() ?? ''),
      atMs: this.now(),
    });
    client.on('error', () => undefined);
  }
}
