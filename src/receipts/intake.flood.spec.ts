import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TOPIC_RULES, topics } from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { alarmsOf, told } from '../../test/support/told.js';
import { UplinkHall } from '../fleet/index.js';
import { Metrics } from '../platform/http/index.js';
import { ReceiptIntake } from './intake.service.js';

const { perMinute, maxBytes } = TOPIC_RULES['up.receipts'];

describeOnBothDatabases('a flood of receipts', everyTable, (open) => {
  let station: Station;
  let intake: ReceiptIntake;
  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    intake = await station.start(ReceiptIntake);
  });
  afterAll(() => station.close());

  const refused = async (reason: string) => {
    const name = `vang_device_messages_refused_total{uplink="receipts",reason="${reason}"}`;
    const line = (await station.get(Metrics).text()).split('\n').find((each) => each.startsWith(name));
    return Number(line?.split(' ').at(-1) ?? 0);
  };
  const enrolled = async (cluster: string) => {
    const device = await station.enrol(cluster);
    await told(station, device, ['p1'], { cluster });
    return device;
  };
  const flushed = () => station.get(UplinkHall).flush();

  it('the 601st batch of a minute is counted and one alarm, however many follow; the neighbour is acknowledged', async () => {
    const [device, neighbour] = [await enrolled('k1'), await enrolled('k2')];
    const batch = device.batch([device.receipt('p1', MONDAY_NINE)]);
    for (let n = 0; n < perMinute; n++) await device.send('receipts', batch);
    await device.until(() => device.on('acks').length === perMinute);
    expect([await refused('rate'), await alarmsOf(station, device)]).toEqual([0, {}]);
    for (let n = 0; n < 3; n++) await device.send('receipts', batch);
    await neighbour.send('receipts', neighbour.batch([neighbour.receipt('p1', MONDAY_NINE)]));
    expect(await neighbour.acked(station.platform.keys, 1)).toMatchObject({ quarantined: [] });
    while ((await refused('rate')) < 3) await new Promise(setImmediate);
    await flushed();
    expect(await alarmsOf(station, device)).toEqual({ 'device.flood': 1 });
    expect(await alarmsOf(station, neighbour)).toEqual({});
    // The next minute is another one.
    station.clock.advance(60_000);
    await device.send('receipts', batch);
    await device.until(() => device.on('acks').length === perMinute + 1);
    station.clock.set(MONDAY_NINE);
  });

  it('one device fills no more of the memory than its share, which is counted and an alarm; the neighbour is acknowledged', async () => {
    station.clock.advance(60_000);
    const [device, neighbour] = [await enrolled('k1'), await enrolled('k2')];
    const garbage = Buffer.alloc(maxBytes, 'x');
    const before = await refused('share');
    // In one turn: the first is on its way to the ledger, sixteen wait.
    for (let n = 0; n < 19; n++) intake.take(topics.up(device.id, 'receipts'), garbage);
    expect((await refused('share')) - before).toBe(2);
    await neighbour.send('receipts', neighbour.batch([neighbour.receipt('p1', MONDAY_NINE)]));
    expect(await neighbour.acked(station.platform.keys, 1)).toMatchObject({ quarantined: [] });
    // Where the two have lanes of their own, the neighbour need not wait for all of it.
    while (((await alarmsOf(station, device))['receipt.malformed'] ?? 0) < 17) await new Promise(setImmediate);
    await flushed();
    expect(await alarmsOf(station, device)).toEqual({ 'device.flood': 1, 'receipt.malformed': 17 });
    // What has been written has made room again.
    await device.send('receipts', device.batch([device.receipt('p1', MONDAY_NINE)]));
    expect(await device.acked(station.platform.keys, 1)).toMatchObject({ quarantined: [] });
  });

  it('what comes on a topic of another shard is counted, and is nobody’s', async () => {
    const device = await enrolled('k1');
    const right = topics.up(device.id, 'receipts');
    const wrong = right.replace(/shards\/\d+/, (shard) => (shard === 'shards/0' ? 'shards/1' : 'shards/0'));
    const before = await refused('topic');
    intake.take(wrong, Buffer.from(JSON.stringify(device.batch([device.receipt('p1', MONDAY_NINE)]))));
    await flushed();
    expect([(await refused('topic')) - before, await alarmsOf(station, device)]).toEqual([1, {}]);
  });
});
