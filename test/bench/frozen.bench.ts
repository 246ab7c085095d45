import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as open, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { EmbeddedBroker, MqttBus, type Principal } from '../../src/platform/broker/index.js';
import { silentLog } from '../../src/platform/logging/log.js';
import type { Bench } from './bench.js';

const HOST = '127.0.0.1';
const MESSAGE_BYTES = 32 * 1024;
const LIMIT_MS = 1_000;

interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * Does a client that subscribes and never reads delay the others? The same load twice on the embedded broker, first without such a
 * client, then with one whose socket buffers are full before the clock starts.
 */
export const frozen: Bench = {
  name: 'frozen',
  async run({ short }) {
    const size = short
      ? { subscribers: 10, seconds: 2, perSecond: 20 }
      : { subscribers: 50, seconds: 6, perSecond: 20 };
    const logins = Array.from({ length: size.subscribers + 1 }, (_, i) => ({
      username: `reader-${i}`,
      password: randomBytes(32).toString('hex'),
    }));
    const broker = new EmbeddedBroker({ host: HOST, port: 0, log: silentLog });
    await broker.setPrincipals(logins.map(reader));
    const { port } = await broker.start();
    const bus = new MqttBus({ url: broker.serviceUrl, log: silentLog });
    await bus.start();
    await bus.whenConnected();
    const [sleeper, ...healthy] = logins;
    const clients = await Promise.all(healthy.map((login) => listen(port, login)));
    let socket: Socket | null = null;
    try {
      const baseline = await load(bus, clients, size);
      if (sleeper) socket = await freeze(port, sleeper);
      // QoS 0 is dropped for it only when its sockets are full and its allowance in the broker is used up too.
      while ((await broker.stats()).droppedForwards === 0) await bus.publish('fill', Buffer.alloc(MESSAGE_BYTES));
      const loaded = await load(bus, clients, size);
      const stats = await broker.stats();
      const delayMs = Math.max(0, loaded.worstMs - baseline.worstMs);
      const lost = baseline.lost + loaded.lost;
      const stillConnected = sleeper !== undefined && broker.isConnected(sleeper.username);
      return {
        subscribers: size.subscribers,
        messages: size.seconds * size.perSecond,
        baselineWorstMs: round(baseline.worstMs),
        frozenWorstMs: round(loaded.worstMs),
        delayMs: round(delayMs),
        lost,
        unsentKiB: Math.round(stats.unsentBytes / 1024),
        stillConnected,
        // Without the frozen client still there, nothing was shown.
        holds: stillConnected && lost === 0 && delayMs <= LIMIT_MS,
      };
    } finally {
      socket?.destroy();
      await Promise.all(clients.map((client) => client.endAsync(true)));
      await bus.stop();
      await broker.stop();
    }
  },
};

function reader({ username, password }: Login): Principal {
  return {
    username,
    passwordSha256: createHash('sha256').update(password).digest('hex'),
    publish: [],
    subscribe: ['load', 'fill'],
  };
}

async function listen(port: number, { username, password }: Login): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://${HOST}:${port}`, {
    clientId: username,
    username,
    password,
    reconnectPeriod: 0,
  });
  await client.subscribeAsync('load');
  return client;
}

/** The payload begins with the time of publication; every subscriber looks how old each message is. */
async function load(
  bus: MqttBus,
  clients: readonly MqttClient[],
  { seconds, perSecond }: { readonly seconds: number; readonly perSecond: number },
): Promise<{ worstMs: number; lost: number }> {
  const expected = seconds * perSecond * clients.length;
  let worstMs = 0;
  let heard = 0;
  const onMessage = (_topic: string, payload: Buffer) => {
    heard++;
    worstMs = Math.max(worstMs, performance.now() - payload.readDoubleLE(0));
  };
  for (const client of clients) client.on('message', onMessage);
  const start = performance.now();
  for (let i = 0; i < seconds * perSecond; i++) {
    await wait(Math.max(0, start + (i * 1_000) / perSecond - performance.now()));
    const payload = Buffer.alloc(MESSAGE_BYTES);
    payload.writeDoubleLE(performance.now());
    // Not awaited: a broker that stalls must show as delay, not as a slower publisher.
    void bus.publish('load', payload);
  }
  for (let patience = 0; heard < expected && patience < 100; patience++) await wait(100);
  for (const client of clients) client.off('message', onMessage);
  // What never came is a delay without end, not a missing sample.
  if (heard < expected) worstMs = Math.max(worstMs, performance.now() - start);
  return { worstMs, lost: expected - heard };
}

/** Logs in, subscribes to everything the others hear and to what fills it up, and never reads again. */
async function freeze(port: number, { username, password }: Login): Promise<Socket> {
  const socket = open(port, HOST);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(
    packet(0x10, text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text(username), text(username), text(password)),
  );
  await once(socket, 'data');
  socket.write(packet(0x82, Buffer.from([0, 1]), text('load'), Buffer.from([0]), text('fill'), Buffer.from([0])));
  await once(socket, 'data');
  return socket.pause();
}

/** Packets short enough for a length of two digits (16 KiB). */
function packet(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type, 0x80 | (body.length & 0x7f), body.length >> 7]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
