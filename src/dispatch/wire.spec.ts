import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { assetOf } from '../../devices/player/testing/plans.js';
import { CHUNK_BYTES, chunkCount, descriptor, planHead, toBitmap, topics } from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { openSigned, PoleDevice } from '../../test/support/pole-device.js';
import { schedule, shelve } from '../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, Station, type StationOptions } from '../../test/support/station.js';
import { SystemClock } from '../platform/clock/index.js';
import type { Database } from '../platform/database/index.js';
import { OutboxRelay } from '../platform/outbox/index.js';
import { AssetService } from './asset.service.js';
import { AssetServer } from './asset-server.js';
import { PlanPublisher } from './plan-publisher.js';
import { RetainedService } from './retained.service.js';
import { TimeService } from './time.service.js';

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

describeOnBothDatabases('plans on the broker', everyTable, (open) => {
  let station: Station;
  let relay: OutboxRelay;
  let retained: RetainedService;
  beforeEach(async () => {
    station = await Station.open(await open(), { withBroker: true, brokerPort: await freePort() });
    await station.settle();
    relay = new OutboxRelay(station.platform);
    retained = station.get(RetainedService);
    retained.register(relay);
    await retained.start();
    await relay.start();
  });
  afterEach(async () => {
    await relay.stop();
    retained.stop();
    await station.close();
  });
  const headsAt = (device: PoleDevice) =>
    device
      .on('plan')
      .filter((payload) => payload.length > 0)
      .map((payload) => planHead.parse(openSigned(payload.toString(), 'vang-plan', station.platform.keys)));
  const atNine = async () => {
    const { id } = await shelve(station);
    await schedule(station, id, '17:00');
    return id;
  };

  it('a device that connects finds keys and plan; one that is there hears the next plan', async () => {
    const item = await atNine();
    const device = await station.enrol('k1', { offline: true });
    await station.get(PlanPublisher).refresh();
    await relay.idle();
    await device.connect(station.mqtt);
    await device.until(
      () =>
        headsAt(device).length === 1 &&
        device.heard.some(
          ({ topic, payload }) => topic === topics.keys && payload.toString() === station.platform.keys.keySet,
        ),
    );
    await schedule(station, item, '18:00');
    await station.get(PlanPublisher).refresh();
    await device.until(() => headsAt(device).length === 2);
    expect(headsAt(device).map(({ version }) => version)).toEqual([MONDAY_NINE, MONDAY_NINE + 1]);
  });

  it('after a restart of the broker everything is there again without anybody asking', async () => {
    await atNine();
    const device = await station.enrol('k1', { offline: true });
    await station.get(PlanPublisher).refresh();
    await relay.idle();
    await station.broker.stop();
    await station.broker.start();
    await station.platform.bus.whenConnected();
    await device.connect(station.mqtt);
    await device.until(() => headsAt(device).length > 0 && device.heard.some(({ topic }) => topic === topics.keys));
    expect(headsAt(device)[0]).toMatchObject({ device: device.id, version: MONDAY_NINE });
  });

  it('a plan made while the broker is away is there when it is back, and the outbox does not wait for it', async () => {
    await atNine();
    const device = await station.enrol('k1', { offline: true });
    await station.broker.stop();
    await station.get(PlanPublisher).refresh();
    await relay.idle();
    expect(await relay.counts()).toMatchObject({ dead: 0 });
    await station.broker.start();
    await station.platform.bus.whenConnected();
    await device.connect(station.mqtt);
    await device.until(() => headsAt(device).length > 0);
  });

  it('a retired head is cleared from the broker', async () => {
    await atNine();
    const device = await station.enrol('k1', { offline: true });
    await station.get(PlanPublisher).refresh();
    await station.enrol('k1', { offline: true });
    await station.get(PlanPublisher).refresh();
    await relay.idle();
    const look = new Promise<number>((resolve, reject) => {
      const topic = topics.down(device.id, 'plan');
      // Retained messages come in the order in which they are kept; the keys are always kept.
      const stop = station.platform.bus.subscribe(topic, { qos: 1 }, (_topic, payload) => resolve(payload.length));
      stop.then(() => station.platform.bus.subscribe(topics.keys, { qos: 1 }, () => resolve(0))).catch(reject);
    });
    expect(await look).toBe(0);
  });
});

