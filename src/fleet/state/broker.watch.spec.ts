import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connectAsync, type IClientOptions } from 'mqtt';
import { topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse, stateOf } from '../../../test/support/fleet-house.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import { VIOLATION_KINDS, type ViolationKind } from '../../platform/broker/index.js';
import { problemRegistry } from '../../platform/i18n/index.js';
import { VIOLATION_ALARMS } from '../alarms/violations.js';
import { Alarm } from '../fleet.entity.js';

describeOnBothDatabases('what the embedded broker has to say against a device', everyTable, (open) => {
  let house: FleetHouse;
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
    await house.listen('state');
  });
  afterAll(() => house.close());

  const detailsOf = async ({ id }: PoleDevice) =>
    (await house.station.database.read((reader) => reader.findBy(Alarm, { controllerId: id }))).map(
      ({ detail }) => detail,
    );
  const logIn = ({ id, token }: PoleDevice, changes: IClientOptions) =>
    connectAsync(
      house.station.mqtt,
      { protocolVersion: 4, clientId: id, username: id, password: token, reconnectPeriod: 0, ...changes },
      false,
    ).catch(() => undefined);

  /** How a device does it, and what a person reads of it. */
  const OFFENCES: Record<ViolationKind, [(device: PoleDevice, other: PoleDevice) => unknown, RegExp]> = {
    publish: [({ client }, other) => client.publish(topics.up(other.id, 'receipts'), 'x'), /^publish on .*receipts$/],
    retain: [({ client, id }) => client.publish(topics.up(id, 'receipts'), 'x', { retain: true }), /^retained message/],
    subscribe: [
      ({ client }) => client.subscribe('vang/v1/devices/+/plan'),
      /^subscribe to vang\/v1\/devices\/\+\/plan$/,
    ],
    filters: [
      ({ client, id }) => client.subscribe(Array.from({ length: 197 }, (_, n) => `vang/v1/devices/${id}/${n}`)),
      /^one filter too many: .*\/196$/,
    ],
    will: [
      (device, other) =>
        logIn(device, {
          will: { topic: topics.up(other.id, 'state'), payload: Buffer.from('x'), qos: 0, retain: false },
        }),
      /^last will on .*state$/,
    ],
    size: [({ client, id }) => client.publish(topics.up(id, 'receipts'), Buffer.alloc(300 * 1024)), /over the limit/],
    flood: [
      ({ client, id }) => {
        for (let n = 0; n < 12_000; n++) client.publish(topics.up(id, 'time'), '{}');
      },
      /more packets in a minute/,
    ],
    clientId: [(device, other) => logIn(device, { clientId: other.id }), /^client id /],
  };

  it.each(VIOLATION_KINDS)('case 16: %s is an alarm of its own, with words, about the offender alone', async (kind) => {
    const [device, other] = [await house.station.enrol('k1'), await house.station.enrol('k2')];
    const [offend, words] = OFFENCES[kind];
    const said = once(house.station.broker, 'violation');
    offend(device, other);
    expect(await said).toMatchObject([{ username: device.id, kind }]);
    await house.say(other, 'state', stateOf(other));
    await house.written();
    expect(await alarmsOf(house.station, device)).toEqual({ [VIOLATION_ALARMS[kind]]: 1 });
    expect(await detailsOf(device)).toEqual([expect.stringMatching(words)]);
    expect(await alarmsOf(house.station, other)).toEqual({});
    expect(problemRegistry.get(VIOLATION_ALARMS[kind])).toMatchObject({ vi: /./, en: /./ });
  });

  it('no two kinds are the same alarm', () => {
    expect(new Set(Object.values(VIOLATION_ALARMS)).size).toBe(VIOLATION_KINDS.length);
  });

  it('a device that does not read what it asked for is cut off, and that is an alarm', async () => {
    const device = await house.station.enrol('k1');
    const { broker, platform } = house.station;
    const cut = once(broker, 'overrun');
    device.client.stream.unpipe();
    device.client.stream.pause();
    const topic = topics.down(device.id, 'plan');
    for (; (await broker.stats()).overruns === 0; )
      await platform.bus.publish(topic, Buffer.alloc(256 * 1024), { qos: 1 });
    await cut;
    await house.written();
    expect(await alarmsOf(house.station, device)).toEqual({ 'device.notReading': 1 });
    expect(await detailsOf(device)).toEqual([expect.stringMatching(/^too much waited for it \(\d+ bytes unsent\)$/)]);
    expect(problemRegistry.has('device.notReading')).toBe(true);
  });

  it('wrong passwords in the name of a device are pardoned a few times, then an alarm; invented names never are', async () => {
    const device = await house.station.enrol('k1');
    const knock = async (username: string, times: number) => {
      for (let n = 0; n < times; n++) await logIn(device, { username, clientId: username, password: 'x' });
    };
    const told = async (logins: number) => {
      for (let sum = 0; sum < logins; ) {
        const [wrong] = (await once(house.station.broker, 'wrongPassword')) as [{ username: string; logins: number }];
        expect(wrong.username).toBe(device.id);
        sum += wrong.logins;
      }
    };
    const refusedLogins = async () => (await house.station.broker.stats()).refusedLogins;
    const before = await refusedLogins();
    const first = told(4);
    await knock(device.id, 4);
    await first;
    await house.written();
    expect(await alarmsOf(house.station, device)).toEqual({});
    const more = told(3);
    await knock('nobody', 5);
    await knock(device.id, 3);
    await more;
    await house.written();
    expect(await alarmsOf(house.station, device)).toEqual({ 'device.loginRefused': 3 });
    expect(await alarmsOf(house.station, { id: 'nobody' })).toEqual({});
    expect((await refusedLogins()) - before).toBe(12);
    // Whoever knows the token is not kept out by that.
    expect(device.connected).toBe(true);
  });
});
