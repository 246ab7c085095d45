import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { command as commandSchema, topics } from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { alarmsOf, told } from '../../test/support/told.js';
import { CommandSender } from '../dispatch/index.js';
import { Controller, ControllerState } from '../fleet/index.js';
import type { Database } from '../platform/database/index.js';
import { GapClock } from './gap.clock.js';
import { gapsUnder } from './gap.queries.js';
import { ReceiptIntake } from './intake.service.js';
import { QuarantinedReceipt, ReceiptGap, ReceiptRow } from './receipt.entity.js';
import { TailClock } from './tail.clock.js';

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
  const is = ({ id }: PoleDevice, changes: Pick<Controller, 'online'> & Partial<Pick<Controller, 'capabilities'>>) =>
    database.write(({ manager }) => manager.update(Controller, { id }, changes));
  /** Orders that are given together come in any order. */
  const asked = (device: PoleDevice) =>
    device
      .on('commands')
      .map((payload) => commandSchema.parse(openSigned(payload.toString(), 'vang-command', station.platform.keys)))
      .sort((a, b) => a.id.localeCompare(b.id))
      .map(({ body }) => body);
  const later = async (clock: GapClock | TailClock, minutes: number) => {
    station.clock.advance(minutes * 60_000);
    return clock.tick();
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

  it('is asked for after a while, ever less often, of who is there and keeps an archive; what comes closes it', async () => {
    const device = await station.enrol('k1');
    const [one, two, three] = (await lifeOf(device)) as [Batch, Batch, Batch];
    await deliver(device, one, three);
    await device.client.subscribeAsync(topics.down(device.id, 'commands'));
    const clock = station.get(GapClock);
    await station.start(CommandSender);
    expect(await later(clock, 11)).toBe(0);
    await is(device, { online: false, capabilities: ['archive'] });
    expect(await clock.tick()).toBe(0);
    await is(device, { online: true });
    expect([await clock.tick(), await clock.tick(), await later(clock, 39)]).toEqual([1, 0, 0]);
    expect([await later(clock, 1), await later(clock, 60)]).toEqual([1, 0]);
    await device.until(() => asked(device).length === 2);
    expect(asked(device)[0]).toEqual(asked(device)[1]);
    expect(asked(device)[0]).toEqual({ kind: 'resendReceipts', boot: 1, first: 2, last: 2 });
    expect(await later(clock, 24 * 60)).toBe(1);
    await deliver(device, two);
    expect(await gapsOf(device)).toEqual([]);
    expect(await later(clock, 25 * 60)).toBe(0);
  });

  it('the rest of an answer that was cut off is asked for soon', async () => {
    const device = await station.enrol('k1');
    const [one, two, , , , six] = (await lifeOf(device)) as [Batch, Batch, Batch, Batch, Batch, Batch];
    await deliver(device, one, six);
    await device.client.subscribeAsync(topics.down(device.id, 'commands'));
    await is(device, { online: true, capabilities: ['archive'] });
    const clock = station.get(GapClock);
    expect([await later(clock, 11), await later(clock, 41), await later(clock, 60)]).toEqual([1, 1, 0]);
    await deliver(device, two);
    expect([await later(clock, 9), await later(clock, 2), await later(clock, 30)]).toEqual([0, 1, 0]);
    await device.until(() => asked(device).length === 3);
    expect(asked(device)[2]).toEqual({ kind: 'resendReceipts', boot: 1, first: 3, last: 5 });
    await is(device, { online: false });
  });

  it('boots of which nothing came are asked for with those next to them', async () => {
    const device = await station.enrol('k1');
    const [one] = (await lifeOf(device)) as [Batch];
    await deliver(device, one);
    device.boot = 3;
    device.seq = 0;
    await deliver(device, device.batch([device.receipt('p2', MONDAY_NINE + 60_000)]));
    await device.client.subscribeAsync(topics.down(device.id, 'commands'));
    await is(device, { online: true, capabilities: ['archive'] });
    expect(await later(station.get(GapClock), 11)).toBe(1);
    await device.until(() => asked(device).length === 2);
    expect(asked(device)).toEqual([
      { kind: 'resendReceipts', boot: 1, first: 2, last: 201 },
      { kind: 'resendReceipts', boot: 2, first: 1, last: 200 },
    ]);
    await is(device, { online: false });
  });

  describe('at its end, where nothing newer shows it (a restored backup)', () => {
    const wroteUpTo = (device: PoleDevice, boot: number, seq: number) =>
      database.write(({ manager }) =>
        manager.save(ControllerState, {
          ...{
            controllerId: device.id,
            faults: {},
            waitingReceipts: 0,
            state: 'online',
            because: 'itsWord',
            sinceMs: 0,
          },
          ...{ lastReceiptBoot: boot, lastReceiptSeq: seq },
        }),
      );
    const present = async () => {
      const device = await station.enrol('k1');
      await device.client.subscribeAsync(topics.down(device.id, 'commands'));
      await is(device, { online: true, capabilities: ['archive'] });
      return device;
    };

    it('is noticed by what the device says it wrote, and asked for when it does not come', async () => {
      const device = await present();
      const [one, two, three] = (await lifeOf(device)) as [Batch, Batch, Batch];
      await deliver(device, one);
      await wroteUpTo(device, 1, 3);
      const clock = station.get(TailClock);
      expect([await clock.tick(), await later(clock, 9)]).toEqual([1, 0]);
      expect([await later(clock, 2), await clock.tick(), await later(clock, 39)]).toEqual([1, 0, 0]);
      await device.until(() => asked(device).length > 0);
      expect(asked(device)).toEqual([{ kind: 'resendReceipts', boot: 1, first: 2, last: 3 }]);
      await deliver(device, two);
      expect([await clock.tick(), await later(clock, 11)]).toEqual([1, 1]);
      await deliver(device, three);
      expect(await later(clock, 25 * 60)).toBe(0);
      await is(device, { online: false });
    });

    it('is asked for from the first receipt on when nothing is left, in every boot', async () => {
      const device = await present();
      await wroteUpTo(device, 2, 4);
      const clock = station.get(TailClock);
      expect([await clock.tick(), await later(clock, 11)]).toEqual([1, 1]);
      await device.until(() => asked(device).length === 2);
      expect(asked(device)).toEqual([
        { kind: 'resendReceipts', boot: 1, first: 1, last: 200 },
        { kind: 'resendReceipts', boot: 2, first: 1, last: 4 },
      ]);
      await is(device, { online: false });
      expect(await later(clock, 25 * 60)).toBe(0);
    });
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
