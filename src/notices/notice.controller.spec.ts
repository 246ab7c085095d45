import { createECDH, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { inboxPage, type NoticeView, preferenceView } from './notice.api.js';
import { NoticeRoom, noticeSuite, PASSWORD } from './notices.spec-support.js';

const FROM = { name: '', address: 'vang@xa.gov.vn' };

describeOnBothDatabases('notices over HTTP', noticeSuite, (open) => {
  let room: NoticeRoom;
  const tokens = new Map<string, string>();
  const ids = new Map<string, string>();

  beforeAll(async () => {
    // Nothing listens there; no account has an address until a spec gives it one.
    room = await NoticeRoom.open(await open(), {
      mail: { smtpUrl: 'smtp://127.0.0.1:1', from: FROM },
      pushToPrivateEndpoints: true,
    });
    await room.administrator();
    await logIn('quantri');
    for (const login of ['nam', 'lan']) {
      const grants = [{ role: 'monitor', areaId: null }];
      await call('quantri', 'POST', '/api/accounts', { login, password: PASSWORD, name: login, grants });
      await logIn(login);
    }
  });
  afterAll(() => room.close());

  async function call(login: string, method: string, path: string, sent?: unknown, language = 'vi') {
    const response = await fetch(`${room.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens.get(login) ?? ''}`,
        'content-type': 'application/json',
        'accept-language': language,
      },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) };
  }
  async function logIn(login: string): Promise<void> {
    const { body } = await call('', 'POST', '/api/login', { login, password: PASSWORD });
    tokens.set(login, String(body?.token));
    ids.set(login, (body as { account: { id: string } }).account.id);
  }
  async function tell(login: string, key: string): Promise<void> {
    await room.tell({ key, to: { accountIds: [ids.get(login) ?? ''] } });
    await room.carried();
  }
  const list = async (login: string, query = '', language = 'vi') =>
    inboxPage.parse((await call(login, 'GET', `/api/notices${query}`, undefined, language)).body);
  const allOf = async (login: string, limit: number): Promise<NoticeView[]> => {
    const all: NoticeView[] = [];
    let after = '';
    do {
      const page = await list(login, `?limit=${limit}${after && `&after=${after}`}`);
      expect(page.notices.length).toBeLessThanOrEqual(limit);
      all.push(...page.notices);
      after = page.next ?? '';
    } while (after !== '');
    return all;
  };

  it('without a login there is nothing to see', async () => {
    for (const [method, path] of [
      ['GET', '/api/notices'],
      ['GET', '/api/notices/count'],
      ['POST', '/api/notices/x/seen'],
      ['PUT', '/api/notices/preferences'],
      ['GET', '/api/push-key'],
      ['POST', '/api/push-subscriptions'],
      ['PUT', '/api/me/email'],
    ] as const)
      expect(await call('', method, path, method === 'GET' ? undefined : {})).toMatchObject({ status: 401 });
  });

  it('a person reads and counts their own, in the language of the browser, and says what they have seen', async () => {
    await tell('nam', 'http:1');
    const [vi] = (await list('nam')).notices;
    const [en] = (await list('nam', '', 'en-GB')).notices;
    expect([vi?.title, en?.title]).toEqual(['Lịch tiêm chủng chờ duyệt', 'Lịch tiêm chủng waits for approval']);
    expect((await call('nam', 'GET', '/api/notices/count')).body).toEqual({ open: 1, unseen: 1 });
    expect((await call('lan', 'GET', '/api/notices/count')).body).toEqual({ open: 0, unseen: 0 });
    const path = `/api/notices/${vi?.id}/seen`;
    expect(await call('lan', 'POST', path)).toMatchObject({ status: 404, body: { code: 'notices.unknown' } });
    expect((await call('nam', 'POST', path)).status).toBe(204);
    expect((await call('nam', 'POST', path)).status).toBe(204);
    expect((await list('nam')).notices).toMatchObject([{ open: true, seenAtMs: room.clock.nowMs() }]);
    expect((await call('nam', 'GET', '/api/notices/count')).body).toEqual({ open: 1, unseen: 0 });
    expect(await call('nam', 'POST', '/api/notices/x/seen')).toMatchObject({ status: 404 });
  });

  it('open ones first, of each the newest first, whatever the size of the pages', async () => {
    for (let n = 0; n < 7; n++) {
      room.clock.advance(1_000);
      await tell('lan', `page:${n}`);
    }
    for (const n of [1, 4, 6]) await room.settle(`page:${n}`);
    const whole = await allOf('lan', 200);
    expect(whole.map(({ open: waits }) => waits)).toEqual([true, true, true, true, false, false, false]);
    for (const waits of [true, false]) {
      const times = whole.filter((each) => each.open === waits).map(({ createdAtMs }) => createdAtMs);
      expect(times).toEqual([...times].sort((a, b) => b - a));
    }
    for (const limit of [1, 2, 3, 4, 5, 6, 7]) expect(await allOf('lan', limit)).toEqual(whole);
  });

  it.each(['?limit=0', '?limit=201', '?limit=x', '?after=x', "?after=o' OR 1=1 --"])(
    'a list with %s is refused',
    async (query) => {
      expect(await call('nam', 'GET', `/api/notices${query}`)).toMatchObject({
        status: 400,
        body: { code: 'request.invalid' },
      });
    },
  );

  it('preferences: everything, until a person says otherwise; whether it can reach them is said beside it', async () => {
    const preferences = async (login: string) =>
      preferenceView.parse((await call(login, 'GET', '/api/notices/preferences')).body);
    const first = { email: true, push: true, language: 'vi', emailPossible: false, pushBrowsers: 0 };
    expect(await preferences('nam')).toEqual(first);
    expect(await call('nam', 'PUT', '/api/me/email', { email: 'nam@xa.gov.vn' })).toMatchObject({
      status: 200,
      body: { accountId: ids.get('nam'), email: 'nam@xa.gov.vn' },
    });
    expect((await call('nam', 'GET', '/api/me')).body).toMatchObject({ email: 'nam@xa.gov.vn' });
    expect(await preferences('nam')).toMatchObject({ emailPossible: true });
    await call('nam', 'PUT', '/api/notices/preferences', { email: false, push: true, language: 'en' });
    const { body } = await call('nam', 'PUT', '/api/notices/preferences', { email: false, push: false });
    expect(body).toEqual({ email: false, push: false, language: 'en', emailPossible: true, pushBrowsers: 0 });
    expect(await preferences('lan')).toEqual(first);
    expect(await call('nam', 'PUT', '/api/notices/preferences', { email: 'yes', push: true })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ at: 'email' }] },
    });
    expect((await call('nam', 'PUT', '/api/me/email', { email: null })).body).toMatchObject({ email: null });
  });

  it.each([
    'nam',
    'nam@',
    'nam@xa.gov.vn\nBcc: x@do.vn',
    'nam@xa.gov.vn, x@do.vn',
    '"a b"@xa.gov.vn',
    '<nam@xa.gov.vn>',
  ])('the address %j is refused', async (email) => {
    expect(await call('nam', 'PUT', '/api/me/email', { email })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
  });

  it('a browser subscribes with the key it is given, is listed without its secret, and leaves', async () => {
    const { body: given } = await call('nam', 'GET', '/api/push-key');
    expect(Object.keys(given ?? {})).toEqual(['key']);
    expect(Buffer.from(String(given?.key), 'base64url')).toHaveLength(65);
    const keys = {
      p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
      auth: randomBytes(16).toString('base64url'),
    };
    const wanted = { endpoint: 'https://10.0.0.5/secret', expirationTime: null, keys };
    const made = await call('nam', 'POST', '/api/push-subscriptions', wanted);
    expect(made).toMatchObject({ status: 201, body: { host: '10.0.0.5' } });
    const listed = await call('nam', 'GET', '/api/push-subscriptions');
    expect(listed.body).toEqual([made.body]);
    expect(JSON.stringify(listed.body)).not.toContain('secret');
    const path = `/api/push-subscriptions/${made.body?.id}`;
    expect(await call('lan', 'DELETE', path)).toMatchObject({ status: 404 });
    expect((await call('nam', 'DELETE', path)).status).toBe(204);
    expect(await call('nam', 'DELETE', path)).toMatchObject({
      status: 404,
      body: { code: 'notices.subscriptionUnknown' },
    });
    for (const wrong of [{ ...wanted, keys: { ...keys, auth: 'x' } }, { ...wanted, endpoint: '' }, { endpoint: 'x' }])
      expect(await call('nam', 'POST', '/api/push-subscriptions', wrong)).toMatchObject({ status: 400 });
    expect(
      await call('nam', 'POST', '/api/push-subscriptions', { ...wanted, endpoint: 'ftp://10.0.0.5/' }),
    ).toMatchObject({ status: 422, body: { code: 'notices.endpointRefused' } });
  });
});
