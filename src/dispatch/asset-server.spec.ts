import { createServer } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { chunkCount, TOPIC_RULES, toBitmap, topics } from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { shelve } from '../../test/support/shelf.js';
import { everyTable, Station } from '../../test/support/station.js';
import { alarmsOf } from '../../test/support/told.js';
import { UplinkHall } from '../fleet/index.js';
import { SystemClock } from '../platform/clock/index.js';
import { Metrics } from '../platform/http/index.js';
import { AssetService } from './asset.service.js';
import { AssetServer } from './asset-server.js';

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

describeOnBothDatabases('wishes for audio', everyTable, (open) => {
  let station: Station;
  afterEach(() => station.close());

  async function opened(audioBytes: number) {
    const options = { clock: new SystemClock(), wishWindowMs: 0, withBroker: true, brokerPort: await freePort() };
    station = await Station.open(await open(), options);
    await station.settle();
    await station.start(AssetServer);
    const { audioSha256, audio } = await shelve(station, { audioBytes });
    await station.get(AssetService).register(audioSha256, 'audio', 'audio/ogg');
    return { sha256: audioSha256, audio };
  }
  const metric = async (name: string) => {
    const line = (await station.get(Metrics).text()).split('\n').find((each) => each.startsWith(`${name} `));
    return line === undefined ? null : Number(line.slice(name.length + 1));
  };

  it('each kind of nonsense is counted, a flood is not listened to, and none of it is published', async () => {
    const { sha256 } = await opened(100_000);
    const device = await station.enrol('k1');
    await device.client.subscribeAsync(topics.asset(sha256), { qos: 0 });
    const wish = (of: string, missing: string) =>
      device.send('wishes', { v: 1, device: device.id, assets: [{ sha256: of, missing }] });
    await device.send('wishes', 'xin chào');
    await wish('f'.repeat(64), toBitmap([0], 4));
    await wish(sha256, toBitmap([0], 64));
    for (let i = 0; i < TOPIC_RULES['up.wishes'].perMinute; i++) await wish('e'.repeat(64), toBitmap([0], 4));
    // Refused only because of what came before it.
    await wish(sha256, toBitmap([0], 4));
    const counters = [
      'vang_device_messages_refused_total{uplink="wishes",reason="shape"}',
      'vang_device_messages_refused_total{uplink="wishes",reason="rate"}',
      ...['otherLength', 'unknownAsset', 'taken'].map((verdict) => `vang_asset_wishes_total{verdict="${verdict}"}`),
    ];
    const counted = () => Promise.all(counters.map(metric));
    while ((await counted()).reduce<number>((sum, each) => sum + (each ?? 0), 0) < 124) await new Promise(setImmediate);
    expect(await counted()).toEqual([1, 4, 1, 118, null]);
    await station.get(UplinkHall).flush();
    expect(await alarmsOf(station, device)).toEqual({ 'device.flood': 1, 'device.wishesMalformed': 1 });
    expect(station.platform.bus.bytesByLabel().get('audio')).toBeUndefined();
  });

  it('a broker that restarts in the middle delays the transfer, and ends it not', async () => {
    const { sha256, audio } = await opened(2_000_000);
    const device = await station.enrol('k1', { offline: true });
    const wishes = { v: 1, device: device.id, assets: [{ sha256 }] };
    const has = () => new Map(device.heard.map(({ topic, payload }) => [topic, payload]));
    const chunks = Array.from({ length: chunkCount(audio.length) }, (_, index) => topics.chunk(sha256, index));
    await device.connect(station.mqtt, [topics.asset(sha256)]);
    await device.send('wishes', wishes);
    await device.until(() => has().has(topics.chunk(sha256, 0)));
    await station.broker.stop();
    await device.until(() => !device.connected);
    await station.broker.start();
    await station.platform.bus.whenConnected();
    await device.connect(station.mqtt, [topics.asset(sha256)]);
    const lacks = chunks.flatMap((topic, index) => (has().has(topic) ? [] : [index]));
    await device.send('wishes', { ...wishes, assets: [{ sha256, missing: toBitmap(lacks, chunks.length) }] });
    await device.until(() => chunks.every((topic) => has().has(topic)));
    expect(Buffer.concat(chunks.map((topic) => has().get(topic) as Buffer)).equals(audio)).toBe(true);
    expect(await metric('vang_asset_in_flight_bytes')).toBe(0);
  });
});
