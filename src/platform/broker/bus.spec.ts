import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '../logging/log.js';
import { connectPacket, login, Opened, packet, rawLine, someone, startedBroker, text } from './broker.spec-support.js';
import { type BusOptions, MqttBus } from './bus.js';
import { EmbeddedBroker } from './embedded-broker.js';
import { BusFullError } from './pending.js';

const opened = new Opened();
afterEach(() => opened.close());

async function startedBus(url: string, options: Partial<BusOptions> = {}): Promise<MqttBus> {
  const bus = opened.add(new MqttBus({ url, log: silentLog, reconnectMs: 50, flushMs: 500, ...options }), (it) =>
    it.stop(),
  );
  await bus.start();
  return bus;
}

/** Collects messages as `topic=payload` and lets a spec wait for a number of them. */
function ear() {
  const heard: string[] = [];
  const waiting: { count: number; resolve(): void }[] = [];
  return {
    heard,
    handler: (topic: string, payload: Uint8Array) => {
      heard.push(`${topic}=${Buffer.from(payload)}`);
      for (const { count, resolve } of waiting) if (heard.length >= count) resolve();
    },
    hears: (count: number) =>
      heard.length >= count ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ count, resolve })),
  };
}

/** A promise with its resolver outside. */
function gate() {
  let open: () => void = () => undefined;
  const opens = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opens, open };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

describe('publish and subscribe', () => {
  it('hands each message to the handlers whose filter matches, and to none after they ended', async () => {
    const { broker } = await startedBroker(opened);
    const bus = await startedBus(broker.serviceUrl);
    await bus.whenConnected();
    const [state, all] = [ear(), ear()];
    const endState = await bus.subscribe('+/state', { qos: 1 }, state.handler);
    await bus.subscribe('#', {}, all.handler);
    await bus.publish('a/state', 'up', { qos: 1 });
    await bus.publish('a/other', Uint8Array.from([0x78]));
    await all.hears(2);
    await endState();
    await bus.publish('b/state', 'up', { qos: 1 });
    await all.hears(3);
    expect(state.heard).toEqual(['a/state=up']);
    expect(all.heard).toEqual(['a/state=up', 'a/other=x', 'b/state=up']);
  });

  it('counts the bytes it published, by label', async () => {
    const { broker } = await startedBroker(opened);
    const bus = await startedBus(broker.serviceUrl);
    await bus.whenConnected();
    await bus.publish('a', Buffer.alloc(1_000), { label: 'audio' });
    await bus.publish('a', 'đã', { label: 'plan', qos: 1 });
    await bus.publish('a', 'x');
    expect(bus.bytesPublished).toBe(1_005);
    expect(Object.fromEntries(bus.bytesByLabel())).toEqual({ audio: 1_000, plan: 4 });
  });

  it.each(['a/+', '#', '', 'a\0'])('refuses to publish to %j', async (topic) => {
    const { broker } = await startedBroker(opened);
    const bus = await startedBus(broker.serviceUrl);
    await expect(bus.publish(topic, 'x')).rejects.toThrow('not a topic');
    await expect(bus.subscribe('a/#/b', {}, () => undefined)).rejects.toThrow('not an MQTT filter');
  });

  it('reports a subscription that the broker refuses, and a handler that fails stops nothing', async () => {
    const limited = someone('limited');
    const { port } = await startedBroker(opened, [limited]);
    const bus = await startedBus(`mqtt://limited:${limited.password}@127.0.0.1:${port}`, { clientId: 'limited' });
    await bus.whenConnected();
    await expect(bus.subscribe('other/#', {}, () => undefined)).rejects.toThrow('refuses');
    const { hears, handler } = ear();
    await bus.subscribe('limited/#', { qos: 1 }, () => {
      throw new Error('bad handler');
    });
    await bus.subscribe('limited/#', { qos: 1 }, handler);
    await bus.publish('limited/x', '1', { qos: 1 });
    await hears(1);
  });
});

