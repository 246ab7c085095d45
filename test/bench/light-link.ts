import { connect, type Socket } from 'node:net';
import { topics } from '../../devices/protocol/index.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import { frameOf, message, packet, text } from './light-mqtt.js';

export interface LinkOptions {
  readonly host?: string;
  readonly port: number;
  /** How long after a loss it tries again; null: never. */
  readonly againMs: number | null;
}

/** What its device hears of the connection. */
export interface LinkListener {
  /** The broker let it in. */
  connected?(): void;
  /** The broker took its subscriptions. */
  subscribed?(): void;
  message?(topic: string, payload: Buffer): void;
  lost?(): void;
}

/** The socket of a light controller: token, last will and acknowledgements as the contract has them. */
export class LightLink {
  #socket: Socket | null = null;
  #rest: Buffer = Buffer.alloc(0);
  #again: NodeJS.Timeout | null = null;
  #packets = 0;
  loggedIn = false;

  constructor(
    private readonly me: Pick<EnrolledDevice, 'id' | 'token'>,
    private readonly listener: LinkListener,
  ) {}

  connect({ host = '127.0.0.1', port, againMs }: LinkOptions): void {
    const socket = connect(port, host);
    this.#socket = socket;
    this.#rest = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('connect', () => socket.write(this.#connectPacket()));
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.loggedIn = false;
      this.listener.lost?.();
      if (againMs !== null) this.#again = setTimeout(() => this.connect({ host, port, againMs }), againMs);
    });
  }

  /** Without a word, as a lost network. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.loggedIn = false;
    if (this.#again) clearTimeout(this.#again);
    socket?.destroy();
  }

  ping(): void {
    if (this.loggedIn) this.#write(0xc0, Buffer.alloc(0));
  }

  /** With QoS 1. */
  subscribe(filters: readonly string[]): void {
    const body = filters.flatMap((each) => [text(each), Buffer.from([1])]);
    this.#write(0x82, Buffer.concat([Buffer.from([0, 1]), ...body]));
  }

  publish(topic: string, payload: object | Buffer, { qos = 1, retain = false } = {}): void {
    this.#packets = (this.#packets % 65_535) + 1;
    const id = qos === 1 ? this.#packets : null;
    this.#write(0x30 | (qos << 1) | (retain ? 1 : 0), message(topic, id, payload));
  }

  #read(bytes: Buffer): void {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    for (;;) {
      const frame = frameOf(rest);
      if (!frame) break;
      this.#take(frame.type, frame.body);
      rest = rest.subarray(frame.end);
    }
    this.#rest = Buffer.from(rest);
  }

  #take(type: number, body: Buffer): void {
    if (type >> 4 === 2) {
      this.loggedIn = body[1] === 0;
      if (this.loggedIn) this.listener.connected?.();
      else this.#socket?.destroy();
    }
    if (type >> 4 === 9) this.listener.subscribed?.();
    if (type >> 4 !== 3) return;
    const topicEnd = 2 + body.readUInt16BE(0);
    const qos = (type >> 1) & 3;
    if (qos > 0) this.#write(0x40, body.subarray(topicEnd, topicEnd + 2));
    this.listener.message?.(body.toString('latin1', 2, topicEnd), body.subarray(topicEnd + (qos > 0 ? 2 : 0)));
  }

  #connectPacket(): Buffer {
    const { id, token } = this.me;
    const will = JSON.stringify({ v: 1, device: id, online: false });
    // Clean session, last will with QoS 1 and retain, user name and password; keepalive 60 s.
    const head = Buffer.concat([text('MQTT'), Buffer.from([4, 0xee, 0, 60])]);
    return packet(
      0x10,
      Buffer.concat([head, text(id), text(topics.up(id, 'state')), text(will), text(id), text(token)]),
    );
  }

  #write(type: number, body: Buffer): void {
    this.#socket?.write(packet(type, body));
  }
}