describeOnBothDatabases('what devices ask for', everyTable, (open) => {
  let database: Database;
  let station: Station;
  afterEach(() => station.close());
  const opened = async (options: StationOptions = {}) => {
    database = await open();
    station = await Station.open(database, { withBroker: true, ...options });
    await station.settle();
  };

  it('invariant 14: time is answered signed, over the nonce of the one who asked', async () => {
    await opened();
    await station.start(TimeService);
    const [device, other] = [await station.enrol('k1'), await station.enrol('k2')];
    await device.send('time', { v: 1, device: device.id, nonce: 'nonce-of-this-device' }, 0);
    const [reply] = await device.until(() => device.on('time').length > 0 && device.on('time'));
    expect(openSigned(String(reply), 'vang-time', station.platform.keys)).toEqual({
      v: 1,
      device: device.id,
      nonce: 'nonce-of-this-device',
      serverMs: MONDAY_NINE,
    });
    // Nonsense, and questions in the name of another, are not answered; the next proper one is.
    await device.send('time', { v: 1, device: other.id, nonce: 'nonce-of-another-one' }, 0);
    await device.send('time', 'xin chào', 0);
    await device.send('time', { v: 1, device: device.id, nonce: 'a-second-honest-nonce' }, 0);
    await device.until(() => device.on('time').length === 2);
    expect(other.on('time')).toEqual([]);
  });

  it('ten devices that wish for the same audio: each chunk is published once, and all have it whole', async () => {
    await opened({ clock: new SystemClock(), wishWindowMs: 300 });
    await station.start(AssetServer);
    const { audioSha256, audio } = await shelve(station, { audioBytes: 100_000 });
    const asset = await station.get(AssetService).register(audioSha256, 'audio', 'audio/ogg');
    const devices = await Promise.all(Array.from({ length: 10 }, (_, index) => aDevice(station, index)));
    for (const device of devices) await device.client.subscribeAsync(topics.asset(audioSha256), { qos: 0 });
    for (const device of devices)
      await device.send('wishes', { v: 1, device: device.id, assets: [{ sha256: audioSha256 }] });
    const chunks = Array.from({ length: chunkCount(audio.length) }, (_, index) => topics.chunk(audioSha256, index));
    for (const device of devices) {
      await device.until(() => chunks.every((topic) => device.heard.some((heard) => heard.topic === topic)));
      const heard = (topic: string) =>
        device.heard.filter((each) => each.topic === topic).map(({ payload }) => payload);
      const [description] = heard(topics.descriptor(audioSha256));
      expect(description?.toString()).toBe(asset.descriptor);
      const pieces = chunks.map((topic) => heard(topic));
      expect(pieces.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
      expect(Buffer.concat(pieces.flat()).equals(audio)).toBe(true);
    }
    const expected = assetOf(audio);
    expect(descriptor.parse(JSON.parse(asset.descriptor ?? ''))).toEqual(
      descriptor.parse(JSON.parse(Buffer.from(expected.descriptor ?? []).toString())),
    );
    expect(station.platform.bus.bytesByLabel().get('audio')).toBe(
      audio.length + Buffer.byteLength(asset.descriptor ?? ''),
    );
  });

  it('a device that has some chunks gets those it lacks, and nothing for what does not exist', async () => {
    await opened({ clock: new SystemClock(), wishWindowMs: 0 });
    await station.start(AssetServer);
    const { audioSha256, audio } = await shelve(station, { audioBytes: 100_000 });
    await station.get(AssetService).register(audioSha256, 'audio', 'audio/ogg');
    const device = await station.enrol('k1');
    await device.client.subscribeAsync(topics.asset(audioSha256), { qos: 0 });
    const wish = (sha256: string, missing: string) =>
      device.send('wishes', { v: 1, device: device.id, assets: [{ sha256, missing }] });
    await wish('f'.repeat(64), toBitmap([0], 4));
    await wish(audioSha256, toBitmap([0], 64));
    await device.send('wishes', 'xin chào');
    await wish(audioSha256, toBitmap([2], 4));
    const chunk = await device.until(() => device.heard.find(({ topic }) => topic === topics.chunk(audioSha256, 2)));
    expect(chunk.payload.equals(audio.subarray(2 * CHUNK_BYTES, 3 * CHUNK_BYTES))).toBe(true);
    expect(station.platform.bus.bytesByLabel().get('audio')).toBe(CHUNK_BYTES);
  });
});

/** Ten devices need ten clusters. */
async function aDevice(station: Station, index: number): Promise<PoleDevice> {
  await station.importClusters(`m${index},ak,Cụm loa ${index},,,2,ak1`);
  return station.enrol(`m${index}`);
}
