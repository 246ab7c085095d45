import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { command as commandSchema, topics } from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { alarmsOf, told } from '../../test/support/told.js';
import { CommandSender } from '../dispatch/index.js';
import { Controller } from '../fleet/index.js';
import type { Database } from '../platform/database/index.js';
import { GapClock } from './gap.clock.js';
import { gapsUnder } from './gap.queries.js';
import { ReceiptIntake } from './intake.service.js';
import { QuarantinedReceipt, ReceiptGap, ReceiptRow } from './receipt.entity.js';

type Batch = ReturnType<PoleDevice['batch']>;
const PLAYS = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];

describeOnBothDatabases('what is missing in a chain', everyTable, (open) => {
  let database: Database;
  let station: Station;
  beforeAll(async () => {
    database = await open();
    station = await Station.open(database, { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
  });
  afterAll(() => station.close());

  /** One batch for each play, in the order of its life. */
  const lifeOf = async (device: PoleDevice) => {
    await told(station, device, PLAYS);
    return PLAYS.map((play, index) => device.batch([device.receipt(play, MONDAY_NINE + index * 60_000)]));
  };
  const deliver = async (device: PoleDevice, ...batches: readonly Batch[]) => {
    for (const batch of batches) {
      const before = device.acks(station.platform.keys).length;
      await device.send('receipts', batch);
      await device.until(() => device.acks(station.platform.keys).length > before);
    }
  };
  const gapsOf = async ({ id }: PoleDevice) => {
    const gaps = await database.read((reader) =>
      reader.find(ReceiptGap, { where: { controllerId: id }, order: { afterBoot: 'ASC', afterSeq: 'ASC' } }),
    );
    return gaps.map(({ afterSeq, beforeSeq }) => [afterSeq, beforeSeq]);
  };
  const rowsOf = ({ id }: PoleDevice) => database.read((reader) => reader.countBy(ReceiptRow, { controllerId: id }));

  it('is known by its neighbours until the backfill has closed it, in whatever pieces that comes', async () => {
    const device = await station.enrol('k1');
    const [one, two, three, four, five, six] = (await lifeOf(device)) as [Batch, Batch, Batch, Batch, Batch, Batch];
    await deliver(device, one, six);
    expect(await gapsOf(device)).toEqual([[1, 6]]);
    await deliver(device, three);
    expect(await gapsOf(device)).toEqual([
      [1, 3],
      [3, 6],
    ]);
    await deliver(device, five, two);
    expect(await gapsOf(device)).toEqual([[3, 5]]);
    await deliver(device, four);
    expect(await gapsOf(device)).toEqual([]);
    expect(await rowsOf(device)).toBe(6);
  });

  it('is known from the beginning of a life on', async () => {
    const device = await station.enrol('k1');
    const [one, two] = (await lifeOf(device)) as [Batch, Batch];
    await deliver(device, two);
    expect(await gapsOf(device)).toEqual([[0, 2]]);
    await deliver(device, one);
    expect(await gapsOf(device)).toEqual([]);
  });

  it('a history that was written twice is kept apart and told, with the right signature too', async () => {
    const device = await station.enrol('k1');
    await told(station, device, PLAYS);
    await deliver(device, device.batch([device.receipt('p1', MONDAY_NINE)]));
    const linkAfterOne = device.link;
    await deliver(device, device.batch([device.receipt('p2', MONDAY_NINE + 60_000)]));
    // As if the second had never been: the third continues the first.
    device.link = linkAfterOne;
    await deliver(device, device.batch([device.receipt('p3', MONDAY_NINE + 120_000)]));
    expect(await rowsOf(device)).toBe(2);
    const kept = await database.read((reader) => reader.findBy(QuarantinedReceipt, { controllerId: device.id }));
    expect(kept.map(({ reason }) => reason)).toEqual(['receipt.wrongChain']);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.wrongChain': 1 });
  });

  it('is asked for after a while, once a day, of who is there and keeps an archive; what comes closes it', async () => {
    const device = await station.enrol('k1');
    const [one, two, three] = (await lifeOf(device)) as [Batch, Batch, Batch];
    await deliver(device, one, three);
    await device.client.subscribeAsync(topics.down(device.id, 'commands'));
    const clock = station.get(GapClock);
    await station.start(CommandSender);
    const later = async (minutes: number) => {
      station.clock.advance(minutes * 60_000);
      return clock.tick();
    };
    const is = (changes: Pick<Controller, 'online'> & Partial<Pick<Controller, 'capabilities'>>) =>
      database.write(({ manager }) => manager.update(Controller, { id: device.id }, changes));
    expect(await later(11)).toBe(0);
    await is({ online: false, capabilities: ['archive'] });
    expect(await clock.tick()).toBe(0);
    await is({ online: true });
    expect([await clock.tick(), await clock.tick(), await later(60)]).toEqual([1, 0, 0]);
    const asked = await device.until(() => device.on('commands')[0]);
    const { body } = commandSchema.parse(openSigned(asked.toString(), 'vang-command', station.platform.keys));
    expect(body).toEqual({ kind: 'resendReceipts', boot: 1, first: 2, last: 2 });
    expect(await later(24 * 60)).toBe(1);
    await deliver(device, two);
    expect(await gapsOf(device)).toEqual([]);
    expect(await later(25 * 60)).toBe(0);
  });

  it('is seen by whoever may see the area of the device, and by nobody else', async () => {
    const device = await station.enrol('k1');
    const [, two] = (await lifeOf(device)) as [Batch, Batch];
    await deliver(device, two);
    const { id: clusterId, areaPath } = await station.cluster('k1');
    const seenFrom = async (...scopes: readonly string[]) => {
      const gaps = await database.read((reader) => gapsUnder(reader, scopes, 100));
      return gaps.filter(({ controllerId }) => controllerId === device.id);
    };
    expect(await seenFrom(areaPath)).toMatchObject([{ clusterId, afterBoot: 0, beforeBoot: 1, beforeSeq: 2 }]);
    expect(await seenFrom('/')).toHaveLength(1);
    expect([await seenFrom(), await seenFrom(`${areaPath}x/`)]).toEqual([[], []]);
  });
});
