import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { testKey } from '../../devices/player/testing/keys.js';
import { CATALOGUE, signBatch, TOPIC_RULES, topics, UPLINKS, type Uplink } from '../../devices/protocol/index.js';
import { AssetServer } from '../../src/dispatch/asset-server.js';
import { CommandStatusIntake } from '../../src/dispatch/commands/status-intake.js';
import { TimeService } from '../../src/dispatch/time.service.js';
import { UpdateStatusIntake } from '../../src/dispatch/updates/status-intake.js';
import { Controller } from '../../src/fleet/index.js';
import { DeviceEventRow } from '../../src/fleet/state/state.entity.js';
import { TelemetryRow } from '../../src/fleet/telemetry/telemetry.entity.js';
import { TelemetryIntake } from '../../src/fleet/telemetry/telemetry.intake.js';
import { Metrics } from '../../src/platform/http/index.js';
import { problemRegistry } from '../../src/platform/i18n/index.js';
import { ReceiptIntake } from '../../src/receipts/intake.service.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { FleetHouse } from '../support/fleet-house.js';
import type { PoleDevice } from '../support/pole-device.js';
import { everyTable } from '../support/station.js';
import { alarmsOf, told } from '../support/told.js';
import { contentOf } from './vectors.js';

type Content = Record<string, unknown>;
const NO_JSON = ['', '{', 'null', '[]', '"text"', Buffer.from([0xff, 0xfe, 0x00])];
/** Of another type than the field has. */
const otherType = (value: unknown): unknown => {
  if (typeof value === 'string') return 7;
  return typeof value === 'object' && value !== null ? 'text' : { of: 'another type' };
};

