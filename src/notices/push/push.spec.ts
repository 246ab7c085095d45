import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { InboxService } from '../inbox.service.js';
import { PushKey, PushSubscription } from '../notice.entity.js';
import { emptied, HOUR_MS, NoticeRoom, noticeSuite, testNotice } from '../notices.spec-support.js';
import type { NoticeSettings } from '../settings.js';
import { PushKeys } from './push.keys.js';
import { SubscriptionService } from './subscription.service.js';

/** What a browser makes when somebody allows notifications. */
class Browser {
  readonly #key = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly publicKey = this.#key.generateKeys();

  subscription(endpoint: string) {
    return { endpoint, keys: { p256dh: this.publicKey.toString('base64url'), auth: this.#auth.toString('base64url') } };
  }

  /** RFC 8291 and RFC 8188 with node:crypto, so that nothing of what encrypted takes part. */
  open(body: Buffer): unknown {
    const salt = body.subarray(0, 16);
    const keyLength = body.readUInt8(20);
    const senderKey = body.subarray(21, 21 + keyLength);
    const shared = this.#key.computeSecret(senderKey);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.publicKey, senderKey]);
    const secret = Buffer.from(hkdfSync('sha256', shared, this.#auth, info, 32));
    const key = Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16));
    const nonce = Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12));
    const sealed = body.subarray(21 + keyLength);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16));
    const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString());
  }
}

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A push service that keeps what it is sent. */
class PushService {
  readonly received: Received[] = [];
  status = 201;
  location: string | null = null;
  readonly #server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      this.received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces) });
      if (this.location) response.setHeader('location', this.location);
      response.writeHead(this.status).end();
    });
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** RFC 8292: checks the signature by the key that the browser was given, and gives the claims. */
function claimsOf(authorization: string | undefined, publicKey: string): Record<string, unknown> {
  const [, jwt = '', key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization ?? '') ?? [];
  expect(key).toBe(publicKey);
  const point = Buffer.from(publicKey, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const [head = '', claims = '', signature = ''] = jwt.split('.');
  const rightly = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  expect(rightly).toBe(true);
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
}

describeOnBothDatabases('notices by Web Push', noticeSuite, (open) => {
  let database: Database;
  let service: PushService;
  let origin: string;
  const rooms: NoticeRoom[] = [];
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await emptied(database);
    service = new PushService();
    origin = await service.open();
  });
  afterEach(async () => {
    for (const room of rooms.splice(0)) await room.close();
    await service.close();
  });

  async function start(settings: Partial<NoticeSettings> = { pushToPrivateEndpoints: true }): Promise<NoticeRoom> {
    const room = await NoticeRoom.open(database, settings);
    rooms.push(room);
    return room;
  }
  const subscribe = (room: NoticeRoom, actor: Actor, endpoint: string, browser = new Browser()) =>
    room.get(SubscriptionService).subscribe(actor, browser.subscription(endpoint));
  const told = async (room: NoticeRoom, changes = {}) => {
    await room.tell(changes);
    await room.carried();
  };
  const states = async (room: NoticeRoom) => (await room.deliveries()).map(({ state, reason }) => reason ?? state);
  const codeOf = (doing: Promise<unknown>) =>
    doing.then(
      () => 'done',
      (problem: { code?: string }) => problem.code ?? String(problem),
    );

  it('the browser, and nobody on the way, reads title, body and link; the token is signed by the key it was given', async () => {
    const room = await start();
    const nam = await room.person('nam', 'approver');
    const browser = new Browser();
    await subscribe(room, nam, `${origin}/send/nam`, browser);
    await told(room);
    const [push] = service.received;
    if (!push) throw new Error('no push');
    expect(push.path).toBe('/send/nam');
    expect(browser.open(push.body)).toEqual({
      title: 'Lịch tiêm chủng chờ duyệt',
      body: 'Chị Hoa gửi «Lịch tiêm chủng» để duyệt.',
      link: '/duyet?item=1',
    });
    expect(push.body.toString('latin1')).not.toContain('duyet');
    expect(push.headers).toMatchObject({
      ttl: '86400',
      urgency: 'normal',
      'content-encoding': 'aes128gcm',
      topic: expect.stringMatching(/^[\w-]{32}$/),
    });
    const claims = claimsOf(push.headers.authorization, await room.get(PushKeys).publicKey());
    expect(claims).toMatchObject({ aud: origin, sub: 'https://vang.xa.gov.vn' });
    const secondsLeft = Number(claims.exp) - Date.now() / 1_000;
    expect(secondsLeft).toBeGreaterThan(0);
    expect(secondsLeft).toBeLessThanOrEqual(24 * 3_600);
    expect(await states(room)).toEqual(['sent']);
  });

  it('an urgent kind wakes the telephone; reminders replace each other at the push service', async () => {
    const room = await start();
    const nam = await room.person('nam', 'approver');
    const browser = new Browser();
    await subscribe(room, nam, origin, browser);
    await told(room, { ...testNotice('test.alarm'), remindAfterMs: HOUR_MS });
    await room.later(HOUR_MS);
    expect(service.received.map(({ headers }) => headers.urgency)).toEqual(['high', 'high']);
    expect(new Set(service.received.map(({ headers }) => headers.topic)).size).toBe(1);
    expect(service.received.map(({ body }) => browser.open(body))).toMatchObject([
      { title: 'Cụm loa mất điện' },
      { title: 'Nhắc lại: Cụm loa mất điện' },
    ]);
  });

  it('the key is made once, by however many processes, and outlives them', async () => {
    const [one, two] = [await start(), await start()];
    const keys = await Promise.all([one, two, one].map((room) => room.get(PushKeys).publicKey()));
    expect(new Set(keys).size).toBe(1);
    expect(await (await start()).get(PushKeys).publicKey()).toBe(keys[0]);
    expect(await database.read((reader) => reader.count(PushKey))).toBe(1);
  });

  it.each([404, 410])('a browser that has gone (%i) is forgotten', async (status) => {
    const room = await start();
    const nam = await room.person('nam', 'approver');
    await subscribe(room, nam, origin);
    service.status = status;
    await told(room);
    expect(await room.get(SubscriptionService).list(nam)).toEqual([]);
    await told(room, { key: 'test.pending:2' });
    expect(service.received).toHaveLength(1);
  });

  it('a push service in trouble is asked again, one that refuses is not', async () => {
    const room = await start();
    const nam = await room.person('nam', 'approver');
    await subscribe(room, nam, origin);
    service.status = 503;
    await told(room);
    expect(await states(room)).toEqual(['waiting']);
    service.status = 201;
    await room.later(1_000);
    expect(await states(room)).toEqual(['sent']);
    service.status = 403;
    await told(room, { key: 'test.pending:2' });
    await room.later(HOUR_MS, 10 * 60_000);
    expect(service.received).toHaveLength(3);
    expect(await states(room)).toEqual(['sent', 'the push service answered 403']);
    expect(await room.get(SubscriptionService).list(nam)).toHaveLength(1);
  });

  it('a redirect is not followed', async () => {
    const room = await start();
    const elsewhere = new PushService();
    service.location = await elsewhere.open();
    service.status = 307;
    await subscribe(room, await room.person('nam', 'approver'), origin);
    await told(room);
    expect(elsewhere.received).toEqual([]);
    expect(await states(room)).toEqual(['the push service answered 307']);
    await elsewhere.close();
  });

  it('a service that cannot show a certificate that somebody vouches for gets nothing', async () => {
    const room = await start();
    // Any TLS server with a certificate of its own making.
    const stranger = new SMTPServer({ secure: true, logger: false });
    stranger.on('error', () => {});
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.server.address();
    const port = typeof address === 'object' ? address?.port : '';
    await subscribe(room, await room.person('nam', 'approver'), `https://localhost:${port}/`);
    await told(room);
    expect(await states(room)).toEqual(['waiting']);
    const [job] = await database.read((reader) => reader.query("SELECT error FROM jobs WHERE kind = 'notices.push'"));
    expect(String((job as { error: unknown }).error)).toMatch(/certificate/);
    await new Promise<void>((resolve) => stranger.close(() => resolve()));
  });

  it('a private address is refused: written out, behind a name, and when the name moves later', async () => {
    let home = '8.8.8.8';
    const room = await start({
      resolve: async (name) => {
        if (name !== 'push.vn') throw new Error('unknown name');
        return [{ address: home, family: 4 }];
      },
    });
    const nam = await room.person('nam', 'approver');
    expect(await codeOf(subscribe(room, nam, origin))).toBe('notices.endpointRefused');
    expect(await codeOf(subscribe(room, nam, 'https://192.168.1.1/'))).toBe('notices.endpointRefused');
    expect(await codeOf(subscribe(room, nam, 'https://khong.co/'))).toBe('notices.endpointUnresolved');
    home = '127.0.0.1';
    expect(await codeOf(subscribe(room, nam, 'https://push.vn/x'))).toBe('notices.endpointRefused');
    home = '8.8.8.8';
    expect(await codeOf(subscribe(room, nam, `https://push.vn:${new URL(origin).port}/x`))).toBe('done');
    home = '127.0.0.1';
    await told(room);
    expect(service.received).toEqual([]);
    expect(await states(room)).toEqual(['push.vn leads to an address that is not public']);
  });

  it('localhost by name is refused by the operating system’s own answer', async () => {
    const room = await start({});
    const nam = await room.person('nam', 'approver');
    expect(await codeOf(subscribe(room, nam, 'https://localhost:8443/'))).toBe('notices.endpointRefused');
  });

  it('a private endpoint that a closed network had allowed is not asked once that is over', async () => {
    const before = await start();
    const nam = await before.person('nam', 'approver');
    await subscribe(before, nam, origin);
    const room = await start({});
    await told(room);
    expect(service.received).toEqual([]);
    expect(await states(room)).toEqual(['the endpoint is not allowed']);
  });

  it('keys that are no point of the curve are refused', async () => {
    const room = await start();
    const nam = await room.person('nam', 'approver');
    const { keys } = new Browser().subscription(origin);
    const off = Buffer.from(keys.p256dh, 'base64url');
    off.writeUInt8(off.readUInt8(64) ^ 1, 64);
    for (const p256dh of [off.toString('base64url'), Buffer.alloc(65).toString('base64url')])
      expect(
        await codeOf(room.get(SubscriptionService).subscribe(nam, { endpoint: origin, keys: { ...keys, p256dh } })),
      ).toBe('notices.keysInvalid');
  });

  it('the same browser again is one subscription, with its new keys, of whoever is logged in', async () => {
    const room = await start();
    const [nam, lan] = [await room.person('nam', 'approver'), await room.person('lan', 'approver')];
    const first = await subscribe(room, nam, origin);
    const [again, moved] = [await subscribe(room, nam, origin), await subscribe(room, lan, origin)];
    expect([again.id, moved.id]).toEqual([first.id, first.id]);
    expect(await room.get(SubscriptionService).list(nam)).toEqual([]);
    await told(room);
    expect(service.received).toHaveLength(1);
    expect(await codeOf(room.get(SubscriptionService).unsubscribe(nam, first.id))).toBe('notices.subscriptionUnknown');
    await room.get(SubscriptionService).unsubscribe(lan, first.id);
    expect(await database.read((reader) => reader.count(PushSubscription))).toBe(0);
  });

  it('twenty browsers a person: the oldest gives way', async () => {
    const room = await start();
    const nam = await room.person('nam', 'approver');
    const made: string[] = [];
    for (let n = 0; n < 21; n++) made.push((await subscribe(room, nam, `${origin}/${n}`)).id);
    const kept = (await room.get(SubscriptionService).list(nam)).map(({ id }) => id);
    expect(kept).toEqual(made.slice(1).reverse());
  });

  it('who wants no push gets none; a reminder that meets the quiet hours in trouble does not come at night', async () => {
    const room = await start();
    const [nam, lan] = [await room.person('nam', 'approver'), await room.person('lan', 'approver')];
    await subscribe(room, nam, `${origin}/nam`);
    await subscribe(room, lan, `${origin}/lan`);
    await room.get(InboxService).prefer(lan, { email: true, push: false });
    room.clock.advance(10.5 * HOUR_MS); // 19:30
    await told(room, { remindAfterMs: HOUR_MS });
    expect(service.received.map(({ path }) => path)).toEqual(['/nam']);
    service.status = 503;
    await room.later(HOUR_MS); // 20:30, the reminder meets a push service in trouble
    service.status = 201;
    await room.later(3 * HOUR_MS);
    expect(service.received).toHaveLength(2);
    // The second reminder is due in the morning: the first would only come beside it.
    await room.later(5.5 * HOUR_MS); // 05:00
    expect(service.received).toHaveLength(3);
    expect(await states(room)).toEqual(['sent', 'overtaken', 'sent']);
  });

  it('the last reminder is not lost to the night', async () => {
    const room = await start();
    await subscribe(room, await room.person('nam', 'approver'), origin);
    await told(room, { remindAfterMs: 3 * HOUR_MS });
    await room.later(6 * HOUR_MS, 3 * HOUR_MS); // 15:00, two reminders
    room.clock.advance(5.5 * HOUR_MS); // 20:30
    service.status = 503;
    await room.carried();
    service.status = 201;
    await room.later(HOUR_MS); // 21:30
    expect(service.received).toHaveLength(4);
    await room.later(7.5 * HOUR_MS); // 05:00
    expect(service.received).toHaveLength(5);
    expect((await states(room)).at(-1)).toBe('sent');
  });
});
