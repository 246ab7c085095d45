import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { topics, type Uplink } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse, stateOf } from '../../../test/support/fleet-house.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, person, type Station } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import type { Database } from '../../platform/database/index.js';
import { AlarmService } from '../alarms/alarm.service.js';
import { Alarm, Controller } from '../fleet.entity.js';

describeOnBothDatabases('presence', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let house: FleetHouse;
  beforeAll(async () => {
    database = await open();
    house = await FleetHouse.open(database, { withBroker: true });
    station = house.station;
    await house.listen('state', 'reports', 'plan');
  });
  afterAll(() => house.close());

  const say = (device: PoleDevice, uplink: Uplink, message: unknown) => house.say(device, uplink, message);
  const arrivalOf = (topic: string) => house.arrivalOf(topic);
  const written = () => house.written();
  const rowOf = (device: PoleDevice) =>
    database.read((reader) => reader.findOneByOrFail(Controller, { id: device.id }));

  it('a state becomes what is known of the controller', async () => {
    const device = await station.enrol('k1');
    await say(device, 'state', stateOf(device));
    await written();
    expect(await rowOf(device)).toMatchObject({
      online: true,
      ready: true,
      trust: 'trusted',
      syncedVersion: 1_767_000_000_000,
      lastHeardAtMs: MONDAY_NINE,
    });
  });

  it('a lost connection is said by the broker: offline, and last heard as before', async () => {
    const enrolled = await station.enrol('k1', { offline: true });
    const will = {
      topic: topics.up(enrolled.id, 'state'),
      payload: Buffer.from(JSON.stringify({ v: 1, device: enrolled.id, online: false })),
      qos: 1 as const,
      retain: true,
    };
    const client = await connectAsync(station.mqtt, {
      protocolVersion: 4,
      clientId: enrolled.id,
      username: enrolled.id,
      password: enrolled.token,
      reconnectPeriod: 0,
      will,
    });
    client.on('error', () => undefined);
    const online = arrivalOf(will.topic);
    await client.publishAsync(will.topic, JSON.stringify(stateOf(enrolled)), { qos: 1 });
    await online;
    await written();
    station.clock.advance(3_600_000);
    const offline = arrivalOf(will.topic);
    client.stream.destroy();
    await offline;
    await written();
    expect(await rowOf(enrolled)).toMatchObject({
      online: false,
      lastHeardAtMs: MONDAY_NINE,
      syncedVersion: 1_767_000_000_000,
    });
    station.clock.set(MONDAY_NINE);
    await client.endAsync(true);
  });

  it('a plan that a device has taken is its synced version', async () => {
    const device = await station.enrol('k1');
    await say(device, 'plan', { v: 1, device: device.id, version: 42 });
    await written();
    expect(await rowOf(device)).toMatchObject({ syncedVersion: 42, lastHeardAtMs: MONDAY_NINE });
  });

  it('case 16: what a device refused becomes an alarm, the same again is a count', async () => {
    const device = await station.enrol('k1');
    const report = { v: 1, device: device.id, code: 'planRejected', detail: 'wrongSignature', atMs: null };
    await say(device, 'reports', report);
    await say(device, 'reports', { ...report, detail: 'unknownKey' });
    await written();
    expect(await alarmsOf(station, device)).toEqual({ 'device.planRejected': 2 });
    const [alarm] = await database.read((reader) => reader.findBy(Alarm, { controllerId: device.id }));
    expect(alarm).toMatchObject({ detail: 'unknownKey', firstAtMs: MONDAY_NINE });
  });

  it('case 16: a message in the name of another device changes nothing of that device', async () => {
    const [device, victim] = [await station.enrol('k1'), await station.enrol('k2')];
    await say(device, 'state', stateOf(victim));
    await say(device, 'plan', { v: 1, device: victim.id, version: 99 });
    await say(device, 'reports', { v: 1, device: victim.id, code: 'planRejected', detail: '', atMs: null });
    await written();
    expect(await rowOf(victim)).toMatchObject({ online: false, syncedVersion: 0, lastHeardAtMs: null });
    expect(await alarmsOf(station, victim)).toEqual({});
    expect(await alarmsOf(station, device)).toEqual({
      'device.foreignName': 3,
    });
  });

  it('case 16: whoever asks the broker for what is not theirs is alarmed', async () => {
    const [device, victim] = [await station.enrol('k1'), await station.enrol('k2')];
    const violation = new Promise((resolve) => station.broker.once('violation', resolve));
    device.client.publish(topics.up(victim.id, 'receipts'), 'x', { qos: 0 });
    await violation;
    await written();
    expect(await alarmsOf(station, device)).toEqual({ 'device.topicForbidden': 1 });
  });

  it('one device’s strange letters do not keep another’s state from being written', async () => {
    const [odd, other] = [await station.enrol('k1'), await station.enrol('k2')];
    await say(odd, 'reports', { v: 1, device: odd.id, code: 'assetRejected', detail: 'a\0b', atMs: null });
    await say(other, 'state', stateOf(other));
    await written();
    expect(await rowOf(other)).toMatchObject({ online: true });
    expect(await alarmsOf(station, odd)).toEqual({ 'device.assetRejected': 1 });
  });

  it('case 25: what a replaced box said last does not make it look alive', async () => {
    const old = await station.enrol('k1');
    await say(old, 'state', stateOf(old));
    await station.enrol('k1');
    await written();
    expect(await rowOf(old)).toMatchObject({ online: false });
  });

  it('garbage is an alarm at most', async () => {
    const device = await station.enrol('k1');
    await say(device, 'state', Buffer.from([0xff, 0x00]));
    await say(device, 'plan', 'null');
    await say(device, 'reports', '[]');
    await written();
    expect(await rowOf(device)).toMatchObject({ online: false, syncedVersion: 0 });
    expect(await alarmsOf(station, device)).toEqual({
      'device.stateMalformed': 1,
      'device.planMalformed': 1,
      'device.reportsMalformed': 1,
    });
  });

  it('invariant 9: alarms are for whoever sees the whole installation', async () => {
    expect((await station.get(AlarmService).list(station.root, 'vi')).length).toBeGreaterThan(0);
    const technician = person('Chị Lan', 'technician', (await station.area('ak')).path);
    await expect(station.get(AlarmService).list(technician, 'vi')).rejects.toMatchObject({ code: 'right.missing' });
  });
});
