import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse } from '../../../test/support/fleet-house.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import type { ControllerDetail } from '../controllers/controller.api.js';
import { startOfDay } from '../engine/local-days.js';
import type { TelemetryTrend } from './telemetry.api.js';
import { TelemetryDay, TelemetryRolled, TelemetryRow } from './telemetry.entity.js';
import { TelemetryIntake } from './telemetry.intake.js';
import { TelemetryRollup } from './telemetry.rollup.js';

const DAY = 86_400_000;
const FIVE = 300_000;
const SIM = { carrier: 'Viettel', number: '0981234567', iccid: '', expiresOn: '2026-12-31', quotaBytes: 10_000 };

describeOnBothDatabases('telemetry', everyTable, (open) => {
  let house: FleetHouse;
  let intake: TelemetryIntake;
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
    intake = await house.station.start(TelemetryIntake);
    await house.listen('telemetry');
  });
  afterAll(() => house.close());
  afterEach(() => house.station.clock.set(MONDAY_NINE));

  const db = () => house.station.database;
  const words = (device: { readonly id: string }, changes: object = {}) => ({
    v: 1,
    device: device.id,
    boot: 1,
    atMs: null,
    uptimeS: 300,
    ...changes,
  });
  const say = async (device: PoleDevice, changes: object = {}) => {
    await house.say(device, 'telemetry', words(device, changes));
    house.station.clock.advance(FIVE);
  };
  const written = () => house.written(intake);
  const trend = async (device: PoleDevice, by: 'messages' | 'days') =>
    (await house.as('tho', 'GET', `/api/controllers/${device.id}/telemetry?by=${by}&fromMs=0&untilMs=99999999999999`))
      .body as unknown as TelemetryTrend;
  const rows = (device: { readonly id: string }) =>
    db().read((reader) => reader.countBy(TelemetryRow, { controllerId: device.id }));

  it('what a device measures becomes its trend; what it does not is nothing', async () => {
    const device = await house.station.enrol('k1');
    await say(device, { temperatureC: 41.5, signalDbm: -97, supply: 'mains', volumePercent: 60, amplifier: true });
    await say(device, { uptimeS: 600 });
    await written();
    const { messages } = await trend(device, 'messages');
    expect(messages).toMatchObject([
      { atMs: MONDAY_NINE, temperatureC: 41.5, signalDbm: -97, supply: 'mains', volumePercent: 60, amplifier: true },
      { atMs: MONDAY_NINE + FIVE, temperatureC: null, supply: null, amplifier: null },
    ]);
  });

  it('bytes of the SIM are summed over boots, per local month', async () => {
    const device = await house.station.enrol('k1');
    await house.as('tho', 'PUT', `/api/controllers/${device.id}/sim`, { ...SIM, quotaBytes: null });
    house.station.clock.set(Date.parse('2026-01-31T23:55:00+07:00'));
    await say(device, { bytesUp: 100, bytesDown: 1_000 });
    await say(device, { uptimeS: 600, bytesUp: 150, bytesDown: 1_500 });
    await written();
    await say(device, { boot: 2, uptimeS: 60, bytesUp: 10, bytesDown: 20 });
    await say(device, { boot: 1, uptimeS: 900, bytesUp: 9_999, bytesDown: 9_999 });
    await say(device, { boot: 2, uptimeS: 360 });
    await say(device, { boot: 2, uptimeS: 660, bytesUp: 30, bytesDown: 20 });
    await written();
    const { body } = await house.as('tho', 'GET', `/api/controllers/${device.id}`);
    expect((body as unknown as ControllerDetail).sim).toMatchObject({
      usedBytes: 30 + 20 + 50 + 500,
      months: [
        { month: '2026-02', bytesUp: 50 + 30, bytesDown: 500 + 20 },
        { month: '2026-01', bytesUp: 100, bytesDown: 1_000 },
      ],
    });
    expect((await trend(device, 'messages')).messages.map(({ bytesUp }) => bytesUp)).toEqual([100, 50, 10, 0, 20]);
  });

  it('the same boot that is suddenly younger is a clone: counted nowhere, alarmed', async () => {
    const device = await house.station.enrol('k1');
    await say(device, { boot: 4, uptimeS: 9_000 });
    await say(device, { boot: 4, uptimeS: 300 });
    await written();
    expect(await rows(device)).toBe(1);
    expect(await alarmsOf(house.station, device)).toEqual({ 'device.cloned': 1 });
  });

  describe('what is not as the contract says concerns its sender alone', () => {
    it.each<[string, (id: string) => unknown, code?: string]>([
      ['nothing', () => ''],
      ['no JSON', () => '{'],
      ['missing fields', (device) => ({ v: 1, device })],
      ['a text where a number belongs', (device) => words({ id: device }, { temperatureC: 'hot' })],
      ['a figure that no sensor gives', (device) => words({ id: device }, { signalDbm: 40 })],
      ['a number that is none', (device) => JSON.stringify(words({ id: device })).replace('300', '1e999')],
      ['more than its topic allows', (device) => words({ id: device }, { more: 'x'.repeat(1_100) })],
      ['a list', () => []],
      ['in the name of another', () => words({ id: 'another' }), 'device.foreignName'],
    ])('%s', async (_what, messageOf, code = 'device.telemetryMalformed') => {
      const [device, other] = [await house.station.enrol('k1'), await house.station.enrol('k2')];
      await house.say(device, 'telemetry', messageOf(device.id));
      await say(other);
      await written();
      expect([await rows(device), await rows(other)]).toEqual([0, 1]);
      expect(await alarmsOf(house.station, device)).toEqual({ [code]: 1 });
      expect(await alarmsOf(house.station, other)).toEqual({});
    });

    it('a flood is heard up to the limit, and is one alarm', async () => {
      const device = await house.station.enrol('k1');
      for (let n = 0; n < 15; n++) await house.say(device, 'telemetry', words(device));
      await written();
      expect(await rows(device)).toBe(10);
      expect(await alarmsOf(house.station, device)).toEqual({ 'device.flood': 1 });
    });

    it('of a replaced box and of somebody unknown nothing is kept', async () => {
      const old = await house.station.enrol('k1');
      await house.say(old, 'telemetry', words(old));
      await house.station.enrol('k1');
      const topic = topics.up('nobody', 'telemetry');
      const there = house.arrivalOf(topic);
      await house.station.platform.bus.publish(topic, JSON.stringify(words({ id: 'nobody' })));
      await there;
      await written();
      expect([await rows(old), await rows({ id: 'nobody' })]).toEqual([0, 0]);
    });
  });

  describe('days', () => {
    const rollup = () => house.station.get(TelemetryRollup);
    const stored = async (device: PoleDevice, day: string, count: number) => {
      const from = startOfDay(day);
      const messages = Array.from({ length: count }, (_, n) => ({
        controllerId: device.id,
        atMs: from + n * FIVE,
        boot: 1,
        uptimeS: n * 300,
        bytesUp: 1,
        bytesDown: 2,
        signalDbm: null,
        temperatureC: 20 + (n % 3),
        supplyVolts: null,
        supply: null,
        freeBytes: null,
        memoryBytes: null,
        clockErrorMs: null,
        volumePercent: null,
        amplifier: null,
      }));
      await db().write((tx) => tx.manager.insert(TelemetryRow, messages));
    };

    it('days that are over are rolled up, once or twice to the same; old messages go, and that is written down', async () => {
      const device = await house.station.enrol('k2');
      await stored(device, '2026-01-02', 288);
      // At the very midnight with which a day begins.
      await stored(device, '2026-01-03', 1);
      await stored(device, '2026-01-04', 144);
      await stored(device, '2026-01-05', 12);
      await rollup().tidy();
      const { days } = await trend(device, 'days');
      expect(days).toEqual([
        {
          day: '2026-01-02',
          messages: 288,
          uptimeShare: 1,
          bytesUp: 288,
          bytesDown: 576,
          figures: { temperatureC: { min: 20, avg: 21, max: 22 } },
        },
        expect.objectContaining({ day: '2026-01-03', messages: 1 }),
        expect.objectContaining({ day: '2026-01-04', messages: 144, uptimeShare: 0.5 }),
      ]);
      await rollup().rollDay('2026-01-02');
      expect((await trend(device, 'days')).days).toEqual(days);
      house.station.clock.set(startOfDay('2026-01-03') + 90 * DAY);
      expect(await rollup().tidy()).toBe(288);
      expect((await house.audited('telemetry.purged')).map(({ subject, detail }) => [subject, detail])).toEqual([
        ['2026-01-03', { messages: 288, events: 0 }],
      ]);
      expect(await rows(device)).toBe(157);
      expect((await trend(device, 'days')).days.slice(0, 3)).toEqual(days);
      const marks = await db().read((reader) => reader.find(TelemetryRolled, { order: { day: 'ASC' } }));
      expect([marks[0]?.day, marks.at(-1)?.day]).toEqual(['2026-01-02', '2026-04-02']);
      expect(await rollup().tidy()).toBe(0);
      expect(await house.audited('telemetry.purged')).toHaveLength(1);
    });

    it('a service that was off rolls up what it missed, and no day twice', async () => {
      const device = await house.station.enrol('k9');
      house.station.clock.set(startOfDay('2026-06-10') + 1);
      await rollup().catchUp();
      await stored(device, '2026-06-11', 10);
      await stored(device, '2026-06-13', 20);
      house.station.clock.set(startOfDay('2026-06-14') + 1);
      await rollup().catchUp();
      const days = await db().read((reader) => reader.findBy(TelemetryDay, { controllerId: device.id }));
      expect(days.map(({ day, messages }) => [day, messages]).sort()).toEqual([
        ['2026-06-11', 10],
        ['2026-06-13', 20],
      ]);
    });
  });
});
