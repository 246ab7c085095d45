import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { AccountService } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { configureHttp, openApiOf } from '../../platform/http/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { LOG, silentLog } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { type ItemView, itemView } from '../items/item.api.js';
import { LibraryModule } from '../library.module.js';
import { heard, librarySuite, newestOf, type OpenLibrary, openLibrary, script } from '../library.spec-support.js';
import { delegationView } from './delegation.api.js';

const PASSWORD = 'mật khẩu đủ dài';
const AREA = '/api/areas/an-khuong';

describeOnBothDatabases('approval over HTTP', librarySuite, (open) => {
  let opened: OpenLibrary;
  let app: NestExpressApplication;
  let url = '';
  const tokens = new Map<string, string>();
  const ids = new Map<string, string>();

  beforeAll(async () => {
    opened = await openLibrary(await open());
    const rooms = [
      { provide: Clock, useValue: opened.clock },
      { provide: Database, useValue: opened.database },
      { provide: ContentStore, useValue: opened.store },
      { provide: Jobs, useValue: opened.jobs },
      { provide: Outbox, useValue: new Outbox(opened.clock) },
      { provide: LOG, useValue: silentLog },
    ];
    @Global()
    @Module({ providers: rooms, exports: rooms.map(({ provide }) => provide) })
    class Rooms {}
    @Module({ imports: [Rooms, LibraryModule] })
    class House {}
    app = await NestFactory.create<NestExpressApplication>(House, {
      logger: false,
      bodyParser: false,
      forceCloseConnections: true,
    });
    configureHttp(app, silentLog);
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    await app.get(AccountService).start({ login: 'quantri', password: PASSWORD });
    await logIn('quantri');
    for (const [login, role] of [
      ['hoa', 'operator'],
      ['nam', 'approver'],
      ['lan', 'monitor'],
    ] as const) {
      const grants = [{ role, areaId: 'an-khuong' }];
      const { body } = await call('quantri', 'POST', '/api/accounts', {
        login,
        password: PASSWORD,
        name: login,
        grants,
      });
      ids.set(login, String((body as { id: unknown }).id));
      await logIn(login);
    }
  });
  afterAll(async () => {
    await app.close();
    await opened.close();
  });

  async function logIn(login: string): Promise<void> {
    const { body } = await call('', 'POST', '/api/login', { login, password: PASSWORD });
    tokens.set(login, String((body as { token: unknown }).token));
  }
  async function call(login: string, method: string, path: string, sent?: unknown) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${tokens.get(login) ?? ''}`, 'content-type': 'application/json' },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as unknown };
  }
  async function pending(): Promise<ItemView> {
    const { id } = itemView.parse((await call('hoa', 'POST', '/api/items', script())).body);
    await opened.runner.idle();
    return itemView.parse((await call('hoa', 'POST', `/api/items/${id}/submit`)).body);
  }
  const refused = (status: number, code: string) => ({ status, body: { code } });

  it('an approver corrects a word, hears it, and approves', async () => {
    const { id, ...item } = await pending();
    const { textSha256 } = newestOf({ id, ...item });
    const sent = { text: 'Kính thưa bà con cô bác!', version: 1, textSha256 };
    expect(await call('hoa', 'POST', `/api/items/${id}/correct`, sent)).toMatchObject(refused(403, 'right.missing'));
    expect(await call('nam', 'POST', `/api/items/${id}/correct`, sent)).toMatchObject({
      status: 200,
      body: { currentVersion: 2, versions: [{}, { author: { name: 'hoa' }, correctedBy: { name: 'nam' } }] },
    });
    await opened.runner.idle();
    const ready = itemView.parse((await call('nam', 'GET', `/api/items/${id}`)).body);
    const approve = () => call('nam', 'POST', `/api/items/${id}/approve`, heard(ready));
    expect(await approve()).toMatchObject(refused(409, 'library.notHeard'));
    const { audioSha256 } = heard(ready);
    expect(await call('nam', 'POST', `/api/items/${id}/heard`, { version: 2, audioSha256 })).toMatchObject({
      status: 200,
    });
    expect(await approve()).toMatchObject({ status: 200, body: { approvedVersion: 2 } });
  });

  it('a delegate, who has no right of their own, approves a whole session until it is revoked', async () => {
    const [first, second] = [await pending(), await pending()];
    const line = (item: ItemView) => ({ itemId: item.id, version: item.currentVersion, ...heard(item) });
    expect(await call('lan', 'POST', `/api/items/${first.id}/approve`, heard(first))).toMatchObject(
      refused(403, 'right.missing'),
    );
    const made = await call('nam', 'POST', '/api/delegations', {
      toId: ids.get('lan'),
      areaId: 'an-khuong',
      untilMs: opened.clock.nowMs() + 3_600_000,
      reason: 'Đi họp',
    });
    expect(made.status).toBe(201);
    const delegation = delegationView.parse(made.body);
    expect(await call('lan', 'GET', '/api/delegations')).toMatchObject({ status: 200, body: [{ id: delegation.id }] });
    expect(await call('lan', 'GET', '/api/approvals')).toMatchObject({
      status: 200,
      body: expect.arrayContaining([
        expect.objectContaining({ itemId: first.id, onBehalfOf: { id: ids.get('nam'), name: 'nam' } }),
      ]),
    });
    const approvals = [line(first), { ...line(second), audioSha256: '0'.repeat(64) }];
    expect(await call('lan', 'POST', '/api/approvals', { approvals })).toMatchObject({
      status: 200,
      body: [
        { itemId: first.id, ok: true },
        { itemId: second.id, ok: false, problem: { code: 'library.changedMeanwhile' } },
      ],
    });
    expect(await call('nam', 'DELETE', `/api/delegations/${delegation.id}`)).toMatchObject({
      status: 200,
      body: { active: false },
    });
    expect(await call('lan', 'POST', `/api/items/${second.id}/return`, { reason: 'x' })).toMatchObject(
      refused(403, 'right.missing'),
    );
    expect(await call('lan', 'GET', '/api/approvals')).toEqual({ status: 200, body: [] });
  });

  it('the emergency policy and the reviewers of an area', async () => {
    const policy = {
      dutyAccountIds: [ids.get('hoa')],
      preApproved: true,
      freeText: false,
      reviewWithinMinutes: 60,
    };
    expect(await call('hoa', 'PUT', `${AREA}/emergency-policy`, policy)).toMatchObject(refused(403, 'right.missing'));
    for (const reviewWithinMinutes of [4, 1_441])
      expect(await call('nam', 'PUT', `${AREA}/emergency-policy`, { ...policy, reviewWithinMinutes })).toMatchObject(
        refused(400, 'request.invalid'),
      );
    expect(await call('nam', 'PUT', `${AREA}/emergency-policy`, policy)).toMatchObject({
      status: 200,
      body: { inherited: false, policy: { duty: [{ name: 'hoa' }], freeText: false } },
    });
    expect(await call('lan', 'GET', '/api/areas/ap-1/emergency-policy')).toMatchObject({
      status: 200,
      body: { inherited: true, policy: { areaId: 'an-khuong' } },
    });
    expect(await call('nam', 'DELETE', `${AREA}/emergency-policy`)).toMatchObject({
      status: 200,
      body: { policy: null },
    });
    const reviewers = { language: 'mnn', accountIds: [ids.get('lan')] };
    expect(await call('nam', 'PUT', `${AREA}/language-reviewers`, reviewers)).toMatchObject({
      status: 200,
      body: [{ language: 'mnn', reviewers: [{ name: 'lan' }] }],
    });
    expect(await call('lan', 'GET', `${AREA}/language-reviewers`)).toMatchObject({
      status: 200,
      body: [{ language: 'mnn' }],
    });
  });

  it('what is malformed is refused with a code', async () => {
    const { id } = await pending();
    for (const [path, sent] of [
      [`/api/items/${id}/approve`, { audioSha256: 'x' }],
      [`/api/items/${id}/correct`, { text: 'a', version: 0, textSha256: '0'.repeat(64) }],
      [`/api/items/${id}/heard`, { version: 1 }],
      [`/api/items/${id}/review`, {}],
      ['/api/approvals', { approvals: [] }],
      ['/api/delegations', { toId: 'x', areaId: 'y', untilMs: 1e300, reason: 'z' }],
      [`/api/items/${id}/return`, { reason: ' ' }],
    ] as const)
      expect([path, await call('nam', 'POST', path, sent)]).toMatchObject([path, refused(400, 'request.invalid')]);
  });

  it('case 6: without an account there is nothing', async () => {
    for (const [method, path] of [
      ...['correct', 'heard', 'review', 'approve'].map((deed) => ['POST', `/api/items/x/${deed}`] as const),
      ['GET', '/api/approvals'],
      ['POST', '/api/approvals'],
      ['GET', '/api/delegations'],
      ['POST', '/api/delegations'],
      ['DELETE', '/api/delegations/x'],
      ['GET', `${AREA}/emergency-policy`],
      ['PUT', `${AREA}/emergency-policy`],
      ['DELETE', `${AREA}/emergency-policy`],
      ['GET', `${AREA}/language-reviewers`],
      ['PUT', `${AREA}/language-reviewers`],
    ] as const)
      expect([path, (await fetch(`${url}${path}`, { method })).status]).toEqual([path, 401]);
  });

  it('its OpenAPI names the answers', () => {
    const { paths } = openApiOf(app);
    for (const path of [
      '/api/approvals',
      '/api/delegations',
      '/api/delegations/{id}',
      '/api/items/{id}/correct',
      '/api/areas/{areaId}/emergency-policy',
      '/api/areas/{areaId}/language-reviewers',
    ])
      expect([path, JSON.stringify(paths[path])]).toEqual([path, expect.stringContaining('application/json')]);
  });
});
