import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as openTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as openTls } from 'node:tls';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { createWebSocketStream, WebSocket } from 'ws';
import { silentLog } from '../logging/log.js';
import { CertificateFiles, type CertificatePlace } from '../tls/index.js';
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

const OPENSSL = 'openssl';

/** Writes a certificate for this machine, good for a day, over what is there. */
export function makeCertificate(folder: string): CertificatePlace {
  const place = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const request = 'req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 1 -subj /CN=localhost';
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(OPENSSL, [...request.split(' '), ...names, '-keyout', place.keyFile, '-out', place.certFile], {
    stdio: 'ignore',
  });
  return place;
}

export function temporaryFolder(opened: Opened): string {
  return opened.add(mkdtempSync(join(tmpdir(), 'vang-broker-')), (it) => rmSync(it, { recursive: true }));
}

/** The ways in: the strictest of each kind. */
export const DOORS = ['TCP', 'TLS', 'WebSocket', 'WebSocket over TLS'] as const;
export type Door = (typeof DOORS)[number];

/** Where a client finds the broker, and whom it believes. */
export interface Way {
  readonly url: string;
  readonly ca?: string;
}

export async function startedBroker(
  opened: Opened,
  principals: readonly Principal[] = [],
  limits: Partial<BrokerLimits> = {},
  { door = 'TCP', port: wished = 0 }: { readonly door?: Door; readonly port?: number } = {},
): Promise<{ broker: EmbeddedBroker; way: Way; port: number }> {
  const place = door.includes('TLS') ? makeCertificate(temporaryFolder(opened)) : null;
  const broker = new EmbeddedBroker({
    host: '127.0.0.1',
    port: wished,
    log: silentLog,
    limits,
    certificate: place && new CertificateFiles(place, silentLog),
    webSocketPort: door.includes('WebSocket') ? 0 : null,
  });
  await broker.setPrincipals(principals);
  const { port, webSocketPort } = await broker.start();
  opened.add(broker, () => broker.stop());
  const url = {
    TCP: `mqtt://127.0.0.1:${port}`,
    TLS: `mqtts://localhost:${port}`,
    WebSocket: `ws://127.0.0.1:${webSocketPort}/mqtt`,
    'WebSocket over TLS': `wss://localhost:${webSocketPort}/mqtt`,
  }[door];
  return { broker, way: { url, ...(place ? { ca: readFileSync(place.certFile, 'utf8') } : {}) }, port };
}

/** Logs in once, without reconnecting. */
export async function login(
  opened: Opened,
  { url, ca }: Way,
  who: Someone,
  options: IClientOptions = {},
): Promise<MqttClient> {
  const { username, password } = who;
  const client = await connectAsync(url, {
    ...(ca ? { ca } : {}),
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

/** Bytes of MQTT as they are, through whatever door. */
export async function rawLine(opened: Opened, way: Way): Promise<Duplex> {
  const { ca } = way;
  const { protocol, hostname, port } = new URL(way.url);
  const to = { host: hostname, port: Number(port) };
  const trust = ca ? { ca } : {};
  if (protocol.startsWith('ws')) {
    const ws = opened.add(new WebSocket(way.url, 'mqtt', { ...trust, perMessageDeflate: false }), (it) =>
      it.terminate(),
    );
    const line = createWebSocketStream(ws);
    line.on('error', () => undefined);
    ws.on('close', () => line.destroy());
    await once(ws, 'open');
    return line;
  }
  const socket = opened.add(protocol === 'mqtts:' ? openTls({ ...to, ...trust }) : openTcp(to), (it) => it.destroy());
  socket.on('error', () => undefined);
  await once(socket, protocol === 'mqtts:' ? 'secureConnect' : 'connect');
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
  way: Way,
  who: Someone,
  filter: string,
  qos: 0 | 1,
): Promise<Duplex> {
  const socket = await rawLine(opened, way);
  socket.write(connectPacket(who));
  await once(socket, 'data');
  socket.write(packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([qos])])));
  await once(socket, 'data');
  return socket.pause();
}
