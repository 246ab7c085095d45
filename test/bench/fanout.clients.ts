import { once } from 'node:events';
import { connect as openSocket, type Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { coveringKey, fromBase64Url, openJws, openKeySet } from '../../devices/protocol/index.js';
import { nodeCrypto } from '../../src/platform/keys/index.js';

/**
 * Many devices' sockets in one process of their own (started by the bench `fanout`): plain MQTT clients with the devices' names, tokens
 * and subscriptions. They note when a message was there; what a device then does with it is measured apart.
 */
export interface Login {
  readonly username: string;
  readonly password: string;
}

export type ToClients =
  | {
      readonly kind: 'connect';
      readonly url: string;
      readonly logins: readonly Login[];
      readonly topics: readonly string[];
    }
  /** Counts anew what comes on a topic; answers when every client has one message. */
  | { readonly kind: 'expect'; readonly topic: string }
  /** Connected, subscribed, and never reading. */
  | {
      readonly kind: 'freeze';
      readonly url: string;
      readonly logins: readonly Login[];
      readonly topics: readonly string[];
    }
  | { readonly kind: 'thaw' }
  /** How long a device needs to believe the last message. */
  | { readonly kind: 'verify'; readonly keySet: string; readonly rootPublicKey: string; readonly times: number }
  | { readonly kind: 'end' };

export type FromClients =
  | { readonly kind: 'done' }
  /** `atNs`: of the monotonic clock, which all processes of a machine share. */
  | { readonly kind: 'arrived'; readonly atNs: string; readonly bytes: number }
  | { readonly kind: 'verified'; readonly medianMs: number };

const AT_A_TIME = 50;
const QUIET_MINUTES = 10;

const clients: MqttClient[] = [];
let frozen: Socket[] = [];
let expected = { topic: '', missing: new Set<string>() };
let last: Buffer = Buffer.alloc(0);

const say = (message: FromClients) => process.send?.(message);

async function connect({ url, logins, topics }: Extract<ToClients, { kind: 'connect' }>): Promise<void> {
  for (let at = 0; at < logins.length; at += AT_A_TIME)
    clients.push(...(await Promise.all(logins.slice(at, at + AT_A_TIME).map((login) => client(url, login, topics)))));
  say({ kind: 'done' });
}

async function client(url: string, { username, password }: Login, topics: readonly string[]): Promise<MqttClient> {
  const mqtt = await connectAsync(url, {
    ...{ protocolVersion: 4, clientId: username, username, password, reconnectPeriod: 0 },
    keepalive: QUIET_MINUTES * 60,
  });
  mqtt.on('error', () => undefined);
  mqtt.on('message', (topic, payload) => {
    if (topic !== expected.topic || !expected.missing.delete(username)) return;
    last = payload;
    if (expected.missing.size === 0)
      say({ kind: 'arrived', atNs: String(process.hrtime.bigint()), bytes: payload.length });
  });
  await mqtt.subscribeAsync([...topics], { qos: 1 });
  return mqtt;
}

function expectOn(topic: string): void {
  expected = { topic, missing: new Set(clients.map(({ options }) => options.clientId ?? '')) };
  say({ kind: 'done' });
}

async function freeze({ url, logins, topics }: Extract<ToClients, { kind: 'freeze' }>): Promise<void> {
  frozen = await Promise.all(logins.map((login) => frozenSocket(new URL(url), login, topics)));
  say({ kind: 'done' });
}

async function frozenSocket({ hostname, port }: URL, login: Login, topics: readonly string[]): Promise<Socket> {
  const socket = openSocket(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const { username, password } = login;
  const keepalive = Buffer.from([4, 0xc2, 2, 0x58]);
  socket.write(packet(0x10, text('MQTT'), keepalive, text(username), text(username), text(password)));
  await once(socket, 'data');
  const filters = topics.flatMap((topic) => [text(topic), Buffer.from([1])]);
  socket.write(packet(0x82, Buffer.from([0, 1]), ...filters));
  await once(socket, 'data');
  return socket.pause();
}

/** Packets short enough for a length of two digits (16 KiB). */
function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type, 0x80 | (body.length & 0x7f), body.length >> 7]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function verify({ keySet, rootPublicKey, times }: Extract<ToClients, { kind: 'verify' }>): void {
  const set = openKeySet(keySet, fromBase64Url(rootPublicKey), nodeCrypto);
  if (!set.ok) throw new Error(`key set: ${set.problem}`);
  const compact = last.toString('utf8');
  const took = Array.from({ length: times }, () => {
    const began = performance.now();
    const opened = openJws(compact, 'vang-command', nodeCrypto, (kid) => coveringKey(set.keys, kid, [], Date.now()));
    if (!opened.ok) throw new Error(`the command is not believed: ${opened.problem}`);
    return performance.now() - began;
  }).sort((a, b) => a - b);
  say({ kind: 'verified', medianMs: took[Math.floor(times / 2)] ?? Number.NaN });
}

async function end(): Promise<void> {
  for (const socket of frozen) socket.destroy();
  await Promise.all(clients.map((each) => each.endAsync(true)));
  process.disconnect();
}

process.on('message', (message: ToClients) => {
  if (message.kind === 'connect') void connect(message);
  else if (message.kind === 'expect') expectOn(message.topic);
  else if (message.kind === 'freeze') void freeze(message);
  else if (message.kind === 'verify') verify(message);
  else if (message.kind === 'thaw') {
    for (const socket of frozen) socket.destroy();
    frozen = [];
    say({ kind: 'done' });
  } else void end();
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
