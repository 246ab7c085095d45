import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse, type Login, PHOTO, stateOf } from '../../../test/support/fleet-house.js';
import { everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import { AccountService } from '../../accounts/index.js';
import { Fault } from '../faults/fault.entity.js';
import { ListenerService } from '../listener.service.js';

const PNG = { 'content-type': 'image/png' };
const LINE = { kind: 'maintenance', day: '2026-01-04', person: 'Anh Ba', costVnd: 1_250_000, text: 'Thay loa' };

describeOnBothDatabases('looking after clusters', everyTable, (open) => {
  let house: FleetHouse;
  let k1 = '';
  let k9 = '';
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
    await house.listen('state');
    k1 = (await house.station.cluster('k1')).id;
    k9 = (await house.station.cluster('k9')).id;
  });
  afterAll(() => house.close());

  const faulty = async () => {
    const device = await house.station.enrol('k1');
    await house.say(device, 'state', stateOf(device, { faults: ['amplifier'] }));
    await house.written();
    const [fault] = await house.station.database.read((reader) => reader.findBy(Fault, { controllerId: device.id }));
    if (!fault) throw new Error('no fault was opened');
    return { device, fault };
  };
  const accountOf = async (login: Login) =>
    (await house.station.get(AccountService).list(house.station.root)).find((account) => account.login === login)?.id;

  describe('faults', () => {
    it('are given to somebody who may mend them, with a note; closed by a person they stay closed for the same evidence', async () => {
      const { device, fault } = await faulty();
      const path = `/api/faults/${fault.id}`;
      const { body } = await house.as('tho', 'PATCH', path, {
        assigneeId: await accountOf('tho'),
        note: 'Đợi linh kiện',
      });
      expect(body).toMatchObject({ assigneeName: 'tho', note: 'Đợi linh kiện', title: 'Hỏng tăng âm' });
      for (const login of ['mai', 'phuc'] as const)
        expect((await house.as('tho', 'PATCH', path, { assigneeId: await accountOf(login) })).body.code).toBe(
          'fault.assigneeUnknown',
        );
      expect((await house.as('phuc', 'PATCH', path, { note: 'x' })).body.code).toBe('fault.unknown');
      expect((await house.as('tho', 'POST', `${path}/closings`, {})).status).toBe(400);
      expect((await house.as('tho', 'POST', `${path}/closings`, { note: 'Chạy tạm được' })).body).toMatchObject({
        closedBy: 'person',
        closedByName: 'tho',
        note: 'Chạy tạm được',
      });
      expect((await house.as('tho', 'POST', `${path}/closings`, { note: 'x' })).body.code).toBe('fault.closed');
      const count = () => house.station.database.read((reader) => reader.countBy(Fault, { controllerId: device.id }));
      await house.say(device, 'state', stateOf(device, { faults: ['amplifier'], volumePercent: 33 }));
      await house.written();
      expect(await count()).toBe(1);
      const { body: after } = await house.as('tho', 'GET', `/api/controllers/${device.id}`);
      expect(after).toMatchObject({ now: { volumePercent: 33 } });
      // Gone and come again, it is another one.
      await house.say(device, 'state', stateOf(device));
      await house.written();
      house.station.clock.advance(60_000);
      await house.say(device, 'state', stateOf(device, { faults: ['amplifier'] }));
      await house.written();
      expect(await count()).toBe(2);
      expect((await house.audited('fault.closed')).length).toBe(1);
      house.station.clock.set(MONDAY_NINE);
    });

    it('are listed in the area of whoever asks, open ones unless asked for others', async () => {
      const { fault } = await faulty();
      await house.as('tho', 'POST', `/api/faults/${fault.id}/closings`, { note: 'xong' });
      const ids = async (login: Login, query = '') =>
        ((await house.as(login, 'GET', `/api/faults${query}`)).body as unknown as { id: string }[]).map(({ id }) => id);
      expect((await ids('mai')).includes(fault.id)).toBe(false);
      expect((await ids('mai', '?closed=yes')).includes(fault.id)).toBe(true);
      expect((await ids('mai', '?closed=all&kind=offline')).includes(fault.id)).toBe(false);
      expect(await ids('phuc', '?closed=all')).toEqual([]);
    });

    it('as a table hold no formula', async () => {
      const { fault } = await faulty();
      await house.as('tho', 'PATCH', `/api/faults/${fault.id}`, { note: '=HYPERLINK("http://x")' });
      const { text, headers } = await house.as('tho', 'GET', '/api/faults.csv');
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
      const rows = parse(text, { bom: true, columns: true }) as Record<string, string>[];
      expect(rows.map((row) => row['Ghi chú'])).toContain('\'=HYPERLINK("http://x")');
    });
  });

  describe('the maintenance log', () => {
    const write = (changes: object = {}, login: Login = 'tho', clusterId = k1) =>
      house.as(login, 'POST', `/api/clusters/${clusterId}/upkeep`, { ...LINE, ...changes });

    it('says when, who, what and for how much, and which box it was', async () => {
      const { device, fault } = await faulty();
      const { status, body } = await write({ kind: 'upgrade', faultId: fault.id });
      expect([status, body]).toMatchObject([
        201,
        { kind: 'upgrade', day: '2026-01-04', costVnd: 1_250_000, controllerId: device.id, writtenByName: 'tho' },
      ]);
      expect(await house.audited('upkeep.written')).toHaveLength(1);
      const { body: found } = await house.as('mai', 'GET', '/api/upkeep?kind=upgrade&from=2026-01-04&until=2026-01-04');
      expect(found).toMatchObject([{ id: body.id, clusterName: 'Cụm loa ấp 1' }]);
      expect((await house.as('mai', 'GET', '/api/upkeep?from=2026-01-05')).body).toEqual([]);
      expect((await house.as('phuc', 'GET', '/api/upkeep')).body).toEqual([]);
    });

    it.each<[string, object, string]>([
      ['a day that is none', { day: '2026-02-30' }, 'request.invalid'],
      ['a day ahead', { day: '2026-01-06' }, 'upkeep.dayAhead'],
      ['half a đồng', { costVnd: 0.5 }, 'request.invalid'],
      ['money back', { costVnd: -1 }, 'request.invalid'],
      ['a kind that no plan pays for', { kind: 'party' }, 'request.invalid'],
      ['nobody', { person: ' ' }, 'request.invalid'],
      ['a fault of nowhere', { faultId: 'nothing' }, 'upkeep.faultElsewhere'],
    ])('is not written with %s', async (_what, changes, code) => {
      expect((await write(changes)).body.code).toBe(code);
    });

    it('is the commune’s', async () => {
      expect((await write({}, 'mai')).body.code).toBe('right.missing');
      expect((await write({}, 'phuc')).body.code).toBe('cluster.unknown');
      expect((await write({}, 'tho', k9)).body.code).toBe('cluster.unknown');
    });

    it('as a table holds whole đồng and no formula', async () => {
      await write({ text: '+84 912', person: '@Ba', costVnd: 75_000 });
      const { text } = await house.as('tho', 'GET', '/api/upkeep.csv');
      const rows = parse(text, { bom: true, columns: true }) as Record<string, string>[];
      expect(rows).toContainEqual({
        Ngày: '2026-01-04',
        'Cụm loa': 'Cụm loa ấp 1',
        'Loại việc': 'Duy trì',
        'Người thực hiện': "'@Ba",
        'Chi phí (đồng)': '75000',
        'Nội dung': "'+84 912",
      });
    });

    it('has photographs, cleaned as all of them are', async () => {
      const { body } = await write();
      const caption = { ...PNG, 'x-caption': encodeURIComponent('Loa mới') };
      expect((await house.as('tho', 'POST', `/api/upkeep/${body.id}/photos`, PHOTO, caption)).status).toBe(201);
      const { body: photos } = await house.as('mai', 'GET', `/api/upkeep/${body.id}/photos`);
      expect(photos).toMatchObject([{ caption: 'Loa mới', width: 4, height: 3, type: 'image/png' }]);
      expect((await house.as('phuc', 'GET', `/api/upkeep/${body.id}/photos`)).body.code).toBe('cluster.unknown');
    });
  });

  describe('photographs of a place', () => {
    const add = (login: Login, clusterId: string, headers: Record<string, string> = PNG) =>
      house.as(login, 'POST', `/api/clusters/${clusterId}/photos`, PHOTO, headers);

    it('are added, seen and deleted by those of the commune, and written down', async () => {
      const { body } = await add('tho', k1);
      expect((await house.as('mai', 'GET', `/api/photos/${body.id}`)).text).not.toContain('GPS');
      expect((await add('mai', k1)).body.code).toBe('right.missing');
      expect((await add('phuc', k1)).body.code).toBe('cluster.unknown');
      expect((await house.as('phuc', 'DELETE', `/api/photos/${body.id}`)).body.code).toBe('photo.unknown');
      expect((await house.as('tho', 'DELETE', `/api/photos/${body.id}`)).status).toBe(204);
      expect((await house.as('mai', 'GET', `/api/photos/${body.id}`)).body.code).toBe('photo.unknown');
      expect(await house.audited('photo.deleted')).toMatchObject([{ subject: body.id }]);
    });

    it('are twenty at most', async () => {
      const { id } = await house.station.cluster('k2');
      for (let n = 0; n < 20; n++) expect((await add('tho', id)).status).toBe(201);
      expect((await add('tho', id)).body.code).toBe('photo.tooMany');
    });

    it.each(['%E0%A4%A', encodeURIComponent('x'.repeat(201))])(
      'with a caption like %s are refused',
      async (caption) => {
        expect((await add('tho', k1, { ...PNG, 'x-caption': caption })).body.code).toBe('photo.captionWrong');
      },
    );
  });

  describe('a place', () => {
    const change = (login: Login, changes: object) => house.as(login, 'PATCH', `/api/clusters/${k1}`, changes);

    it('can be a transmitter that serves many hamlets: listeners and clusters say so', async () => {
      expect((await change('tho', { reach: 'transmitter' })).body).toMatchObject({ reach: 'transmitter', horns: 2 });
      const listeners = await house.station.database.read((reader) =>
        house.station.get(ListenerService).of(reader, [k1], '2026-01-05'),
      );
      expect(listeners).toMatchObject([{ reach: 'transmitter' }]);
      const { body } = await house.as('mai', 'GET', '/api/clusters');
      expect((body as unknown as { id: string; reach: string }[]).find(({ id }) => id === k1)?.reach).toBe(
        'transmitter',
      );
      // An import that does not say leaves it as it is.
      await house.station.importClusters('k1,ak,Cụm loa ấp 1,11.5,106.5,2,ak1\n');
      expect((await house.as('mai', 'GET', `/api/clusters/${k1}`)).body).toMatchObject({ reach: 'transmitter' });
      expect(await house.audited('cluster.changed')).toHaveLength(1);
      await change('tho', { reach: 'horn' });
    });

    it.each<[string, object]>([
      ['a reach that is none', { reach: 'satellite' }],
      ['half a position', { position: { latitude: 11 } }],
      ['more horns than a pole carries', { horns: 101 }],
    ])('is not changed to %s', async (_what, changes) => {
      expect((await change('tho', changes)).body.code).toBe('request.invalid');
    });

    it('is the commune’s', async () => {
      expect((await change('phuc', { horns: 1 })).body.code).toBe('cluster.unknown');
      expect((await change('mai', { horns: 1 })).body.code).toBe('right.missing');
      const near = async (login: Login) =>
        (await house.as(login, 'GET', '/api/places/nearest?latitude=11.5&longitude=106.5')).body as unknown as {
          clusters: { code: string; distanceM: number | null }[];
        };
      expect((await near('phuc')).clusters.map(({ code, distanceM }) => [code, distanceM])).toEqual([['k9', null]]);
    });
  });
});
