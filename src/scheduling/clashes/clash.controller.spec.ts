import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { type Actor, configureHttp, openApiOf, type RequestWithActor } from '../../platform/http/index.js';
import { silentLog } from '../../platform/logging/log.js';
import { ClashController } from './clash.controller.js';
import { ClashService } from './clash.service.js';
import { aClash, clashSuite } from './clashes.spec-support.js';

describeOnBothDatabases('clashes over HTTP', clashSuite, (open) => {
  let app: NestExpressApplication;
  let place: Awaited<ReturnType<typeof aClash>>;
  let actor: Actor;
  beforeAll(async () => {
    place = await aClash(await open());
    await place.note();
    actor = place.operator;
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = actor;
        return true;
      },
    };
    @Module({
      controllers: [ClashController],
      providers: [
        { provide: ClashService, useValue: place.clashes },
        { provide: APP_GUARD, useValue: guard },
      ],
    })
    class SpecModule {}
    app = await NestFactory.create<NestExpressApplication>(SpecModule, { bodyParser: false, logger: false });
    configureHttp(app, silentLog);
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  async function send(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${await app.getUrl()}/api/schedule/clashes${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  const list = async (query = '') => {
    const { status, body } = await send('GET', `?areaId=${place.areas.ak.id}${query}`);
    expect(status).toBe(200);
    return body as unknown as { readonly id: string }[];
  };

  it('a clash is listed and decided, and then no longer waits', async () => {
    const [waiting] = await list();
    const decision = { goesFirst: place.ofCommune, other: 'append' };
    actor = place.monitor;
    expect(await send('POST', `/${waiting?.id}/decision`, decision)).toMatchObject({
      status: 403,
      body: { code: 'right.missing' },
    });
    actor = place.operator;
    const decided = await send('POST', `/${waiting?.id}/decision`, decision);
    expect(decided).toMatchObject({ status: 200, body: { state: 'decided', decision: { byName: 'Chị Hoa' } } });
    expect(await list()).toEqual([]);
    expect(await list('&state=decided')).toEqual([decided.body]);
    expect(await send('POST', '/nothing/decision', decision)).toMatchObject({
      status: 404,
      body: { code: 'schedule.clashUnknown' },
    });
  });

  it.each(['?state=waiting', `?areaId=x&state=gone`, '?areaId='])('refuses to list %s', async (query) => {
    expect(await send('GET', query)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  it.each([{}, { goesFirst: 'x' }, { goesFirst: 'x', other: 'drop' }, { goesFirst: '', other: 'append' }])(
    'refuses the decision %j at the door',
    async (body) => {
      expect(await send('POST', '/any/decision', body)).toMatchObject({
        status: 400,
        body: { code: 'request.invalid' },
      });
    },
  );

  it('every route is described', () => {
    const { paths } = openApiOf(app);
    expect(Object.keys(paths).sort()).toEqual(['/api/schedule/clashes', '/api/schedule/clashes/{id}/decision']);
    expect(JSON.stringify(paths['/api/schedule/clashes']?.get?.responses)).toContain('deadlineMs');
  });
});
