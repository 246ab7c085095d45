import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as open, type Socket } from 'node:net';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { silentLog } from '../logging/log.js';
import { EmbeddedBroker } from './embedded-broker.js';
import type { BrokerLimits, Principal } from './messages.js';

/** What a spec opened; it closes in reverse order even if the spec failed. */
export class Opened {
  readonly #closers: (() => unknown)[] = [];

  add<T>(thing: T, close: (thing: T) => unknown): T {
    this.#closers.push(() => close(thing));
    return thing;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

export interface Someone extends Principal {
  readonly password: string;
}

/** With rights below its own name, `<name>/…`, unless told otherwise. */
export function someone(username: string, rights: Partial<Principal> = {}): Someone {
  const password = randomBytes(32).toString('hex');
  const passwordSha256 = createHash('sha256').update(password).digest('hex');
  return { username, passwordSha256, password, publish: [`${username}/#`], subscribe: [`${username}/#`], ...rights };
}

export async function startedBroker(
  opened: Opened,
  principals: readonly Principal[] = [],
  limits: Partial<BrokerLimits> = {},
  port = 0,
): Promise<{ broker: EmbeddedBroker; port: number }> {
  const broker = new EmbeddedBroker({ host: '127.0.0.1', port, log: silentLog, limits });
  await broker.setPrincipals(principals);
  const address = await broker.start();
  opened.add(broker, () => broker.stop());
  return { broker, port: address.port };
}

/** Logs in once, without reconnecting. */
export async function login(
  opened: Opened,
  port: number,
  who: Someone,
  options: IClientOptions = {},
): Promise<MqttClient> {
  const { username, password } = who;
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    clientId: username,
    username,
    password,
    reconnectPeriod: 0,
    ...options,
  });
  client.on('error', () => undefined);
  return opened.add(client, () => client.endAsync(true));
}

/** MQTT.js clients are no EventEmitters by type. */
export function next(client: MqttClient, event: 'message'): Promise<[topic: string, payload: Buffer]>;
export function next(client: MqttClient, event: 'close'): Promise<[]>;
export function next(client: MqttClient, event: 'message' | 'close'): Promise<unknown[]> {
  return new Promise((resolve) => client.once(event, (...values: unknown[]) => resolve(values)));
}

export function packet(type: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

export async function rawSocket(opened: Opened, port: number): Promise<Socket> {
  const socket = opened.add(open(port, '127.0.0.1'), (it) => it.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

export function connectPacket({ username, password }: Someone): Buffer {
  const userPasswordClean = 0xc2;
  const head = Buffer.concat([text('MQTT'), Buffer.from([4, userPasswordClean, 0, 60])]);
  return packet(0x10, Buffer.concat([head, text(username), text(username), text(password)]));
}

/** Logs in, subscribes, and never reads again. */
export async function frozenClient(
  opened: Opened,
  port: number,
  who: Someone,
  filter: string,
  qos: 0 | 1,
): Promise<Socket> {
  const socket = await rawSocket(opened, port);
  socket.write(connectPacket(who));
  await once(socket, 'data');
  socket.write(packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([qos])])));
  await once(socket, 'data');
  return socket.pause();
}
