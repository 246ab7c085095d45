import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { testKey } from '../../../devices/player/testing/keys.js';
import { decodeClaim } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse, stateOf } from '../../../test/support/fleet-house.js';
import { PoleDevice } from '../../../test/support/pole-device.js';
import { enrolmentOf, everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import { LanguageProfileService } from '../../areas/index.js';
import { DeviceAccess } from '../access/device-access.js';
import { EnrolmentService } from '../enrolment/enrolment.service.js';
import { Fault } from '../faults/fault.entity.js';
import { TrafficMonth } from '../sims/sim.entity.js';
import { SimWatch } from '../sims/sim.watch.js';
import type { ControllerView, ReplacementView } from './controller.api.js';

const DAY = 86_400_000;
const SIM = { carrier: 'Viettel', number: '0981234567', iccid: '', expiresOn: '2026-12-31', quotaBytes: 10_000 };

describeOnBothDatabases('controllers', everyTable, (open) => {
  let house: FleetHouse;
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
    await house.listen('state');
  });
  afterAll(() => house.close());
  afterEach(() => house.station.clock.set(MONDAY_NINE));

  const boxes = async (code: string) =>
    (await house.as('tho', 'GET', `/api/clusters/${(await house.station.cluster(code)).id}/controllers`))
      .body as unknown as ControllerView[];
  const replaced = async (code: string, sent: object) =>
    house.as('tho', 'POST', `/api/clusters/${(await house.station.cluster(code)).id}/replacements`, sent);
  const enrolled = (claim: string, name: string) =>
    house.station.get(EnrolmentService).enrol(enrolmentOf(decodeClaim(claim)?.code ?? '', testKey(name)));
  const faultsOf = (device: { readonly id: string }) =>
    house.station.database.read((reader) => reader.findBy(Fault, { controllerId: device.id }));

  it('a revocation ends key, token and session at once, and says why', async () => {
    const device = await house.station.enrol('k1');
    await house.say(device, 'state', stateOf(device, { faults: ['amplifier'] }));
    await house.written();
    const path = `/api/controllers/${device.id}/revocations`;
    expect((await house.as('phuc', 'POST', path, { reason: 'x' })).body.code).toBe('controller.unknown');
    expect((await house.as('mai', 'POST', path, { reason: 'x' })).body.code).toBe('right.missing');
    expect((await house.as('tho', 'POST', path, { reason: ' ' })).status).toBe(400);
    expect((await house.as('tho', 'POST', path, { reason: 'Bị lấy trộm' })).status).toBe(204);
    await device.until(() => !device.connected);
    expect(await house.station.get(DeviceAccess).verify(`${device.id}.${device.token}`)).toBeNull();
    expect((await house.as('tho', 'POST', path, { reason: 'x' })).body.code).toBe('controller.revoked');
    expect((await house.audited('controller.revoked')).filter(({ subject }) => subject === device.id)).toMatchObject([
      { actorName: 'tho', detail: { reason: 'Bị lấy trộm' } },
    ]);
    expect(await faultsOf(device)).toMatchObject([{ kind: 'amplifier', closedBy: 'evidence' }]);
    expect((await house.as('tho', 'GET', `/api/controllers/${device.id}`)).body).toMatchObject({
      revokedReason: 'Bị lấy trộm',
      now: null,
    });
  });

  it('case 25: thay bộ điều khiển keeps the cluster’s history; the box before ends when the next one enrols, for the reason given', async () => {
    const old = await house.station.enrol('k2');
    await house.as('tho', 'PUT', `/api/controllers/${old.id}/sim`, SIM);
    const { status, body } = await replaced('k2', { reason: 'Cháy nguồn' });
    const claim = body as unknown as ReplacementView;
    expect([status, claim.controllerId]).toEqual([201, old.id]);
    expect(old.connected).toBe(true);
    house.station.clock.advance(60_000);
    const { device: next } = await enrolled(claim.claim, 'the next one');
    await old.until(() => !old.connected);
    expect(await boxes('k2')).toMatchObject([
      { id: next, revokedAtMs: null },
      { id: old.id, revokedAtMs: MONDAY_NINE + 60_000, revokedReason: 'Cháy nguồn' },
    ]);
    // Whoever replaces the box puts its card into the next one.
    const sim = async (id: string) => (await house.as('tho', 'GET', `/api/controllers/${id}`)).body.sim;
    expect([await sim(old.id), await sim(next)]).toMatchObject([null, { carrier: 'Viettel' }]);
    expect((await house.audited('controller.replaced')).at(-1)).toMatchObject({ detail: { reason: 'Cháy nguồn' } });
  });

  it('its language profile is that of the hamlets that hear its cluster, in the order in which they are to be spoken', async () => {
    const device = await house.station.enrol('k1');
    const { id: clusterId } = await house.station.cluster('k1');
    const seen = async () => {
      const [listed] = (await house.as('tho', 'GET', `/api/controllers?clusterId=${clusterId}`))
        .body as unknown as ControllerView[];
      const detail = (await house.as('tho', 'GET', `/api/controllers/${device.id}`)).body;
      const place = (await house.as('tho', 'GET', `/api/clusters/${clusterId}`)).body;
      return [listed, (await boxes('k1'))[0], detail, place].map((view) => view?.languages);
    };
    expect(await seen()).toEqual([[], [], [], []]);
    const { id } = await house.station.area('ak1');
    await house.station.get(LanguageProfileService).set(house.station.root, id, ['xtg', 'vi']);
    expect(await seen()).toEqual(Array(4).fill(['xtg', 'vi']));
  });

  it('a box that must not wait for the next one ends at once', async () => {
    const old = await house.station.enrol('k1');
    await replaced('k1', { reason: 'Hở điện', endNow: true });
    await old.until(() => !old.connected);
    expect((await boxes('k1')).filter(({ revokedAtMs }) => revokedAtMs === null)).toEqual([]);
  });

  it('a replacement needs a reason, a right, and a cluster of one’s own', async () => {
    const { id } = await house.station.cluster('k1');
    const path = `/api/clusters/${id}/replacements`;
    expect((await house.as('tho', 'POST', path, {})).status).toBe(400);
    expect((await house.as('mai', 'POST', path, { reason: 'x' })).body.code).toBe('right.missing');
    expect((await house.as('phuc', 'POST', path, { reason: 'x' })).body.code).toBe('cluster.unknown');
    expect((await house.as('phuc', 'GET', `/api/clusters/${id}/controllers`)).body.code).toBe('cluster.unknown');
  });

  it('a card and its copy that put each other out all the time are told of; a box that finds its own dead session is not', async () => {
    const [device, steady] = [await house.station.enrol('k1'), await house.station.enrol('k2')];
    const { id, token, key } = device;
    const [card, copy] = [device, new PoleDevice(id, token, key, false)];
    for (let n = 0; n < 7; n++) {
      const [next, present] = n % 2 ? [card, copy] : [copy, card];
      await next.connect(house.station.mqtt);
      await present.until(() => !present.connected);
    }
    const again = new PoleDevice(steady.id, steady.token, steady.key, false);
    await again.connect(house.station.mqtt);
    await steady.until(() => !steady.connected);
    await house.written();
    for (const client of [card, copy, again]) await client.disconnect();
    expect(await alarmsOf(house.station, steady)).toEqual({});
    expect(await alarmsOf(house.station, device)).toEqual({ 'device.cloned': 1 });
  });

  it('a boot that was counted already comes from a copied card, and changes nothing', async () => {
    const device = await house.station.enrol('k1');
    await house.say(device, 'state', stateOf(device, { boot: 5 }));
    await house.say(device, 'state', stateOf(device, { boot: 4 }));
    await house.written();
    expect(await alarmsOf(house.station, device)).toEqual({ 'device.cloned': 1 });
  });

  const warned = async (device: PoleDevice) =>
    (await faultsOf(device)).map(({ kind, closedAtMs }) => `${kind} ${closedAtMs === null ? 'open' : 'closed'}`).sort();

  it('a SIM that runs out is an alarm and a fault some days ahead, until its package is extended', async () => {
    const device = await house.station.enrol('k1');
    const path = `/api/controllers/${device.id}/sim`;
    await house.as('tho', 'PUT', path, { ...SIM, expiresOn: '2026-01-13' });
    expect(await warned(device)).toEqual([]);
    house.station.clock.advance(DAY);
    await house.station.get(SimWatch).look();
    expect(await warned(device)).toEqual(['simExpiry open']);
    expect(await alarmsOf(house.station, device)).toEqual({ 'sim.expiring': 1 });
    await house.station.get(SimWatch).look();
    expect(await alarmsOf(house.station, device)).toEqual({ 'sim.expiring': 1 });
    await house.as('tho', 'PUT', path, { ...SIM, expiresOn: '2027-01-13' });
    expect(await warned(device)).toEqual(['simExpiry closed']);
  });

  it('a quota of which most is used is one, until the month is over', async () => {
    const device = await house.station.enrol('k1');
    await house.as('tho', 'PUT', `/api/controllers/${device.id}/sim`, SIM);
    const month = { controllerId: device.id, month: '2026-01', bytesUp: 1_000, bytesDown: 7_001 };
    await house.station.database.write((tx) => tx.manager.save(TrafficMonth, month));
    await house.station.get(SimWatch).look();
    expect(await warned(device)).toEqual(['simQuota open']);
    expect(await alarmsOf(house.station, device)).toEqual({ 'sim.quota': 1 });
    house.station.clock.set(Date.parse('2026-02-01T00:00:00+07:00'));
    await house.station.get(SimWatch).look();
    expect(await warned(device)).toEqual(['simQuota closed']);
  });

  it.each([
    ['a day that is none', { expiresOn: '2026-02-30' }],
    ['a number with letters', { number: '=1+1' }],
    ['no carrier', { carrier: '' }],
    ['half a byte', { quotaBytes: 1.5 }],
    ['a share above all', { warnShare: 2 }],
  ])('a SIM is refused with %s', async (_what, changes) => {
    const device = await house.station.enrol('k1');
    const { body } = await house.as('tho', 'PUT', `/api/controllers/${device.id}/sim`, { ...SIM, ...changes });
    expect(body.code).toBe('request.invalid');
  });
});
