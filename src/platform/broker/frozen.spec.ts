import { once } from 'node:events';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DOORS, frozenClient, login, next, Opened, someone, startedBroker } from './broker.spec-support.js';
import type { BrokerLimits, Principal } from './messages.js';

const KIB = 1024;
const opened = new Opened();
afterEach(() => opened.close());

/** Publishes one after another and returns the longest that the healthy subscriber waited for one, in ms. */
async function worstDelay(
  publish: (payload: Buffer) => Promise<unknown>,
  healthy: Awaited<ReturnType<typeof login>>,
  messages: number,
) {
  let worst = 0;
  for (let i = 0; i < messages; i++) {
    const payload = Buffer.alloc(32 * KIB, i);
    const heard = next(healthy, 'message');
    const sentAt = performance.now();
    await publish(payload);
    expect((await heard)[1].equals(payload)).toBe(true);
    worst = Math.max(worst, performance.now() - sentAt);
  }
  return worst;
}

describe.each(DOORS)('a client that never reads, by %s', (door) => {
  const started = (principals: readonly Principal[] = [], limits: Partial<BrokerLimits> = {}) =>
    startedBroker(opened, principals, limits, { door });
  const frozen = someone('frozen', { subscribe: ['all/#'] });
  const healthy = someone('healthy', { subscribe: ['all/#'] });
  const speaker = someone('speaker', { publish: ['all/#'] });

  it.each([0, 1] as const)('delays no other client by a second, QoS %d', async (qos) => {
    const { broker, way } = await started([frozen, healthy, speaker]);
    await frozenClient(opened, way, frozen, 'all/#', qos);
    const listener = await login(opened, way, healthy);
    await listener.subscribeAsync('all/#', { qos });
    const publisher = await login(opened, way, speaker);
    const publish = (payload: Buffer) => publisher.publishAsync('all/audio', payload, { qos });
    // Until the sockets' own buffers are full, nothing is frozen yet; then more messages than aedes would hold for it (100).
    while ((await broker.stats()).unsentBytes === 0) await worstDelay(publish, listener, 10);
    const worst = await worstDelay(publish, listener, 200);
    expect(broker.isConnected('frozen')).toBe(true);
    expect(worst).toBeLessThan(1_000);
  });

  it('loses QoS 0 messages beyond its allowance, and many of them hold a bounded memory', async () => {
    const crowd = Array.from({ length: 10 }, (_, i) => someone(`frozen-${i}`, { subscribe: ['all/#'] }));
    const limits = { dropAboveBytes: 256 * KIB };
    const { broker, way } = await started([healthy, speaker, ...crowd], limits);
    for (const each of crowd) await frozenClient(opened, way, each, 'all/#', 0);
    const listener = await login(opened, way, healthy);
    await listener.subscribeAsync('all/#');
    const publisher = await login(opened, way, speaker);
    await worstDelay((payload) => publisher.publishAsync('all/audio', payload), listener, 300);
    const stats = await broker.stats();
    expect(stats.droppedForwards).toBeGreaterThan(0);
    expect(stats.unsentBytes).toBeLessThan(crowd.length * (256 + 2 * 33) * KIB);
    expect(stats.sessions).toBe(12);
  });

  it('is cut off when too much QoS 1 waits for it', async () => {
    const limits = { dropAboveBytes: 64 * KIB, cutAboveBytes: 256 * KIB };
    const { broker, way } = await started([frozen, healthy, speaker], limits);
    await frozenClient(opened, way, frozen, 'all/#', 1);
    const listener = await login(opened, way, healthy);
    await listener.subscribeAsync('all/#', { qos: 1 });
    const publisher = await login(opened, way, speaker);
    const overrun = once(broker, 'overrun');
    await worstDelay((payload) => publisher.publishAsync('all/audio', payload, { qos: 1 }), listener, 300);
    expect(await overrun).toMatchObject([{ username: 'frozen', reason: 'unsent' }]);
    expect((await broker.stats()).overruns).toBe(1);
  });

  it('is cut off when its socket takes nothing for the allowed time', async () => {
    const { broker, way } = await started([frozen, speaker], {
      stalledAfterMs: 500,
      maxPacketsPerMinute: Number.POSITIVE_INFINITY,
    });
    await frozenClient(opened, way, frozen, 'all/#', 0);
    const publisher = await login(opened, way, speaker);
    const overrun = once(broker, 'overrun');
    // The system may still take what was full a moment ago, so it is kept full.
    while ((await broker.stats()).overruns === 0) await publisher.publishAsync('all/audio', Buffer.alloc(32 * KIB));
    expect(await overrun).toMatchObject([{ username: 'frozen', reason: 'stalled' }]);
  });

  it('is cut off when it goes on asking without reading the answers', async () => {
    const { broker, way } = await started([frozen, speaker], { maxPacketsPerMinute: Number.POSITIVE_INFINITY });
    const socket = await frozenClient(opened, way, frozen, 'all/#', 0);
    const publisher = await login(opened, way, speaker);
    const overrun = once(broker, 'overrun');
    const pings = Buffer.alloc(6_000);
    for (let at = 0; at < pings.length; at += 2) pings[at] = 0xc0;
    // The system may still take what was full a moment ago, so once is not enough.
    while ((await broker.stats()).overruns === 0) {
      await publisher.publishAsync('all/audio', Buffer.alloc(32 * KIB));
      if ((await broker.stats()).droppedForwards > 0) socket.write(pings);
    }
    expect(await overrun).toMatchObject([{ username: 'frozen', reason: 'flood' }]);
  });
});

it('a subscriber that is slow to read more retained state than it may have unsent gets all of it', async () => {
  const keeper = someone('keeper', { retain: ['#'] });
  const limits = { dropAboveBytes: 64 * KIB, cutAboveBytes: 128 * KIB };
  const { broker, way } = await startedBroker(opened, [keeper], limits);
  const client = await login(opened, way, keeper);
  const state = 300 * 32 * KIB;
  for (let i = 0; i < 300; i++)
    await client.publishAsync(`keeper/${i}`, Buffer.alloc(32 * KIB), { qos: 1, retain: true });
  await client.endAsync();
  const socket = (await frozenClient(opened, way, keeper, 'keeper/#', 1)) as Socket;
  while ((await broker.stats()).unsentBytes === 0);
  socket.resume();
  // Counted from the first byte: some state may have come in one piece with the answer to the subscription.
  while (socket.bytesRead < state) await once(socket, 'data');
  expect(await broker.stats()).toMatchObject({ overruns: 0, droppedForwards: 0 });
});
