import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../test/support/databases.js';
import { planWithLine } from '../test/support/shelf.js';
import { everyTable, Station } from '../test/support/station.js';
import { AccountService } from './accounts/index.js';
import { schemaDrift } from './platform/database/index.js';

const PASSWORD = 'mot-mat-khau-dai';

interface Route {
  readonly method: string;
  readonly path: string;
}
interface ExpressLayer {
  readonly route?: {
    readonly path: string | RegExp | readonly string[];
    readonly methods: Readonly<Record<string, boolean>>;
  };
}

/** What express really serves, and not what decorators promise. */
function routesOf(app: NestExpressApplication): Route[] {
  const { router } = app.getHttpAdapter().getInstance() as unknown as {
    readonly router: { readonly stack: readonly ExpressLayer[] };
  };
  return router.stack.flatMap(({ route }) => {
    if (!route) return [];
    const paths = Array.isArray(route.path) ? route.path : [route.path];
    return paths.flatMap((path) =>
      Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: String(path) })),
    );
  });
}

describeOnBothDatabases('the whole installation', everyTable, (open) => {
  it('entities and migrations agree', async () => {
    expect(await schemaDrift(await open())).toEqual([]);
  });
});

describeOnBothDatabases('the doors of the service', everyTable, (open) => {
  let station: Station;
  beforeAll(async () => {
    station = await Station.open(await open(), { withHttp: true });
    await station.settle();
    await station.get(AccountService).start({ login: 'quantri', password: PASSWORD });
  });
  afterAll(() => station.close());

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${station.http}${path}`, { redirect: 'manual', ...init });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const logIn = async () =>
    (await (await post('/api/login', { login: 'quantri', password: PASSWORD })).json()) as { token: string };

  it('case 6: without a token every route answers 401, apart from those that say why they are open', async () => {
    const routes = routesOf(station.app as NestExpressApplication);
    expect(routes.length).toBeGreaterThan(30);
    const open: string[] = [];
    for (const { method, path } of routes) {
      const answer = await ask(path.replace(/:\w+/g, 'x').replace(/\*\w+/g, 'x'), { method });
      await answer.arrayBuffer();
      if (answer.status !== 401) open.push(`${method} ${path}`);
      // A broker's questions: there is no such door before a secret was set for it.
      if (path.startsWith('/broker/')) expect([path, answer.status]).toEqual([path, 404]);
    }
    expect(open.filter((each) => !each.startsWith('POST /broker/v1/')).sort()).toEqual([
      'GET /',
      'GET /api/installation',
      'GET /api/log',
      'GET /api/log/checkpoint',
      'GET /api/log/checkpoint.svg',
      'GET /api/log/consistency',
      'GET /api/log/inclusion',
      'GET /api/log/tile/*path',
      'GET /api/openapi.json',
      'GET /api/public/hearings/:token',
      'GET /api/public/recordings/:token',
      'GET /api/public/requests/:token',
      'GET /duyet',
      'GET /gui/:token',
      'GET /healthz',
      'GET /nghe/:token',
      'GET /readyz',
      'GET /thu/:token',
      'GET /verify.html',
      'GET /verify.html.sha256',
      'GET /web/*path',
      'POST /api/device/v1/challenges',
      'POST /api/device/v1/enrolments',
      'POST /api/device/v1/keys',
      'POST /api/device/v1/tokens',
      'POST /api/log/check',
      'POST /api/login',
      'POST /api/public/hearings/:token/sessions/:session',
      'POST /api/public/recordings/:token',
      'POST /api/public/requests/:token',
      'POST /api/public/requests/:token/files',
      'POST /api/setup',
    ]);
  });

  it.each([
    ['a wrong token', { authorization: `Bearer ${'A'.repeat(43)}` }],
    ['half a header', { authorization: 'Bearer' }],
    ['another scheme', { authorization: 'Basic cXVhbnRyaTp4' }],
    ['a wrong cookie', { cookie: `vang_session=${'A'.repeat(43)}` }],
  ])('case 6: %s is no token', async (_what, headers) => {
    const answer = await ask('/api/me', { headers });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'login.required']);
  });

  it('a token opens, as a header and as the cookie that scripts cannot read, until one logs out', async () => {
    const answer = await post('/api/login', { login: 'quantri', password: PASSWORD });
    const { token } = (await answer.json()) as { token: string };
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^vang_session=[A-Za-z0-9_-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/);
    const ways: Record<string, string>[] = [
      { authorization: `Bearer ${token}` },
      { cookie: cookie.split(';')[0] ?? '' },
    ];
    for (const headers of ways) expect((await ask('/api/me', { headers })).status).toBe(200);
    expect((await post('/api/logout', {}, { authorization: `Bearer ${token}` })).status).toBe(204);
    expect((await ask('/api/me', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  it('a right that an account has nowhere is 403, in the reader’s language', async () => {
    const { token } = await logIn();
    const authorization = `Bearer ${token}`;
    const made = await post(
      '/api/accounts',
      {
        login: 'chi.hoa',
        password: PASSWORD,
        name: 'Chị Hoa',
        grants: [{ role: 'technician', areaId: (await station.area('ak')).id }],
      },
      { authorization },
    );
    expect(made.status).toBe(201);
    const hoa = (await (await post('/api/login', { login: 'chi.hoa', password: PASSWORD })).json()) as {
      token: string;
    };
    const answer = await ask('/api/plans', {
      headers: { authorization: `Bearer ${hoa.token}`, 'accept-language': 'vi' },
    });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({
      status: 403,
      code: 'right.missing',
      title: expect.stringContaining('không có quyền'),
    });
    expect((await ask('/api/clusters', { headers: { authorization: `Bearer ${hoa.token}` } })).status).toBe(200);
  });

  it('a request that does not fit its schema is told where', async () => {
    const { token } = await logIn();
    const answer = await post('/api/areas/imports', { csv: 7 }, { authorization: `Bearer ${token}` });
    expect(await answer.json()).toMatchObject({
      status: 400,
      code: 'request.invalid',
      errors: [{ at: 'csv', code: 'field.invalid' }],
    });
  });

  it('the coverage of a line: 304 while nothing changed', async () => {
    const { token } = await logIn();
    const headers = { authorization: `Bearer ${token}` };
    const path = `/api/plan-lines/${await planWithLine(station)}/coverage`;
    const first = await ask(path, { headers });
    expect(first.status).toBe(200);
    const again = await ask(path, { headers: { ...headers, 'if-none-match': first.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect((await ask('/api/receipts', { headers })).status).toBe(200);
    expect(await (await ask('/api/receipts/quarantine', { headers })).json()).toEqual([]);
  });
});
