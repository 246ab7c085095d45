import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ExecutionContext, Global, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { MONDAY_NINE, person } from '../../test/support/station.js';
import { ManualClock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { configureHttp, type RequestWithActor } from '../platform/http/index.js';
import { silentLog } from '../platform/logging/index.js';
import { Outbox, outboxEntities, outboxMigrations } from '../platform/outbox/index.js';
import { areaEntities, areaMigrations } from './area.migration.js';
import { AreaModule } from './area.module.js';
import { AreaService } from './area.service.js';

const tables = {
  entities: [...outboxEntities, ...areaEntities],
  migrations: [...outboxMigrations, ...areaMigrations],
};

describeOnBothDatabases('languages of areas over HTTP', tables, (open) => {
  const actor = person('Quản trị', 'administrator', '/');
  let app: NestExpressApplication;
  let path = '';
  beforeAll(async () => {
    const rooms = [
      { provide: Database, useValue: await open() },
      { provide: Outbox, useValue: new Outbox(new ManualClock(MONDAY_NINE)) },
    ];
    @Global()
    @Module({ providers: rooms, exports: rooms.map(({ provide }) => provide) })
    class Rooms {}
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = actor;
        return true;
      },
    };
    @Module({ imports: [Rooms, AreaModule], providers: [{ provide: APP_GUARD, useValue: guard }] })
    class House {}
    app = await NestFactory.create<NestExpressApplication>(House, { bodyParser: false, logger: false });
    configureHttp(app, silentLog);
    await app.listen(0, '127.0.0.1');
    const areas = app.get(AreaService, { strict: false });
    await areas.importCsv(actor, 'code,parentCode,kind,name\nak,,commune,An Khương\nak1,ak,hamlet,Ấp 1\n');
    const [hamlet] = await areas.list(actor, { kind: 'hamlet' });
    path = `${await app.getUrl()}/api/areas/${hamlet?.id}/languages`;
  });
  afterAll(() => app.close());

  async function send(method: string, body?: unknown, to = path) {
    const answer = await fetch(to, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it('are set, seen and taken away', async () => {
    const languages = ['xtg', 'vi-VN', 'km'];
    expect(await send('PUT', { languages })).toMatchObject({ status: 200, body: { languages } });
    expect(await send('GET')).toMatchObject({ status: 200, body: { languages } });
    expect(await send('PUT', { languages: [] })).toEqual({ status: 200, body: { languages: [], areaId: null } });
  });

  it.each<[string, unknown, string]>([
    ['no list', {}, 'languages'],
    ['a name instead of a code', { languages: ['Mnông'] }, 'languages.0'],
    ['a code in capitals', { languages: ['vi', 'VI'] }, 'languages.1'],
    ['an empty code', { languages: [''] }, 'languages.0'],
    ['a code without end', { languages: [`vi${'-abcdefgh'.repeat(4)}`] }, 'languages.0'],
    ['nine languages', { languages: ['aa', 'ab', 'ac', 'ad', 'ae', 'af', 'ag', 'ah', 'ai'] }, 'languages'],
  ])('%s is told by its place', async (_what, body, at) => {
    expect(await send('PUT', body)).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ at, code: 'field.invalid' }] },
    });
  });

  it('refusals have words', async () => {
    expect(await send('PUT', { languages: ['vi', 'vi'] })).toMatchObject({
      status: 422,
      body: { code: 'area.languageTwice', title: expect.stringContaining('hai lần') },
    });
    expect(await send('GET', undefined, path.replace(/[^/]+\/languages$/, 'nowhere/languages'))).toMatchObject({
      status: 404,
      body: { code: 'area.unknown' },
    });
  });
});
