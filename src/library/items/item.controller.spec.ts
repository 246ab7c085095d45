import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { png } from '../../../media/visual/testing/pictures.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { AccountService } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { configureHttp, openApiOf } from '../../platform/http/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { LOG, silentLog } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { LibraryModule } from '../library.module.js';
import { heard, librarySuite, type OpenLibrary, openLibrary, script, wav } from '../library.spec-support.js';
import { type ItemView, itemView } from './item.api.js';

const PASSWORD = 'mật khẩu đủ dài';

describeOnBothDatabases('library over HTTP', librarySuite, (open) => {
  let opened: OpenLibrary;
  let app: NestExpressApplication;
  let url = '';
  const tokens = new Map<string, string>();

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
    ] as const) {
      await call('quantri', 'POST', '/api/accounts', {
        login,
        password: PASSWORD,
        name: login,
        grants: [{ role, areaId: 'an-khuong' }],
      });
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
  const upload = (id: string, body: Uint8Array, type = 'audio/wav') =>
    fetch(`${url}/api/items/${id}/audio`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.get('hoa')}`, 'content-type': type },
      body: new Uint8Array(body),
    });
  const audio = (id: string, headers: Record<string, string> = {}, query = '') =>
    fetch(`${url}/api/items/${id}/audio${query}`, {
      headers: { authorization: `Bearer ${tokens.get('nam')}`, ...headers },
    });
  async function get(id: string): Promise<ItemView> {
    await opened.runner.idle();
    return itemView.parse((await call('hoa', 'GET', `/api/items/${id}`)).body);
  }
  const create = async (sent: object = script()): Promise<ItemView> => {
    const { status, body } = await call('hoa', 'POST', '/api/items', sent);
    expect(status).toBe(201);
    return itemView.parse(body);
  };

  it('a script goes from the first word to the air', async () => {
    const { id } = await create();
    expect((await get(id)).audioState).toBe('ready');
    expect(await call('hoa', 'POST', `/api/items/${id}/submit`)).toMatchObject({
      status: 200,
      body: { status: 'pending' },
    });
    const seen = heard(await get(id));
    expect(await call('hoa', 'POST', `/api/items/${id}/approve`, seen)).toMatchObject({
      status: 403,
      body: { code: 'right.missing' },
    });
    expect(await call('nam', 'POST', `/api/items/${id}/return`, { reason: 'Sai ngày' })).toMatchObject({
      status: 200,
      body: { status: 'returned' },
    });
    expect(await call('hoa', 'PUT', `/api/items/${id}/text`, { text: 'Ngày mùng hai' })).toMatchObject({
      status: 200,
      body: { currentVersion: 2 },
    });
    await get(id);
    await call('hoa', 'POST', `/api/items/${id}/submit`);
    expect(await call('nam', 'POST', `/api/items/${id}/approve`, heard(await get(id)))).toMatchObject({
      status: 200,
      body: { approvedVersion: 2 },
    });
    expect(await call('nam', 'GET', '/api/items?status=approved&search=vay+von')).toMatchObject({
      status: 200,
      body: [{ id, status: 'approved' }],
    });
    expect(await call('nam', 'POST', `/api/items/${id}/withdraw`, {})).toMatchObject({
      status: 200,
      body: { approvedVersion: null },
    });
  });

  it('case 6: without an account there is nothing, not even the sound', async () => {
    const { id } = await create();
    for (const [method, path] of [
      ['GET', '/api/items'],
      ['POST', '/api/items'],
      ['GET', `/api/items/${id}`],
      ['GET', `/api/items/${id}/audio`],
      ['POST', `/api/items/${id}/audio`],
      ['PUT', `/api/items/${id}/text`],
      ...['submit', 'approve', 'return', 'refuse', 'withdraw'].map(
        (deed) => ['POST', `/api/items/${id}/${deed}`] as const,
      ),
    ] as const)
      expect([path, (await fetch(`${url}${path}`, { method })).status]).toEqual([path, 401]);
  });

  it('an upload is streamed, answered at once, and heard in parts with an ETag', async () => {
    const { id } = await create({ ...script(), kind: 'recording' });
    const answer = await upload(id, wav());
    expect(answer.status).toBe(202);
    expect(itemView.parse(await answer.json()).audioState).toBe('rendering');
    const made = heard(await get(id)).audioSha256;

    const whole = await audio(id);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('audio/ogg; codecs=opus');
    expect(whole.headers.get('etag')).toBe(`"${made}"`);
    expect(whole.headers.get('cache-control')).toBe('private, no-cache');
    const bytes = Buffer.from(await whole.arrayBuffer());

    const part = await audio(id, { range: 'bytes=2-5' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 2-5/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(2, 6));
    expect((await audio(id, { 'if-none-match': `"${made}"`, 'cache-control': 'max-age=0' })).status).toBe(304);
    const beyond = await audio(id, { range: 'bytes=999999-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);
  });

  it('an older version is heard by its number; one without sound is not', async () => {
    const { id } = await create();
    const first = heard(await get(id)).audioSha256;
    await call('hoa', 'PUT', `/api/items/${id}/text`, { text: 'khác' });
    await get(id);
    expect((await audio(id, {}, '?version=1')).headers.get('etag')).toBe(`"${first}"`);
    expect((await audio(id)).headers.get('etag')).not.toBe(`"${first}"`);
    expect((await audio(id, {}, '?version=9')).status).toBe(404);
    expect((await audio(id, {}, '?version=x')).status).toBe(400);
    const silent = await create({ ...script(), kind: 'recording' });
    expect(await (await audio(silent.id)).json()).toMatchObject({ status: 404, code: 'library.audioMissing' });
  });

  it('what is not audio by its type is refused, JSON too, in the language of the reader', async () => {
    const { id } = await create({ ...script(), kind: 'recording' });
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/html', 'audio/', '']) {
      const answer = await upload(id, Buffer.from('{}'), type);
      expect([type, answer.status]).toEqual([type, 415]);
      expect(await answer.json()).toMatchObject({
        code: 'library.uploadType',
        title: expect.stringContaining('Chỉ nhận tệp âm thanh'),
      });
    }
  });

  it('an announced 200 MB is refused before they are sent', async () => {
    const { id } = await create({ ...script(), kind: 'recording' });
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${tokens.get('hoa')}`,
        'content-type': 'audio/mpeg',
        'content-length': 200_000_000,
      };
      const sending = httpRequest(`${url}/api/items/${id}/audio`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
        sending.destroy();
      });
      sending.on('error', reject);
      sending.write(wav());
    });
    expect(status).toBe(413);
  });

  it('one that turns out too large is told so while it is still sending', async () => {
    const { id } = await create({ ...script(), kind: 'recording' });
    const piece = Buffer.alloc(1_000_000);
    const answered = await new Promise<{ status: number | undefined; connection: string | undefined }>(
      (resolve, reject) => {
        const headers = { authorization: `Bearer ${tokens.get('hoa')}`, 'content-type': 'audio/mpeg' };
        const sending = httpRequest(`${url}/api/items/${id}/audio`, { method: 'POST', headers }, (answer) => {
          answer.resume();
          resolve({ status: answer.statusCode, connection: answer.headers.connection });
          sending.destroy();
        });
        sending.on('error', reject);
        let left = 120;
        const more = () => {
          while (left-- > 0) if (!sending.write(piece)) return;
        };
        sending.on('drain', more);
        more();
      },
    );
    expect(answered).toEqual({ status: 413, connection: 'close' });
  });

  it('a sender who goes away in the middle leaves nothing', async () => {
    const { id } = await create({ ...script(), kind: 'recording' });
    const ended = new Promise<void>((resolve) =>
      app.getHttpServer().once('request', (_, response) => response.once('close', resolve)),
    );
    const headers = {
      authorization: `Bearer ${tokens.get('hoa')}`,
      'content-type': 'audio/mpeg',
      'content-length': 1_000_000,
    };
    const sending = httpRequest(`${url}/api/items/${id}/audio`, { method: 'POST', headers });
    sending.on('error', () => {});
    sending.write(wav(), () => sending.destroy());
    await ended;
    expect(await get(id)).toMatchObject({
      currentVersion: 1,
      audioState: 'none',
      versions: [{ audio: { uploaded: false } }],
    });
  });

  it('a recording of the browser is taken, with the name of who speaks', async () => {
    const { id } = await create({ ...script(), kind: 'recording' });
    const record = (type: string, name: string) =>
      fetch(`${url}/api/items/${id}/audio`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens.get('hoa')}`, 'content-type': type, 'x-speaker-name': name },
        body: new Uint8Array(wav()),
      });
    expect((await record('audio/mp4', '%E0%A4')).status).toBe(400);
    expect((await record('audio/mp4', 'x'.repeat(101))).status).toBe(400);
    for (const type of ['audio/webm;codecs=opus', 'audio/mp4', 'video/webm']) {
      expect((await record(type, encodeURIComponent(' Chị\n Hạnh\u202e '))).status).toBe(202);
      expect((await get(id)).versions.at(-1)).toMatchObject({ speakerName: 'Chị Hạnh' });
    }
  });

  it('every version is read by its number, and nothing is deleted', async () => {
    const { id } = await create();
    await call('hoa', 'PUT', `/api/items/${id}/text`, { text: 'khác' });
    expect(await call('nam', 'GET', `/api/items/${id}/versions/1`)).toMatchObject({
      status: 200,
      body: { n: 1, text: 'Kính thưa bà con!' },
    });
    expect(await call('nam', 'GET', `/api/items/${id}/versions?before=2`)).toMatchObject({
      status: 200,
      body: [{ n: 1 }],
    });
    for (const n of ['0', '3', 'x', '1e1', '99999999'])
      expect(await call('nam', 'GET', `/api/items/${id}/versions/${n}`)).toMatchObject({
        status: 404,
        body: { code: 'library.versionUnknown' },
      });
    for (const path of [id, `${id}/versions/1`, `${id}/audio`])
      expect((await call('hoa', 'DELETE', `/api/items/${path}`)).status).toBe(404);
  });

  it('a picture is sent as what it is, in parts too, and nothing in it runs', async () => {
    const { id } = await create({ ...script(), kind: 'picture' });
    const path = `${url}/api/items/${id}/media`;
    const authorization = `Bearer ${tokens.get('hoa')}`;
    const send = (type: string, name: string, body: Buffer) =>
      fetch(path, {
        method: 'POST',
        headers: { authorization, 'content-type': type, 'x-file-name': name },
        body: new Uint8Array(body),
      });
    const refused = await send('image/png', 'a.png', Buffer.from('<svg/>'));
    expect([refused.status, await refused.json()]).toMatchObject([422, { code: 'picture.unknown' }]);
    expect((await fetch(path, { headers: { authorization } })).status).toBe(404);
    const dot = png({ width: 2, height: 1, raw: Buffer.alloc(3) });
    const taken = itemView.parse(await (await send('image/jpeg', encodeURIComponent("Chợ 'quê'.jpg"), dot)).json());
    expect(taken.versions[0]?.content).toMatchObject({ type: 'image/png', fileName: "Chợ 'quê'.png", width: 2 });
    const whole = await fetch(path, { headers: { authorization } });
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-security-policy': 'sandbox',
      'content-disposition': "inline; filename*=UTF-8''Ch%E1%BB%A3%20%27qu%C3%AA%27.png",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    });
    expect(Buffer.from(await whole.arrayBuffer()).equals(dot)).toBe(true);
    const part = await fetch(`${path}?version=1`, { headers: { authorization, range: 'bytes=1-3' } });
    expect([part.status, await part.text()]).toEqual([206, 'PNG']);
    expect((await fetch(path)).status).toBe(401);
  });

  it('a notice is filled in over HTTP; what is wrong is said beside its field, in both languages', async () => {
    const templates = await call('hoa', 'GET', '/api/notice-templates?areaId=an-khuong');
    expect(templates).toMatchObject({ status: 200, body: { length: 10 } });
    const notice = {
      kind: 'notice',
      areaId: 'an-khuong',
      templateId: 'built-in.storm',
      fields: { date: '2026-02-30' },
    };
    const { status, body } = await call('hoa', 'POST', '/api/items', notice);
    expect([status, body]).toMatchObject([422, { code: 'library.noticeFields' }]);
    expect((body as { errors: unknown[] }).errors).toContainEqual({
      at: 'fields.date',
      code: 'notice.dateWrong',
      title: 'Không có ngày này.',
    });
  });

  it('its OpenAPI names the answers', () => {
    const { paths } = openApiOf(app);
    for (const path of ['', '/{id}', '/{id}/text', '/{id}/metadata', '/{id}/speech', '/{id}/content', '/{id}/approve'])
      expect(JSON.stringify(paths[`/api/items${path}`])).toContain('application/json');
    expect(JSON.stringify(paths['/api/items/{id}/audio'])).toContain('audio/*');
  });
});
