import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, Station } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import { Metrics } from '../../platform/http/index.js';
import { problemRegistry } from '../../platform/i18n/index.js';
import { Refusals } from '../alarms/refusals.js';
import { Alarm } from '../fleet.entity.js';

const SECRET = createHash('sha256').update('the secret of this spec').digest('base64url');

describeOnBothDatabases('what a broker that asks over HTTP is answered with no', everyTable, (open) => {
  let station: Station;
  let device: PoleDevice;
  let other: PoleDevice;
  beforeAll(async () => {
    const externalAccess = { accounts: null, httpSecret: SECRET };
    station = await Station.open(await open(), { withHttp: true, externalAccess });
    await station.settle();
  });
  afterAll(() => station.close());
  beforeEach(async () => {
    [device, other] = [await station.enrol('k1', { offline: true }), await station.enrol('k2', { offline: true })];
  });

  const ask = (path: string, type: string, body: string, secret = SECRET) =>
    fetch(`${station.http}/broker/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${secret}` },
      body,
    });
  const emqx = async (what: string, fields: object) =>
    ((await (await ask(`emqx/${what}`, 'application/json', JSON.stringify(fields))).json()) as { result: string })
      .result;
  const rabbit = async (what: string, fields: Record<string, string>) =>
    (
      await ask(`rabbitmq/${SECRET}/${what}`, 'application/x-www-form-urlencoded', `${new URLSearchParams(fields)}`)
    ).text();
  const wish = (action: string, topic: string, more: object = {}) =>
    emqx('authorization', { username: device.id, clientid: device.id, action, topic, retain: 'false', ...more });
  const resource = (fields: Record<string, string>) =>
    rabbit('resource', {
      username: device.id,
      vhost: '/',
      resource: 'queue',
      permission: 'read',
      name: 'x',
      ...fields,
    });
  const topic = (permission: string, key: string) =>
    rabbit('topic', {
      ...{ username: device.id, vhost: '/', resource: 'topic', name: 'amq.topic', permission },
      routing_key: key.replaceAll('/', '.'),
    });
  const refused = async (door: string, reason: string) => {
    const name = `vang_device_refusals_total{door="${door}",reason="${reason}"} `;
    const line = (await station.get(Metrics).text()).split('\n').find((each) => each.startsWith(name));
    return Number(line?.slice(name.length) ?? 0);
  };

  type Case = [door: string, reason: string, alarm: string, detail: () => string, deny: () => Promise<string>];
  it.each<Case>([
    ['emqx', 'publish', 'device.topicForbidden', () => other.id, () => wish('publish', topics.up(other.id, 'state'))],
    [
      'emqx',
      'retain',
      'device.retainForbidden',
      () => 'receipts',
      () => wish('publish', topics.up(device.id, 'receipts'), { retain: true }),
    ],
    ['emqx', 'subscribe', 'device.filterForbidden', () => '#', () => wish('subscribe', '#')],
    [
      'emqx',
      'clientId',
      'device.clientIdForeign',
      () => other.id,
      () => wish('subscribe', topics.keys, { clientid: other.id }),
    ],
    [
      'emqx',
      'clientId',
      'device.clientIdForeign',
      () => other.id,
      () => emqx('authentication', { username: device.id, password: device.token, clientid: other.id }),
    ],
    [
      'rabbitmq',
      'publish',
      'device.topicForbidden',
      () => other.id,
      () => topic('write', topics.up(other.id, 'state')),
    ],
    ['rabbitmq', 'subscribe', 'device.filterForbidden', () => '#', () => topic('read', '#')],
    [
      'rabbitmq',
      'resource',
      'device.resourceForbidden',
      () => 'amq.direct',
      () => resource({ resource: 'exchange', name: 'amq.direct' }),
    ],
    [
      'rabbitmq',
      'resource',
      'device.resourceForbidden',
      () => 'other',
      () => rabbit('vhost', { username: device.id, vhost: 'other' }),
    ],
    [
      'rabbitmq',
      'clientId',
      'device.clientIdForeign',
      () => other.id,
      () => rabbit('user', { username: device.id, password: device.token, client_id: other.id }),
    ],
  ])('case 16: %s, %s: counted, and %s about the device alone', async (door, reason, alarm, detail, deny) => {
    const before = await refused(door, reason);
    expect(await deny()).toBe('deny');
    await station.get(Refusals).flush();
    expect((await refused(door, reason)) - before).toBe(1);
    expect(await alarmsOf(station, device)).toEqual({ [alarm]: 1 });
    const [row] = await station.database.read((reader) => reader.findBy(Alarm, { controllerId: device.id }));
    expect(row?.detail).toContain(detail());
    expect(await alarmsOf(station, other)).toEqual({});
    expect(problemRegistry.get(alarm)).toMatchObject({ vi: /./, en: /./ });
  });

  it.each<[string, (username: string) => Promise<string>]>([
    ['emqx', (username) => emqx('authentication', { username, password: 'wrong', clientid: username })],
    ['rabbitmq', (username) => rabbit('user', { username, password: 'x'.repeat(43), client_id: username })],
  ])(
    '%s: wrong passwords are counted; from the fifth in ten minutes on they are an alarm about a device that there is',
    async (door, knock) => {
      const before = await refused(door, 'login');
      for (let n = 0; n < 4; n++) expect(await knock(device.id)).toBe('deny');
      await station.get(Refusals).flush();
      expect(await alarmsOf(station, device)).toEqual({});
      for (let n = 0; n < 3; n++) await knock(device.id);
      for (let n = 0; n < 7; n++) await knock('nobody');
      await station.get(Refusals).flush();
      expect(await alarmsOf(station, device)).toEqual({ 'device.loginRefused': 3 });
      expect(await alarmsOf(station, { id: 'nobody' })).toEqual({});
      expect((await refused(door, 'login')) - before).toBe(14);
    },
  );

  it('what is no question of a broker, and who does not know the secret, is counted', async () => {
    expect(await emqx('authorization', { username: device.id })).toBe('deny');
    expect(await rabbit('user', {})).toBe('deny');
    expect((await ask('emqx/authentication', 'application/json', '{}', 'wrong')).status).toBe(401);
    expect([
      await refused('emqx', 'malformed'),
      await refused('rabbitmq', 'malformed'),
      await refused('gate', 'secret'),
    ]).toEqual([1, 1, 1]);
  });
});
