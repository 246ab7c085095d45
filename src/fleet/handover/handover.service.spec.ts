import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testKey } from '../../../devices/player/testing/keys.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse, type Login, PHOTO } from '../../../test/support/fleet-house.js';
import { enrolmentOf, everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import type { ControllerView } from '../controllers/controller.api.js';
import { EnrolmentService } from '../enrolment/enrolment.service.js';
import { Controller } from '../fleet.entity.js';
import type { Nearest } from '../places/place.api.js';
import type { BoxView } from '../stock/stock.api.js';
import type { HandoverView } from './handover.api.js';
import { HandoverFile } from './handover.entity.js';
import { HandoverService } from './handover.service.js';

const HOUR = 3_600_000;
const PNG = { 'content-type': 'image/png' };

describeOnBothDatabases('handing over a box', everyTable, (open) => {
  let house: FleetHouse;
  let serials = 0;
  beforeAll(async () => {
    house = await FleetHouse.open(await open());
  });
  afterAll(() => house.close());

  const newBox = async (columns = '') => {
    const serial = `SN-${++serials}`;
    const code = `printed-code-${String(serials).padStart(6, '0')}`;
    const csv = `serial,model,claimCode,publicKey,simCarrier,simNumber\n${serial},TTS,${code},${columns || ',,'}\n`;
    const areaId = (await house.station.area('ak')).id;
    await house.as('tho', 'POST', '/api/stock/batches', { areaId, maker: 'M', name: 'L', csv });
    return { serial, code };
  };
  const boxOf = async (code: string) =>
    (await house.as('tho', 'POST', '/api/stock/scans', { claim: code })).body as unknown as BoxView;
  const form = async (code: string, changes: object = {}) => ({
    claim: code,
    place: { clusterId: (await house.station.cluster('k1')).id },
    position: { latitude: 11.51, longitude: 106.51, accuracyM: 12 },
    testTone: 'heardUnproven',
    testToneCommand: null,
    signedName: 'Nguyễn Văn Thợ',
    signedAtMs: MONDAY_NINE - 5 * HOUR,
    note: 'Cột điện số 4',
    ...changes,
  });
  const photo = (key: string, name = 'photo-1', login: Login = 'tho') =>
    house.as(login, 'PUT', `/api/handovers/${key}/files/${name}`, PHOTO, PNG);
  const submit = (key: string, sent: object, login: Login = 'tho') =>
    house.as(login, 'PUT', `/api/handovers/${key}`, sent);
  const enrol = (code: string, serial: string, name: string) =>
    house.station
      .get(EnrolmentService)
      .enrol(enrolmentOf(code, testKey(name), { serial }))
      .then(
        ({ device }) => device,
        ({ code: refusal }: { code: string }) => refusal,
      );

  it('without a signal: scanned, placed, photographed, signed; then the box enrols at its cluster, with its SIM', async () => {
    const { serial, code } = await newBox(',Viettel,0981234567');
    expect(await enrol(code, serial, serial)).toBe('claim.notInstalled');
    const near = (await house.as('tho', 'GET', '/api/places/nearest?latitude=11.5&longitude=106.5'))
      .body as unknown as Nearest;
    expect(near.clusters.map(({ code: at, distanceM }) => [at, distanceM])).toEqual([
      ['k1', 0],
      ['k2', 15_567],
    ]);
    expect(near.hamlets.map(({ name }) => name)).toEqual(['Ấp 1', 'Ấp 2']);
    const key = randomUUID();
    expect((await photo(key)).status).toBe(200);
    expect((await photo(key, 'signature')).status).toBe(200);
    const { status, body } = await submit(key, await form(code));
    expect([status, body]).toMatchObject([
      200,
      {
        id: key,
        technicianName: 'tho',
        testTone: 'heardUnproven',
        testToneCommand: null,
        signedName: 'Nguyễn Văn Thợ',
        drawn: true,
        signedAtMs: MONDAY_NINE - 5 * HOUR,
        receivedAtMs: MONDAY_NINE,
        position: { latitude: 11.51, longitude: 106.51, accuracyM: 12 },
      },
    ]);
    const { id: clusterId } = await house.station.cluster('k1');
    expect(await boxOf(code)).toMatchObject({ state: 'installed', clusterId });
    const device = await enrol(code, serial, serial);
    const row = await house.station.database.read((reader) => reader.findOneByOrFail(Controller, { id: device }));
    expect(row).toMatchObject({ clusterId, serial });
    expect(await boxOf(code)).toMatchObject({ state: 'enrolled', controllerId: device, sim: '4567' });
    expect((await house.as('tho', 'GET', `/api/controllers/${device}`)).body.sim).toMatchObject({ carrier: 'Viettel' });
    // A lost answer locks nobody out.
    expect(await enrol(code, serial, serial)).toBe(device);
    expect(await house.audited('handover.signed')).toMatchObject([{ subject: key, actorName: 'tho' }]);
  });

  it('its pictures are the cluster’s, without what a telephone wrote into them', async () => {
    const { code } = await newBox();
    const key = randomUUID();
    await photo(key, 'photo-2');
    await photo(key, 'photo-2');
    const view = (await submit(key, await form(code))).body as unknown as HandoverView;
    expect(view.photoIds).toHaveLength(1);
    const file = await house.as('mai', 'GET', `/api/photos/${view.photoIds[0]}`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(file.text).not.toContain('GPS');
    expect((await house.as('phuc', 'GET', `/api/photos/${view.photoIds[0]}`)).body.code).toBe('photo.unknown');
    expect((await house.as('mai', 'GET', `/api/handovers/${key}/signature`)).body.code).toBe('handover.unknown');
  });

  describe('without a signal', () => {
    it('sent again, twice at the same moment too, it is one handover', async () => {
      const { code } = await newBox();
      const key = randomUUID();
      await photo(key);
      const sent = await form(code);
      const answers = await Promise.all([submit(key, sent), submit(key, sent)]);
      house.station.clock.advance(HOUR);
      answers.push(await submit(key, sent));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      house.station.clock.set(MONDAY_NINE);
    });

    it('days late it is taken, with both times', async () => {
      const { code } = await newBox();
      const key = randomUUID();
      house.station.clock.advance(9 * 24 * HOUR);
      await photo(key);
      expect((await submit(key, await form(code))).body).toMatchObject({
        signedAtMs: MONDAY_NINE - 5 * HOUR,
        receivedAtMs: MONDAY_NINE + 9 * 24 * HOUR,
      });
      house.station.clock.set(MONDAY_NINE);
    });

    it('the same key with another content is refused, and changes nothing', async () => {
      const { code } = await newBox();
      const key = randomUUID();
      await photo(key);
      await submit(key, await form(code));
      expect((await submit(key, await form(code, { note: 'khác' }))).body.code).toBe('handover.keyReused');
      expect((await photo(key, 'photo-3')).body.code).toBe('handover.keyReused');
    });

    it('where no tone could be played the form says so', async () => {
      const { code } = await newBox();
      const key = randomUUID();
      await photo(key);
      const { body } = await submit(key, await form(code, { testTone: 'notPossible', testToneCommand: null }));
      expect(body).toMatchObject({ testTone: 'notPossible', testToneCommand: null, drawn: false });
    });
  });

  it.each([
    ['nothing filled in', {}, ['Claim', 'Place', 'Position', 'TestTone', 'Signature', 'Time']],
    ['not signed', { signedName: '' }, ['Signature']],
    ['a tone heard by a command that nobody names', { testTone: 'heard' }, ['TestTone']],
  ])('%s is refused with what it lacks, and can be completed', async (what, changes, lacks) => {
    const { code } = await newBox();
    const key = randomUUID();
    await photo(key);
    const sent = what === 'nothing filled in' ? {} : await form(code, changes);
    const { status, body } = await submit(key, sent);
    expect([status, body.code]).toEqual([422, 'handover.incomplete']);
    expect(body.errors?.map((each) => each.code)).toEqual(lacks.map((lack) => `handover.lacks${lack}`));
    expect((await submit(key, await form(code))).status).toBe(200);
  });

  it('without a photograph it is refused', async () => {
    const { code } = await newBox();
    const { body } = await submit(randomUUID(), await form(code));
    expect(body.errors).toMatchObject([{ at: 'files', code: 'handover.lacksPhoto' }]);
  });

  it('a hamlet without a cluster gets one, where the technician stood', async () => {
    const { serial, code } = await newBox();
    const key = randomUUID();
    await photo(key);
    const { id: hamletId } = await house.station.area('ak2');
    const place = { hamletId, name: 'Cụm loa nhà văn hóa', horns: 2, reach: 'transmitter' };
    const { clusterId } = (await submit(key, await form(code, { place }))).body as unknown as HandoverView;
    expect((await house.as('mai', 'GET', `/api/clusters/${clusterId}`)).body).toMatchObject({
      name: 'Cụm loa nhà văn hóa',
      areaId: (await house.station.area('ak')).id,
      reach: 'transmitter',
      horns: 2,
      position: { latitude: 11.51, longitude: 106.51 },
      hamlets: [{ id: hamletId }],
    });
    expect(await enrol(code, serial, serial)).toHaveLength(26);
  });

  it.each<[string, (code: string) => Promise<object>, string]>([
    ['a box that nobody imported', () => form('printed-code-999999'), 'stock.boxUnknown'],
    [
      'a cluster of another commune',
      async (code) => form(code, { place: { clusterId: (await house.station.cluster('k9')).id } }),
      'cluster.unknown',
    ],
    [
      'a hamlet of another commune',
      async (code) => form(code, { place: { hamletId: (await house.station.area('ap1')).id, name: 'x', horns: 1 } }),
      'handover.hamletUnknown',
    ],
    [
      'a commune for a hamlet',
      async (code) => form(code, { place: { hamletId: (await house.station.area('ak')).id, name: 'x', horns: 1 } }),
      'handover.hamletUnknown',
    ],
    [
      'a tone heard by a command that nobody gave',
      (code) => form(code, { testTone: 'heard', testToneCommand: 'command-1' }),
      'handover.toneNotPlayed',
    ],
    ['a signature from the future', (code) => form(code, { signedAtMs: MONDAY_NINE + HOUR }), 'handover.fromFuture'],
    [
      'a place beyond the pole',
      (code) => form(code, { position: { latitude: 91, longitude: 0, accuracyM: null } }),
      'request.invalid',
    ],
  ])('refused: %s', async (_what, sentOf, code) => {
    const box = await newBox();
    const key = randomUUID();
    await photo(key);
    expect((await submit(key, await sentOf(box.code))).body.code).toBe(code);
    expect(await boxOf(box.code)).toMatchObject({ state: 'waiting' });
  });

  describe('on trial', () => {
    const begin = async (code: string, changes: object = {}, login: Login = 'tho') => {
      const { claim, place, position } = await form(code);
      return house.as(login, 'POST', '/api/handovers/trials', { claim, place, position, ...changes });
    };
    const controllerAt = async (id: string) =>
      (await house.as('tho', 'GET', `/api/controllers/${id}`)).body as unknown as ControllerView;

    it('a scan lets the box in before its form, for everybody to see; the form ends the trial', async () => {
      const { serial, code } = await newBox(',Viettel,0987654321');
      const { id: clusterId } = await house.station.cluster('k2');
      const place = { clusterId };
      expect(await enrol(code, serial, serial)).toBe('claim.notInstalled');
      expect((await begin(code, { place })).body).toMatchObject({ state: 'trial', clusterId, controllerId: null });
      const device = await enrol(code, serial, serial);
      expect(await controllerAt(device)).toMatchObject({ clusterId, provisional: true, sim: { carrier: 'Viettel' } });
      // Begun once more it changes nothing.
      expect((await begin(code, { place })).body).toMatchObject({ state: 'trial', controllerId: device });
      const listed = (await house.as('mai', 'GET', '/api/stock/boxes?state=trial')).body as unknown as BoxView[];
      expect(listed.map(({ serial: each }) => each)).toEqual([serial]);
      // Without a form it stays so, however long that takes.
      house.station.clock.advance(40 * 24 * HOUR);
      expect(await controllerAt(device)).toMatchObject({ provisional: true });
      house.station.clock.set(MONDAY_NINE);
      const key = randomUUID();
      await photo(key);
      expect((await submit(key, await form(code, { place }))).status).toBe(200);
      expect(await boxOf(code)).toMatchObject({ state: 'enrolled', clusterId, controllerId: device, sim: '4321' });
      expect(await controllerAt(device)).toMatchObject({ provisional: false });
      expect((await begin(code, { place })).body.code).toBe('handover.boxElsewhere');
      expect(await enrol(code, serial, serial)).toBe(device);
      expect((await house.audited('handover.trialBegun')).at(0)).toMatchObject({
        actorName: 'tho',
        detail: { serial },
      });
    });

    it('a hamlet’s first cluster is made once, by trial and form together', async () => {
      const { serial, code } = await newBox();
      const { id: hamletId } = await house.station.area('ak1');
      const place = { hamletId, name: 'Cụm loa cổng chào', horns: 2 };
      const clusterId = (await begin(code, { place })).body.clusterId;
      expect((await begin(code, { place })).body.clusterId).toBe(clusterId);
      await enrol(code, serial, serial);
      const key = randomUUID();
      await photo(key);
      expect((await submit(key, await form(code, { place }))).body.clusterId).toBe(clusterId);
    });

    it('what has not enrolled can be begun elsewhere; what has stays, until somebody revokes it', async () => {
      const { serial, code } = await newBox(',Viettel,0981112222');
      const at = async (name: string) => ({ place: { clusterId: (await house.station.cluster(name)).id } });
      await begin(code, await at('k1'));
      expect((await begin(code, await at('k2'))).body).toMatchObject((await at('k2')).place);
      const device = await enrol(code, serial, serial);
      expect((await begin(code, await at('k1'))).body.code).toBe('handover.boxElsewhere');
      const key = randomUUID();
      await photo(key);
      expect((await submit(key, await form(code, await at('k1')))).body.code).toBe('handover.boxElsewhere');
      await house.as('tho', 'POST', `/api/controllers/${device}/revocations`, { reason: 'Lắp nhầm cụm' });
      expect(await enrol(code, serial, serial)).toBe('claim.used');
      expect((await begin(code, await at('k1'))).body).toMatchObject({ controllerId: null, sim: '2222' });
      const again = await enrol(code, serial, serial);
      expect(await controllerAt(again)).toMatchObject((await at('k1')).place);
    });

    it('a box that did not call within a day waits again, until it is scanned again', async () => {
      const { serial, code } = await newBox();
      await begin(code);
      house.station.clock.advance(24 * HOUR + 1);
      expect(await enrol(code, serial, serial)).toBe('claim.notInstalled');
      await begin(code);
      expect(await enrol(code, serial, serial)).toHaveLength(26);
      house.station.clock.set(MONDAY_NINE);
    });

    it('nobody begins one at a place or with a box of others, or without the right', async () => {
      const { code } = await newBox();
      const place = { clusterId: (await house.station.cluster('k9')).id };
      expect((await begin(code, { place })).body.code).toBe('cluster.unknown');
      expect((await begin(code, {}, 'phuc')).body.code).toBe('stock.boxUnknown');
      expect((await begin(code, {}, 'mai')).body.code).toBe('right.missing');
      expect(await boxOf(code)).toMatchObject({ state: 'waiting' });
    });
  });

  it('a box is installed once', async () => {
    const { code } = await newBox();
    for (const expected of [200, 409]) {
      const key = randomUUID();
      await photo(key);
      expect((await submit(key, await form(code))).status).toBe(expected);
    }
  });

  it('the code is bound to its box: another serial number, and another key than the maker’s, are refused', async () => {
    const key = randomUUID();
    const box = await newBox(`${testKey('the maker’s').publicKey},,`);
    await photo(key);
    await submit(key, await form(box.code));
    expect(await enrol(box.code, 'SN-another', 'the maker’s')).toBe('claim.otherBox');
    expect(await enrol(box.code, box.serial, 'a thief’s')).toBe('claim.used');
    expect(await enrol(box.code, box.serial, 'the maker’s')).toHaveLength(26);
  });

  it('another technician neither adds to a form nor takes it over', async () => {
    const { code } = await newBox();
    const key = randomUUID();
    await photo(key);
    expect((await photo(key, 'photo-2', 'phuc')).body.code).toBe('handover.keyReused');
    expect((await submit(key, await form(code), 'phuc')).body.code).toBe('handover.keyReused');
    expect((await submit(key, await form(code), 'mai')).body.code).toBe('right.missing');
  });

  it.each([
    ['a key that is too short', 'short', 'photo-1', 'handover.keyWrong'],
    ['a name that is none', randomUUID(), 'photo-7', 'handover.keyWrong'],
    ['a way out of the folder', randomUUID(), '..%2f..%2fkeys', 'handover.keyWrong'],
  ])('%s is refused', async (_what, key, name, code) => {
    expect((await photo(key, name)).body.code).toBe(code);
  });

  it.each<[string, Uint8Array, Record<string, string>, string]>([
    ['no picture', Buffer.from('<svg onload="alert(1)"/>'), PNG, 'picture.unknown'],
    ['half a picture', PHOTO.subarray(0, 40), PNG, 'picture.truncated'],
    ['a text', Buffer.from('x'), { 'content-type': 'text/html' }, 'photo.type'],
    ['more than a picture has', Buffer.alloc(10_000_001), PNG, 'photo.tooLarge'],
  ])('%s is refused', async (_what, bytes, headers, code) => {
    const { body } = await house.as('tho', 'PUT', `/api/handovers/${randomUUID()}/files/photo-1`, bytes, headers);
    expect(body.code).toBe(code);
  });

  it('files whose form never came are forgotten, those of a handover stay', async () => {
    const { code } = await newBox();
    const [kept, lost] = [randomUUID(), randomUUID()];
    await photo(kept);
    await photo(lost);
    await submit(kept, await form(code));
    await house.station.get(HandoverService).purge(house.station.clock.nowMs() + 1);
    const left = (handoverId: string) =>
      house.station.database.read((reader) => reader.countBy(HandoverFile, { handoverId }));
    expect([await left(kept), await left(lost)]).toEqual([1, 0]);
  });
});
