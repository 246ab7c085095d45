import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable, Station } from '../../../test/support/station.js';
import type { Database } from '../../platform/database/index.js';

const SECRET = createHash('sha256').update('the secret of this spec').digest('base64url');

/** Requests as the brokers write them, over a socket: headers, order of fields and encoding are theirs. */
describeOnBothDatabases('a broker asks over HTTP', everyTable, (open) => {
  let station: Station;
  let database: Database;
  let a: { id: string; token: string };
  let b: { id: string; token: string };
  let revoked: { id: string; token: string };

  beforeAll(async () => {
    database = await open();
    station = await Station.open(database, { withHttp: true, externalAccess: { accounts: null, httpSecret: SECRET } });
    await station.settle();
    revoked = await station.enrol('k1', { offline: true });
    a = await station.enrol('k1', { offline: true });
    b = await station.enrol('k2', { offline: true });
  });
  afterAll(() => station.close());

  /** @returns status, content type and body of the answer */
  async function post(path: string, headers: readonly string[], body: string, at = station) {
    const { hostname, port } = new URL(at.http);
    const socket = connect(Number(port), hostname);
    const lines = [
      `POST ${path} HTTP/1.1`,
      ...headers,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    await once(socket, 'close');
    const [head = '', ...rest] = answer.split('\r\n\r\n');
    const type = /content-type: ([^;\r]+)/i.exec(head)?.[1];
    return { status: Number(head.split(' ')[1]), type, body: rest.join('\r\n\r\n') };
  }

  const emqxHeaders = (secret = SECRET) => [
    'host: 127.0.0.1:8080',
    'accept: application/json',
    'cache-control: no-cache',
    'content-type: application/json',
    `authorization: Bearer ${secret}`,
  ];
  const emqx = async (what: string, body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await post(`/broker/v1/emqx/${what}`, emqxHeaders(), text);
    expect([answer.status, answer.type]).toEqual([200, 'application/json']);
    return JSON.parse(answer.body) as { result: string };
  };
  const rabbitHeaders = ['te: ', 'host: 127.0.0.1:8080', 'content-type: application/x-www-form-urlencoded'];
  const rabbit = async (what: string, body: string) => {
    const answer = await post(`/broker/v1/rabbitmq/${SECRET}/${what}`, rabbitHeaders, body);
    expect([answer.status, answer.type]).toEqual([200, 'text/plain']);
    return answer.body;
  };

  describe('EMQX', () => {
    const login = (device: { id: string; token: string }, changes = {}) =>
      emqx('authentication', { username: device.id, password: device.token, clientid: device.id, ...changes });
    const wish = async (action: string, topic: string, changes = {}) =>
      (await emqx('authorization', { username: a.id, clientid: a.id, action, topic, retain: 'false', ...changes }))
        .result;

    it('a device logs in with its token and is no superuser', async () => {
      expect(await login(a)).toEqual({ result: 'allow', is_superuser: false });
    });

    it.each([
      ['a wrong password', () => login(a, { password: b.token })],
      ['no password', () => login(a, { password: '' })],
      ["another's client id", () => login(a, { clientid: b.id })],
      ['an unknown name', () => login({ id: 'nobody', token: a.token })],
      ['the token with more behind it', () => login(a, { password: `${a.token}.x` })],
      ['a revoked device', () => login(revoked)],
      ['a placeholder that was not filled in', () => login(a, { password: `$${'{password}'}` })],
      ['a list', () => emqx('authentication', [])],
      ['nothing', () => emqx('authentication', {})],
    ])('%s is denied', async (_, ask) => {
      expect((await ask()).result).toBe('deny');
    });

    it('case 16: own topics are allowed, those of others and wider wildcards are denied', async () => {
      const own = [topics.up(a.id, 'receipts'), topics.up(a.id, 'state')];
      for (const topic of own) expect([topic, await wish('publish', topic)]).toEqual([topic, 'allow']);
      for (const topic of [topics.keys, topics.down(a.id, 'plan'), `vang/v1/devices/${a.id}/#`, 'vang/v1/assets/+/#'])
        expect([topic, await wish('subscribe', topic)]).toEqual([topic, 'allow']);
      for (const topic of [topics.up(b.id, 'receipts'), topics.down(a.id, 'plan'), topics.keys, '#', '+', '', '$SYS/x'])
        expect([topic, await wish('publish', topic)]).toEqual([topic, 'deny']);
      for (const topic of [
        topics.down(b.id, 'plan'),
        '#',
        '+/#',
        'vang/#',
        'vang/v1/devices/+/plan',
        'vang/v1/devices/#',
        'vang/v1/assets/#',
        topics.up(a.id, 'state'),
        '$SYS/#',
        '$share/g/#',
        `$share/g/vang/v1/devices/${b.id}/plan`,
        `$queue/vang/v1/devices/${b.id}/plan`,
        'vang/v1/keys#',
        '',
      ])
        expect([topic, await wish('subscribe', topic)]).toEqual([topic, 'deny']);
    });

    it('the person at work on a device is a second session with the rights of the device, and nobody else’s', async () => {
      const tool = { clientid: `${a.id}.tool` };
      expect(await login(a, tool)).toMatchObject({ result: 'allow' });
      expect(await wish('publish', topics.up(a.id, 'receipts'), tool)).toBe('allow');
      expect(await wish('publish', topics.up(b.id, 'receipts'), tool)).toBe('deny');
      for (const clientid of [`${b.id}.tool`, `${a.id}.tools`, `${a.id}.tool.tool`, '.tool', ''])
        expect([clientid, (await login(a, { clientid })).result]).toEqual([clientid, 'deny']);
    });

    it('the retain flag needs a right of its own, as text and as a JSON value', async () => {
      for (const retain of ['true', true]) {
        expect(await wish('publish', topics.up(a.id, 'state'), { retain })).toBe('allow');
        expect(await wish('publish', topics.up(a.id, 'receipts'), { retain })).toBe('deny');
      }
    });

    it.each([
      ['a revoked device', () => wish('subscribe', topics.keys, { username: revoked.id, clientid: revoked.id })],
      ['an unknown one', () => wish('subscribe', topics.keys, { username: 'nobody', clientid: 'nobody' })],
      ["another's client id", () => wish('subscribe', topics.keys, { clientid: b.id })],
      ['an unknown action', () => wish('delete', topics.keys)],
      ['a topic that is no text', () => wish('subscribe', '', { topic: { $ne: '' } })],
    ])('%s is denied', async (_, ask) => {
      expect(await ask()).toBe('deny');
    });
  });

  describe('RabbitMQ', () => {
    const context = (device: { id: string }) =>
      `&variable_map.client_id=${device.id}&variable_map.username=${device.id}&variable_map.vhost=%2F`;
    const resource = (device: { id: string }, kind: string, name: string, permission: string) =>
      rabbit(
        'resource',
        `username=${device.id}&vhost=%2F&resource=${kind}&name=${name}&permission=${permission}&tags=&client_id=${device.id}`,
      );
    const topic = (device: { id: string }, permission: string, mqttTopic: string, changes = '') => {
      const key = mqttTopic.replace(/[/.+]/g, (letter) => ({ '/': '.', '.': '/', '+': '*' })[letter] ?? letter);
      const fields = `username=${device.id}&vhost=%2F&resource=topic&name=amq.topic&permission=${permission}&tags=`;
      const routing = `&routing_key=${encodeURIComponent(key)}`;
      return rabbit('topic', `${changes || fields}${routing}${context(device)}`);
    };

    it('a device logs in with its token and gets no tags', async () => {
      expect(await rabbit('user', `username=${a.id}&vhost=%2F&client_id=${a.id}&password=${a.token}`)).toBe('allow');
      expect(await rabbit('vhost', `username=${a.id}&vhost=%2F&ip=127.0.0.1&tags=&client_id=${a.id}`)).toBe('allow');
    });

    it.each([
      ['a wrong password', () => rabbit('user', `username=${a.id}&vhost=%2F&client_id=${a.id}&password=${b.token}`)],
      ["another's client id", () => rabbit('user', `username=${a.id}&vhost=%2F&client_id=${b.id}&password=${a.token}`)],
      ['AMQP, which names no client id', () => rabbit('user', `username=${a.id}&password=${a.token}`)],
      [
        'a name that comes twice',
        () => rabbit('user', `username=${b.id}&username=${a.id}&client_id=${a.id}&password=${a.token}`),
      ],
      [
        'a revoked device',
        () => rabbit('user', `username=${revoked.id}&client_id=${revoked.id}&password=${revoked.token}`),
      ],
      ['another vhost', () => rabbit('vhost', `username=${a.id}&vhost=other&ip=127.0.0.1&tags=`)],
      ['an unknown name on the vhost', () => rabbit('vhost', 'username=nobody&vhost=%2F&ip=127.0.0.1&tags=')],
      ['nothing', () => rabbit('user', '')],
      ['JSON', () => rabbit('user', '{"username":"x"}')],
    ])('%s is denied', async (_, ask) => {
      expect(await ask()).toBe('deny');
    });

    it('a device has its own queues and the exchange of MQTT, nothing else', async () => {
      for (const permission of ['configure', 'write', 'read'])
        for (const qos of [0, 1])
          expect(await resource(a, 'queue', `mqtt-subscription-${a.id}qos${qos}`, permission)).toBe('allow');
      expect(await resource(a, 'exchange', 'amq.topic', 'write')).toBe('allow');
      expect(await resource(a, 'exchange', 'amq.topic', 'read')).toBe('allow');
      expect(await resource(a, 'exchange', 'amq.topic', 'configure')).toBe('deny');
      expect(await resource(a, 'exchange', 'amq.direct', 'write')).toBe('deny');
      expect(await resource(a, 'queue', `mqtt-subscription-${b.id}qos1`, 'read')).toBe('deny');
      expect(await resource(revoked, 'exchange', 'amq.topic', 'write')).toBe('deny');
    });

    it('the person at work on a device is a second session with queues of its own', async () => {
      const tool = `${a.id}.tool`;
      expect(await rabbit('user', `username=${a.id}&vhost=%2F&client_id=${tool}&password=${a.token}`)).toBe('allow');
      for (const queue of [`mqtt-subscription-${tool}qos0`, `mqtt-subscription-${tool}qos1`, `mqtt-will-${tool}`])
        expect([queue, await resource(a, 'queue', queue, 'configure')]).toEqual([queue, 'allow']);
      expect(await rabbit('user', `username=${a.id}&client_id=${b.id}.tool&password=${a.token}`)).toBe('deny');
      expect(await resource(a, 'queue', `mqtt-subscription-${b.id}.toolqos1`, 'read')).toBe('deny');
    });

    it('case 16: own topics are allowed, those of others and wider wildcards are denied', async () => {
      expect(await topic(a, 'write', topics.up(a.id, 'receipts'))).toBe('allow');
      for (const filter of [topics.keys, `vang/v1/devices/${a.id}/#`, 'vang/v1/assets/+/#'])
        expect([filter, await topic(a, 'read', filter)]).toEqual([filter, 'allow']);
      for (const other of [
        topics.up(b.id, 'receipts'),
        topics.down(a.id, 'plan'),
        '#',
        'vang/v1/shards/+/devices/+/state',
      ])
        expect([other, await topic(a, 'write', other)]).toEqual([other, 'deny']);
      for (const filter of [
        topics.down(b.id, 'plan'),
        '#',
        '+/#',
        'vang/v1/devices/+/plan',
        // To RabbitMQ a star is a wildcard, though to MQTT it is a letter.
        'vang/v1/devices/*/plan',
        'vang/#/plan',
        'vang.v1.keys',
        '$share/g/#',
        '$SYS/#',
      ])
        expect([filter, await topic(a, 'read', filter)]).toEqual([filter, 'deny']);
      expect(await topic(revoked, 'read', topics.keys)).toBe('deny');
      expect(await topic(a, 'configure', topics.keys)).toBe('deny');
      const elsewhere = `username=${a.id}&vhost=%2F&resource=topic&name=other&permission=read&tags=`;
      expect(await topic(a, 'read', topics.keys, elsewhere)).toBe('deny');
    });

    it('a question that is too long is refused', async () => {
      const body = `username=${a.id}&password=${'x'.repeat(9_000)}`;
      expect((await post(`/broker/v1/rabbitmq/${SECRET}/user`, rabbitHeaders, body)).status).toBe(413);
    });
  });

  it('without a secret in the configuration there is nothing', async () => {
    const closed = await Station.open(database, { withHttp: true, folder: 'closed' });
    const body = `username=${a.id}&vhost=%2F&client_id=${a.id}&password=${a.token}`;
    for (const path of [
      `/broker/v1/rabbitmq/${SECRET}/user`,
      '/broker/v1/rabbitmq//user',
      '/broker/v1/emqx/authentication',
    ])
      expect([path, (await post(path, rabbitHeaders, body, closed)).status]).toEqual([path, 404]);
    await closed.close();
  });

  it('a wrong secret is refused, and after eighty from one address so is everybody there, for ten minutes', async () => {
    const ask = async (secret: string) =>
      (await post('/broker/v1/emqx/authentication', emqxHeaders(secret), '{}')).status;
    expect(await ask('')).toBe(401);
    expect(await ask(`${SECRET}x`)).toBe(401);
    for (let i = 0; i < 77; i++) await ask('wrong');
    expect(await ask(SECRET)).toBe(200);
    expect(await ask('wrong')).toBe(401);
    expect(await ask('wrong')).toBe(429);
    expect(await ask(SECRET)).toBe(429);
    station.clock.advance(10 * 60_000 + 1);
    expect(await ask(SECRET)).toBe(200);
  });
});