describeOnBothDatabases(
  'every message that a device can send, as it may not be',
  { ...everyTable, postgres: 'longRun' },
  (open) => {
    let house: FleetHouse;
    let device: PoleDevice;
    let neighbour: PoleDevice;
    /** From here on both play: what is told of earlier is not believed. */
    let enrolledMs: number;
    beforeAll(async () => {
      house = await FleetHouse.open(await open(), { withBroker: true });
      const { station } = house;
      await station.start(TelemetryIntake);
      await station.start(TimeService);
      await station.start(AssetServer);
      await station.start(CommandStatusIntake);
      await station.start(UpdateStatusIntake);
      await station.start(ReceiptIntake);
      await house.listen(...UPLINKS);
    });
    afterAll(() => house.close());
    beforeEach(async () => {
      [device, neighbour] = [await house.station.enrol('k1'), await house.station.enrol('k2')];
      enrolledMs = house.station.clock.nowMs();
      await told(house.station, device, ['p1'], { startMs: enrolledMs });
      await told(house.station, neighbour, ['p1'], { cluster: 'k2', startMs: enrolledMs });
    });

    const get: typeof house.station.get = (room) => house.station.get(room);
    const figure = async (name: string) => {
      const line = (await get(Metrics).text()).split('\n').find((each) => each.startsWith(`${name} `));
      return Number(line?.slice(name.length) ?? 0);
    };
    const refused = (uplink: Uplink, reason: string) =>
      figure(`vang_device_messages_refused_total{uplink="${uplink}",reason="${reason}"}`);
    const written = async () => {
      await get(TelemetryIntake).stop();
      await get(TelemetryIntake).start();
      await get(CommandStatusIntake).flush();
      await get(UpdateStatusIntake).flush();
      await house.written();
    };
    const read: typeof house.station.database.read = (work) => house.station.database.read(work);
    const until = async (look: () => Promise<boolean>) => {
      while (!(await look())) await new Promise(setImmediate);
    };

    /** The contract's own example, by this device. */
    const example = (uplink: Uplink, by: PoleDevice): Content => {
      if (uplink !== 'receipts') return { ...(contentOf(`up.${uplink}`) as Content), device: by.id };
      return { ...by.batch([by.receipt('p1', enrolledMs)]) };
    };
    /** What shows that a message of this kind was taken. */
    const TAKEN: Record<Uplink, (by: PoleDevice) => Promise<boolean>> = {
      receipts: async (by) => by.acks(house.station.platform.keys).some(({ quarantined }) => quarantined.length === 0),
      wishes: async () => (await figure('vang_asset_wishes_total{verdict="unknownAsset"}')) > wishesBefore,
      time: async (by) => by.on('time').length > 0,
      state: async ({ id }) => (await read((reader) => reader.findOneByOrFail(Controller, { id }))).online,
      plan: async ({ id }) => (await read((reader) => reader.findOneByOrFail(Controller, { id }))).syncedVersion > 0,
      reports: async (by) => 'device.planRejected' in (await alarmsOf(house.station, by)),
      // Of an order that nobody gave: that it was read is what matters here.
      commands: async (by) => 'device.commandForeign' in (await alarmsOf(house.station, by)),
      update: async (by) => 'device.updateForeign' in (await alarmsOf(house.station, by)),
      telemetry: async ({ id }) => read((reader) => reader.existsBy(TelemetryRow, { controllerId: id })),
      events: async ({ id }) => read((reader) => reader.existsBy(DeviceEventRow, { controllerId: id })),
    };
    let wishesBefore = 0;
    const countWishes = async () => {
      wishesBefore = await figure('vang_asset_wishes_total{verdict="unknownAsset"}');
    };
    const isTaken = async (uplink: Uplink, by: PoleDevice, message: Content) => {
      await countWishes();
      await house.say(by, uplink, message);
      await written();
      await until(() => TAKEN[uplink](by));
    };

    /** Each in a minute of its own, so that none is too much. */
    const sayAll = async (uplink: Uplink, messages: readonly unknown[]) => {
      for (const message of messages) {
        house.station.clock.advance(60_000);
        await house.say(device, uplink, message);
      }
    };
    /** All were refused for this reason, one alarm counts them, and the neighbour is heard as before. */
    const expectRefused = async (
      uplink: Uplink,
      messages: readonly unknown[],
      { reason, code }: { readonly reason: string; readonly code: string },
    ) => {
      const before = await refused(uplink, reason);
      await sayAll(uplink, messages);
      expect(messages.length).toBeGreaterThan(0);
      expect(await alarmsOf(house.station, neighbour)).toEqual({});
      await isTaken(uplink, neighbour, example(uplink, neighbour));
      // Receipts that cannot be believed are kept: their count is the alarm's.
      if (uplink !== 'receipts') expect((await refused(uplink, reason)) - before).toBe(messages.length);
      // On PostgreSQL the neighbour has a lane of its own, and is not behind them.
      const counted = async () => (await alarmsOf(house.station, device))[code] ?? 0;
      while ((await counted()) < messages.length) await new Promise(setImmediate);
      expect(await alarmsOf(house.station, device)).toEqual({ [code]: messages.length });
      expect(problemRegistry.get(code)).toMatchObject({ vi: /./, en: /./ });
    };
    const malformed = (uplink: Uplink) => (uplink === 'receipts' ? 'receipt.malformed' : `device.${uplink}Malformed`);
    const fieldsOf = (uplink: Uplink) => Object.keys(example(uplink, device));
    const isRead = (uplink: Uplink, message: Content) => CATALOGUE[`up.${uplink}`].schema?.safeParse(message).success;

    it.each(UPLINKS)('%s: as the contract says it is taken, and so with fields beyond the contract', async (uplink) => {
      await isTaken(uplink, device, { ...example(uplink, device), beyond: { the: ['contract'] } });
    });

    it.each(UPLINKS)('%s: each field that must be there, missing', async (uplink) => {
      const whole = example(uplink, device);
      const messages = fieldsOf(uplink)
        .map((field) => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== field)))
        .filter((message) => !isRead(uplink, message));
      expect(messages.length).toBeGreaterThanOrEqual(3);
      await expectRefused(uplink, messages, { reason: 'shape', code: malformed(uplink) });
    });

    it.each(UPLINKS)('%s: each field of another type, and what is no message at all', async (uplink) => {
      const whole = example(uplink, device);
      const messages = fieldsOf(uplink).map((field) => ({ ...whole, [field]: otherType(whole[field]) }));
      await expectRefused(uplink, [...messages, ...NO_JSON], { reason: 'shape', code: malformed(uplink) });
    });

    it.each(UPLINKS)('%s: larger than the contract allows', async (uplink) => {
      const padding = 'x'.repeat(TOPIC_RULES[`up.${uplink}`].maxBytes);
      await expectRefused(uplink, [{ ...example(uplink, device), padding }], {
        reason: 'size',
        code: malformed(uplink),
      });
    });

    it.each(UPLINKS)('case 16: %s: in the name of a neighbour', async (uplink) => {
      const code = uplink === 'receipts' ? 'receipt.foreignDevice' : 'device.foreignName';
      await expectRefused(uplink, [{ ...example(uplink, device), device: neighbour.id }], { reason: 'device', code });
    });

    it.each(UPLINKS)('case 16: %s: on the topic of a neighbour ends the session', async (uplink) => {
      await countWishes();
      device.client.publish(topics.up(neighbour.id, uplink), JSON.stringify(example(uplink, neighbour)), { qos: 1 });
      await device.until(() => !device.connected);
      await written();
      expect(await TAKEN[uplink](neighbour)).toBe(false);
      expect(await alarmsOf(house.station, device)).toEqual({ 'device.topicForbidden': 1 });
      expect(await alarmsOf(house.station, neighbour)).toEqual({});
    });

    it.each(UPLINKS)('%s: more in a minute than the contract allows', async (uplink) => {
      const message = JSON.stringify(example(uplink, device));
      const { perMinute } = TOPIC_RULES[`up.${uplink}`];
      const before = await refused(uplink, 'rate');
      house.station.clock.advance(60_000);
      for (let n = 0; n < perMinute + 2; n++) await device.send(uplink, message);
      await until(async () => (await refused(uplink, 'rate')) - before === 2);
      await isTaken(uplink, neighbour, example(uplink, neighbour));
      expect(await alarmsOf(house.station, device)).toMatchObject({ 'device.flood': 1 });
      expect(await alarmsOf(house.station, neighbour)).not.toHaveProperty(['device.flood']);
    });

    it('receipts: signed by another key', async () => {
      const batch = signBatch(device.batch([device.receipt('p1', enrolledMs)]), testKey('a stranger'));
      await expectRefused('receipts', [batch], { reason: '', code: 'receipt.wrongSignature' });
    });
  },
);
