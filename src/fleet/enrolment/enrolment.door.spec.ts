import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { testKey } from '../../../devices/player/testing/keys.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { enrolmentOf, everyTable, Station } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import { Metrics } from '../../platform/http/index.js';
import { problemRegistry } from '../../platform/i18n/index.js';
import { Refusals } from '../alarms/refusals.js';
import { Alarm } from '../fleet.entity.js';

const MINUTE = 60_000;

describeOnBothDatabases('devices that are refused over HTTP', everyTable, (open) => {
  let station: Station;
  let device: PoleDevice;
  beforeAll(async () => {
    station = await Station.open(await open(), { withHttp: true });
    await station.settle();
  });
  afterAll(() => station.close());
  beforeEach(async () => {
    station.clock.advance(10 * MINUTE);
    device = await station.enrol('k1', { offline: true });
  });

  const post = async (path: string, sent: object) => {
    const { status, ...answer } = await fetch(`${station.http}/api/device/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent),
    }).then(async (response) => ({ status: response.status, body: (await response.json()) as Record<string, string> }));
    return { status, code: answer.body.code, body: answer.body };
  };
  const refused = async (door: string, reason: string) => {
    const name = `vang_device_refusals_total{door="${door}",reason="${reason}"} `;
    const line = (await station.get(Metrics).text()).split('\n').find((each) => each.startsWith(name));
    return Number(line?.slice(name.length) ?? 0);
  };
  const flushed = () => station.get(Refusals).flush();
  const proofOf = async (id: string) => {
    const { body } = await post('challenges', { v: 1, device: id });
    return { v: 1, device: id, challenge: body.challenge, proof: 'A'.repeat(86) };
  };

  it('a code that somebody else tries again and again is an alarm about the device that it let in', async () => {
    const code = await station.claimCode('k2');
    const { body } = await post('enrolments', enrolmentOf(code, testKey('owner')));
    const owner = { id: body.device ?? '' };
    const before = await refused('enrolment', 'claim.used');
    for (let n = 0; n < 4; n++)
      expect((await post('enrolments', enrolmentOf(code, testKey('thief')))).code).toBe('claim.used');
    await flushed();
    expect(await alarmsOf(station, owner)).toEqual({});
    for (let n = 0; n < 2; n++) await post('enrolments', enrolmentOf(code, testKey('thief')));
    await flushed();
    expect(await alarmsOf(station, owner)).toEqual({ 'device.claimReused': 2 });
    expect((await refused('enrolment', 'claim.used')) - before).toBe(6);
    expect(await alarmsOf(station, device)).toEqual({});
  });

  it('proofs that fail in the name of a device are an alarm about it; in an invented name they are counted', async () => {
    const before = await refused('enrolment', 'device.proofWrong');
    const wrong = await proofOf(device.id);
    for (let n = 0; n < 6; n++) expect((await post('tokens', wrong)).code).toBe('device.proofWrong');
    const invented = await proofOf('nobody');
    for (let n = 0; n < 6; n++) expect((await post('tokens', invented)).code).toBe('device.proofWrong');
    await flushed();
    expect(await alarmsOf(station, device)).toEqual({ 'device.proofRefused': 2 });
    expect(await alarmsOf(station, { id: 'nobody' })).toEqual({});
    expect((await refused('enrolment', 'device.proofWrong')) - before).toBe(12);
  });

  it('wrong tokens in the name of a device are an alarm about it, whoever has the right one is served', async () => {
    const get = (token: string, id = device.id) =>
      fetch(`${station.http}/api/device/v1/assets/${'a'.repeat(64)}`, {
        headers: { authorization: `Bearer ${id}.${token}` },
      });
    const before = await refused('http', 'token');
    for (let n = 0; n < 6; n++) expect((await get('x'.repeat(43))).status).toBe(401);
    for (let n = 0; n < 6; n++) await get('x'.repeat(43), 'nobody');
    expect((await get(device.token)).status).toBe(404);
    await flushed();
    expect(await alarmsOf(station, device)).toEqual({ 'device.loginRefused': 2 });
    expect(await alarmsOf(station, { id: 'nobody' })).toEqual({});
    expect((await refused('http', 'token')) - before).toBe(12);
  });

  it('an attacker with a thousand names writes nothing into the table of alarms', async () => {
    const rows = () => station.database.read((reader) => reader.count(Alarm));
    const before = await rows();
    const refusals = station.get(Refusals);
    for (let n = 0; n < 1_000; n++)
      refusals.failed({ code: 'device.loginRefused', controllerId: `invented-${n}`, detail: '', times: 9 });
    await flushed();
    expect(await rows()).toBe(before);
  });

  it('guesses from one address are answered no more after 240 in a minute; who does not fail is never counted', async () => {
    const guess = async () => (await post('enrolments', enrolmentOf('x'.repeat(26), testKey('guess')))).status;
    const first = await guess();
    expect([400, 403]).toContain(first);
    for (let n = 1; n < 240; n++) await guess();
    expect(await guess()).toBe(429);
    const fresh = enrolmentOf(await station.claimCode('k2'), testKey('honest'));
    expect((await post('enrolments', fresh)).code).toBe('device.asksTooOften');
    station.clock.advance(MINUTE);
    for (let n = 0; n < 250; n++) expect((await post('enrolments', fresh)).status).toBe(201);
    expect(await refused('enrolment', 'address')).toBe(2);
  });

  it('each of these alarms has words', () => {
    for (const code of ['device.claimReused', 'device.proofRefused', 'device.loginRefused', 'device.foreignName'])
      expect(problemRegistry.get(code)).toMatchObject({ vi: /./, en: /./ });
  });
});
