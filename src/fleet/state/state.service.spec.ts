import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse, type Login, stateOf } from '../../../test/support/fleet-house.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import { OutboxEntity } from '../../platform/outbox/outbox.entity.js';
import type { ControllerDetail } from '../controllers/controller.api.js';
import { Fault } from '../faults/fault.entity.js';
import { ListenerService } from '../listener.service.js';
import { StateClock } from './state.clock.js';
import { ControllerState, DeviceEventRow } from './state.entity.js';
import { StateService } from './state.service.js';

const HOUR = 3_600_000;

/** Looked at after whatever is due in this turn of the loop. */
async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setImmediate(resolve));
}

describeOnBothDatabases('the state of controllers', everyTable, (open) => {
  let house: FleetHouse;
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
    await house.listen('state', 'events', 'reports', 'plan');
  });
  afterAll(() => house.close());

  const db = () => house.station.database;
  const clock = () => house.station.clock;
  const seen = async (device: PoleDevice, login: Login = 'tho') =>
    (await house.as(login, 'GET', `/api/controllers/${device.id}`)).body as unknown as ControllerDetail;
  const lastWill = async (device: PoleDevice) => {
    await house.say(device, 'state', { v: 1, device: device.id, online: false });
    await house.written();
  };
  const event = (device: PoleDevice, seq: number, kind: string, changes: object = {}) => ({
    v: 1,
    device: device.id,
    boot: 1,
    seq,
    kind,
    atMs: clock().nowMs(),
    ...changes,
  });
  const looked = () => house.station.get(StateClock).tick();
  const faultsOf = (device: PoleDevice) => db().read((reader) => reader.findBy(Fault, { controllerId: device.id }));
  it('offline by its last will; after a day a fault, of which people are told; back again it closes by itself', async () => {
    const device = await house.station.enrol('k1');
    expect(await seen(device)).toMatchObject({ now: null });
    await house.say(device, 'state', stateOf(device));
    await house.written();
    expect((await seen(device)).now).toMatchObject({ state: 'online', because: 'itsWord', sinceMs: MONDAY_NINE });
    clock().advance(HOUR);
    await lastWill(device);
    expect((await seen(device)).now).toMatchObject({
      state: 'offline',
      because: 'lastWill',
      sinceMs: MONDAY_NINE + HOUR,
    });
    clock().advance(24 * HOUR - 1);
    await looked();
    expect(await faultsOf(device)).toEqual([]);
    clock().advance(1);
    await looked();
    const [fault] = await faultsOf(device);
    expect(fault).toMatchObject({ kind: 'offline', firstSeenMs: MONDAY_NINE + HOUR, closedAtMs: null });
    expect(await house.noticesOf(fault)).toMatchObject([{ kind: 'fleet.offline' }]);
    clock().advance(48 * HOUR);
    const { body } = await house.as('tho', 'GET', '/api/faults');
    expect(body).toMatchObject([{ id: fault?.id, title: 'Mất kết nối', clusterName: 'Cụm loa ấp 1', daysDown: 3 }]);
    await house.say(device, 'state', stateOf(device));
    await house.written();
    expect(await faultsOf(device)).toMatchObject([{ closedBy: 'evidence', closedAtMs: clock().nowMs() }]);
    expect(await house.noticesOf(fault)).toEqual([]);
    const { body: spans } = await house.as('tho', 'GET', `/api/controllers/${device.id}/states`);
    expect(spans).toMatchObject([
      { state: 'online', untilMs: null },
      { state: 'offline', fromMs: MONDAY_NINE + HOUR, untilMs: clock().nowMs() },
      { state: 'online', fromMs: MONDAY_NINE },
    ]);
    clock().set(MONDAY_NINE);
  });

  it('case 19: a device that told of the cut lost its power, and no network', async () => {
    const device = await house.station.enrol('k1');
    await house.say(device, 'state', stateOf(device));
    await house.say(device, 'events', event(device, 1, 'powerLost'));
    await lastWill(device);
    expect((await seen(device)).now).toMatchObject({ state: 'powerLost', because: 'powerEvent', connected: false });
    await house.say(device, 'state', stateOf(device, { boot: 2 }));
    await house.written();
    expect((await seen(device)).now).toMatchObject({ state: 'online', powerLostAtMs: null, boot: 2 });
  });

  it('silence without a last will is offline, in the time of each device', async () => {
    const device = await house.station.enrol('k1');
    await house.say(device, 'state', stateOf(device));
    await house.written();
    clock().advance(15 * 60_000 - 1);
    await looked();
    expect((await seen(device)).now?.state).toBe('online');
    clock().advance(10 * 60_000 + 1);
    await looked();
    expect((await seen(device)).now).toMatchObject({ state: 'offline', because: 'silence', sinceMs: MONDAY_NINE });
    clock().set(MONDAY_NINE);
  });

  it('a broker that was restarted makes nobody offline at once', async () => {
    const device = await house.station.enrol('k1');
    await house.say(device, 'state', stateOf(device));
    await house.written();
    await house.station.get(StateService).brokerLost();
    await looked();
    expect((await seen(device)).now).toMatchObject({ state: 'online', connected: null });
  });

  it('a play is a state, and no history of its own', async () => {
    const device = await house.station.enrol('k1');
    for (const playing of [null, 'play-1', null, 'play-2']) {
      await house.say(device, 'state', stateOf(device, { playing }));
      await house.written();
    }
    expect((await seen(device)).now).toMatchObject({ state: 'playing', playing: 'play-2' });
    const { body } = await house.as('tho', 'GET', `/api/controllers/${device.id}/states`);
    expect(body).toMatchObject([{ state: 'online', untilMs: null }]);
  });

  it('program, abilities, volume and silence are its own words; who streams is a listener that can be relayed to', async () => {
    const device = await house.station.enrol('k2');
    const { id: clusterId, areaPath } = await house.station.cluster('k2');
    const abilities = async () =>
      db().read(
        async (reader) =>
          (await house.station.get(ListenerService).of(reader, [clusterId], '2026-01-05'))[0]?.capabilities,
      );
    const told = () => db().read((reader) => reader.countBy(OutboxEntity, { topic: 'fleet.listeners' }));
    const before = await told();
    const words = { firmware: { release: 7, name: 'vang 0.1' }, capabilities: ['stream', 'reboot', 'stream'] };
    for (const volumePercent of [40, 50]) {
      await house.say(device, 'state', stateOf(device, { ...words, volumePercent, silentUntilMs: MONDAY_NINE + 1 }));
      await house.written();
    }
    expect(await seen(device)).toMatchObject({
      firmware: { release: 7, name: 'vang 0.1' },
      capabilities: ['reboot', 'stream'],
      now: { volumePercent: 50, silentUntilMs: MONDAY_NINE + 1 },
    });
    expect(await abilities()).toEqual(['stream']);
    expect(await told()).toBe(before + 1);
    await house.say(device, 'state', stateOf(device));
    await house.written();
    expect(await abilities()).toEqual([]);
    expect(areaPath).toMatch(/^\//);
  });

  it('an event told three times is one; the same number with other content is another device with its name', async () => {
    const device = await house.station.enrol('k1');
    const told = event(device, 1, 'faultBegan', { code: 'amplifier' });
    await house.say(device, 'events', told);
    await house.say(device, 'events', told);
    await house.written();
    await house.say(device, 'events', told);
    await house.written();
    const rows = () => db().read((reader) => reader.findBy(DeviceEventRow, { controllerId: device.id }));
    expect(await rows()).toHaveLength(1);
    expect(await alarmsOf(house.station, device)).toEqual({});
    await house.say(device, 'events', event(device, 1, 'booted'));
    await house.written();
    expect(await rows()).toMatchObject([{ kind: 'faultBegan', code: 'amplifier' }]);
    expect(await alarmsOf(house.station, device)).toEqual({ 'device.cloned': 1 });
  });

  it('an event that could not be written is written with the next attempt', async () => {
    const device = await house.station.enrol('k1');
    const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    const failing = jest.spyOn(db(), 'write').mockRejectedValueOnce(full as never);
    await house.say(device, 'events', event(device, 1, 'booted'));
    await until(() => failing.mock.calls.length > 0);
    failing.mockRestore();
    await house.say(device, 'state', stateOf(device));
    await house.written();
    expect(await db().read((reader) => reader.countBy(DeviceEventRow, { controllerId: device.id }))).toBe(1);
  });

  it('a button pressed and a silent line are alarms, which a person of the commune acknowledges, once', async () => {
    const device = await house.station.enrol('k1');
    await house.say(device, 'events', event(device, 1, 'lineSilent', { detail: 'a\0b' }));
    await house.written();
    const alarms = async () => (await house.as('tho', 'GET', `/api/controllers/${device.id}/alarms`)).body;
    const [alarm] = (await alarms()) as unknown as { id: string }[];
    const path = `/api/alarms/${alarm?.id}/acknowledgements`;
    expect((await house.as('mai', 'POST', path)).status).toBe(403);
    expect((await house.as('phuc', 'POST', path)).body.code).toBe('alarm.unknown');
    expect((await house.as('tho', 'POST', path)).body).toMatchObject({ acknowledgedByName: 'tho', detail: 'ab' });
    await house.as('tho', 'POST', path);
    expect(await house.audited('alarm.acknowledged')).toHaveLength(1);
    expect(await seen(device)).toMatchObject({ openAlarms: 0 });
    await house.say(device, 'events', event(device, 2, 'lineSilent'));
    await house.written();
    expect(await seen(device)).toMatchObject({ openAlarms: 1 });
  });

  it.each(['commandRejected', 'activeRejected', 'identityRejected', 'updateRejected'])(
    'what it refused is an alarm in words: %s',
    async (code) => {
      const device = await house.station.enrol('k1');
      await house.say(device, 'reports', { v: 1, device: device.id, code, detail: 'unknownKey', atMs: null });
      await house.written();
      const { body } = await house.as('tho', 'GET', `/api/controllers/${device.id}/alarms`);
      expect(body).toMatchObject([{ code: `device.${code}`, title: expect.stringContaining('Thiết bị'), count: 1 }]);
    },
  );

  describe('what is not as the contract says concerns its sender alone', () => {
    const wrong: [string, string, (id: string) => unknown][] = [
      ['state', 'missing', (device) => ({ v: 1, device, online: true })],
      ['state', 'of a wrong type', (device) => ({ ...stateOf({ id: device }), boot: '1' })],
      ['state', 'oversized', (device) => ({ ...stateOf({ id: device }), playing: 'x'.repeat(65) })],
      ['state', 'larger than its topic allows', (device) => ({ ...stateOf({ id: device }), more: 'x'.repeat(3_000) })],
      ['state', 'of an unknown fault', (device) => ({ ...stateOf({ id: device }), faults: ['ghosts'] })],
      ['events', 'missing', (device) => ({ v: 1, device, boot: 1, seq: 1 })],
      ['events', 'of an unknown kind', (device) => ({ v: 1, device, boot: 1, seq: 1, kind: 'exploded', atMs: null })],
      [
        'events',
        'with a number below one',
        (device) => ({ v: 1, device, boot: 1, seq: 0, kind: 'booted', atMs: null }),
      ],
      [
        'events',
        'oversized',
        (device) => ({ v: 1, device, boot: 1, seq: 1, kind: 'booted', atMs: null, detail: 'x'.repeat(301) }),
      ],
      ['events', 'of another version', (device) => ({ v: 2, device, boot: 1, seq: 1, kind: 'booted', atMs: null })],
      ['events', 'no JSON', () => '{"v":1'],
      ['reports', 'of an unknown code', (device) => ({ v: 1, device, code: 'bored', detail: '', atMs: null })],
    ];
    it.each(wrong)('%s: %s', async (uplink, _what, messageOf) => {
      const [device, other] = [await house.station.enrol('k1'), await house.station.enrol('k2')];
      await house.say(device, uplink as 'state', messageOf(device.id));
      await house.say(other, 'state', stateOf(other));
      await house.written();
      expect(await alarmsOf(house.station, device)).toEqual({ [`device.${uplink}Malformed`]: 1 });
      expect(await db().read((reader) => reader.countBy(ControllerState, { controllerId: device.id }))).toBe(0);
      expect(await db().read((reader) => reader.countBy(DeviceEventRow, { controllerId: device.id }))).toBe(0);
      expect((await seen(other)).now?.state).toBe('online');
    });

    it('what it says beyond the contract is left out', async () => {
      const device = await house.station.enrol('k1');
      await house.say(device, 'state', { ...stateOf(device), mood: 'fine' });
      await house.written();
      expect((await seen(device)).now?.state).toBe('online');
      expect(await alarmsOf(house.station, device)).toEqual({});
    });

    it('case 16: an event in the name of another device', async () => {
      const [device, victim] = [await house.station.enrol('k1'), await house.station.enrol('k2')];
      await house.say(device, 'events', event(victim, 1, 'powerLost'));
      await house.written();
      expect(await alarmsOf(house.station, device)).toEqual({ 'device.foreignName': 1 });
      expect(await alarmsOf(house.station, victim)).toEqual({});
      expect(await db().read((reader) => reader.countBy(DeviceEventRow, { controllerId: victim.id }))).toBe(0);
    });

    it('a flood is heard up to the limit of the contract, and is one alarm', async () => {
      const device = await house.station.enrol('k1');
      for (let seq = 1; seq <= 70; seq++) await house.say(device, 'events', event(device, seq, 'booted'));
      await house.written();
      expect(await db().read((reader) => reader.countBy(DeviceEventRow, { controllerId: device.id }))).toBe(60);
      expect(await alarmsOf(house.station, device)).toEqual({ 'device.flood': 1 });
    });

    it('case 25: a replaced box says nothing any more', async () => {
      const old = await house.station.enrol('k1');
      await house.say(old, 'state', stateOf(old));
      await house.say(old, 'events', event(old, 1, 'booted'));
      await house.station.enrol('k1');
      await house.written();
      expect(await seen(old)).toMatchObject({ now: null });
      expect(await db().read((reader) => reader.countBy(DeviceEventRow, { controllerId: old.id }))).toBe(0);
    });

    it('somebody who was never enrolled leaves no trace but an alarm at most', async () => {
      const topic = topics.up('nobody', 'events');
      const there = house.arrivalOf(topic);
      await house.station.platform.bus.publish(
        topic,
        JSON.stringify({ v: 1, device: 'nobody', boot: 1, seq: 1, kind: 'powerLost', atMs: null }),
      );
      await there;
      await house.written();
      expect(await db().read((reader) => reader.countBy(ControllerState, { controllerId: 'nobody' }))).toBe(0);
      expect(await db().read((reader) => reader.countBy(DeviceEventRow, { controllerId: 'nobody' }))).toBe(0);
    });
  });

  it('invariant 9: the list and the detail are for those of the area', async () => {
    const device = await house.station.enrol('k1');
    const listed = async (login: Login) =>
      ((await house.as(login, 'GET', '/api/controllers')).body as unknown as { id: string }[]).map(({ id }) => id);
    expect([(await listed('tho')).includes(device.id), (await listed('phuc')).includes(device.id)]).toEqual([
      true,
      false,
    ]);
    for (const path of ['', '/states', '/events', '/alarms', '/telemetry?fromMs=0&untilMs=1'])
      expect((await house.as('phuc', 'GET', `/api/controllers/${device.id}${path}`)).body.code).toBe(
        'controller.unknown',
      );
  });
});