describe('acknowledging after the handler', () => {
  it('sends PUBACKs when handlers are done, in order, while other messages are taken in', async () => {
    // A broker of bytes: it says what is sent, and sees what is acknowledged.
    const server = opened.add(createServer(), (it) => it.close()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const accepted = once(server, 'connection');
    const bus = await startedBus(`mqtt://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    const [socket] = await accepted;
    await once(socket, 'data');
    socket.write(packet(0x20, Buffer.from([0, 0])));
    await bus.whenConnected();

    const doors = new Map([1, 2, 3].map((n) => [String(n), gate()]));
    const started = ear();
    const subscribed = bus.subscribe('in/#', { qos: 1, ackAfterHandler: true }, async (topic, payload) => {
      started.handler(topic, payload);
      await doors.get(String(Buffer.from(payload)))?.opens;
    });
    const [subscribe] = await once(socket, 'data');
    socket.write(packet(0x90, Buffer.from([subscribe[2], subscribe[3], 1])));
    await subscribed;

    for (const n of [1, 2, 3])
      socket.write(packet(0x32, Buffer.concat([text('in/x'), Buffer.from([0, n]), Buffer.from(String(n))])));
    await started.hears(3);
    const acknowledged: number[] = [];
    socket.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += 4) if (bytes[at] === 0x40) acknowledged.push(Number(bytes[at + 3]));
    });
    doors.get('2')?.open();
    doors.get('3')?.open();
    // An answer that comes after the open doors had their chance.
    const published = bus.publish('out', 'x', { qos: 1 });
    const [mine] = await once(socket, 'data');
    expect(mine[0]).toBe(0x32);
    expect(acknowledged).toEqual([]);
    socket.write(packet(0x40, mine.subarray(7, 9)));
    await published;
    doors.get('1')?.open();
    while (acknowledged.length < 3) await once(socket, 'data');
    expect(acknowledged).toEqual([1, 2, 3]);
    socket.destroy();
    server.close();
  });

  it('a handler may itself publish with QoS 1 and wait', async () => {
    const { broker } = await startedBroker(opened);
    const bus = await startedBus(broker.serviceUrl);
    await bus.whenConnected();
    const { heard, hears, handler } = ear();
    await bus.subscribe('reply/#', { qos: 1 }, handler);
    await bus.subscribe('ask/#', { qos: 1, ackAfterHandler: true }, (topic) =>
      bus.publish(topic.replace('ask', 'reply'), 'ok', { qos: 1 }),
    );
    for (let i = 0; i < 50; i++) await bus.publish(`ask/${i}`, '?', { qos: 1 });
    await hears(50);
    expect(heard[49]).toBe('reply/49=ok');
  });
});

describe('without a broker', () => {
  it('connects when one comes, calls back, subscribes what was asked for, and does so again after a restart on the same port', async () => {
    const port = await freePort();
    const device = someone('device', { publish: ['#'] });
    const bus = await startedBus(`mqtt://bus:secret@127.0.0.1:${port}`, { clientId: 'bus' });
    const { createHash } = await import('node:crypto');
    const busEntry = someone('bus', {
      passwordSha256: createHash('sha256').update('secret').digest('hex'),
      publish: ['#'],
      subscribe: ['#'],
      retain: ['#'],
    });
    const { heard, hears, handler } = ear();
    let connections = 0;
    bus.onConnect(async () => {
      connections++;
      await bus.publish('state/service', `up ${connections}`, { qos: 1, retain: true });
    });
    await bus.subscribe('in/#', { qos: 1 }, handler);
    await bus.subscribe('state/#', { qos: 1 }, handler);
    expect(bus.connected).toBe(false);
    const first = new EmbeddedBroker({ host: '127.0.0.1', port, log: silentLog });
    await first.setPrincipals([busEntry, device]);
    await first.start();
    await bus.whenConnected();
    await hears(1);
    await (await login(opened, { url: `mqtt://127.0.0.1:${port}` }, device)).publishAsync('in/1', 'a', { qos: 1 });
    await hears(2);
    await first.stop();
    while (bus.connected) await new Promise(setImmediate);

    const waiting = bus.publish('out/waited', 'kept', { qos: 1 });
    await bus.publish('out/lost', 'dropped');
    await startedBroker(opened, [busEntry, device], {}, { port });
    await waiting;
    await hears(3);
    await (await login(opened, { url: `mqtt://127.0.0.1:${port}` }, device)).publishAsync('in/2', 'b', { qos: 1 });
    await hears(4);
    expect(heard).toEqual(['state/service=up 1', 'in/1=a', 'state/service=up 2', 'in/2=b']);
    expect(bus.droppedOffline).toBe(1);
  });

  it('keeps a bounded number of messages and bytes, and says so when it is full', async () => {
    const bus = await startedBus(`mqtt://127.0.0.1:${await freePort()}`, {
      maxPendingMessages: 3,
      maxPendingBytes: 100,
    });
    const kept = [bus.publish('a', 'x', { qos: 1 }), bus.publish('a', Buffer.alloc(90), { qos: 1 })];
    await expect(bus.publish('a', Buffer.alloc(10), { qos: 1 })).rejects.toThrow(BusFullError);
    kept.push(bus.publish('a', 'x', { qos: 1 }));
    await expect(bus.publish('a', 'x', { qos: 1 })).rejects.toThrow('3 messages (92 bytes) already wait');
    const outcomes = Promise.allSettled(kept);
    const waiting = expect(bus.whenConnected()).rejects.toThrow('stopped');
    await bus.stop();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await waiting;
    await expect(bus.publish('a', 'x')).rejects.toThrow('not running');
  });

  it('stop() lets what is in flight arrive', async () => {
    const listener = someone('listener', { subscribe: ['#'] });
    const { broker, way } = await startedBroker(opened, [listener]);
    const bus = await startedBus(broker.serviceUrl);
    await bus.whenConnected();
    const socket = await rawLine(opened, way);
    socket.write(connectPacket(listener));
    await once(socket, 'data');
    const published = Promise.all(Array.from({ length: 100 }, (_, i) => bus.publish(`a/${i}`, 'x', { qos: 1 })));
    await bus.stop();
    await published;
  });
});
