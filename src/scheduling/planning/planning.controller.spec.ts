import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { aStation } from '../../../test/support/planning-office.js';
import { everyTable } from '../../../test/support/station.js';
import { configureHttp, openApiOf, type RequestWithActor } from '../../platform/http/index.js';
import { silentLog } from '../../platform/logging/index.js';
import { ForecastService } from './forecast.service.js';
import { ForeignLoudspeakerService } from './foreign-loudspeaker.service.js';
import { NeighboursService } from './neighbours.service.js';
import { PlanningController } from './planning.controller.js';
import { PlanningService } from './planning.service.js';

const SERVICES = [PlanningService, NeighboursService, ForecastService, ForeignLoudspeakerService];

describeOnBothDatabases('planning over HTTP', everyTable, (open) => {
  let app: NestExpressApplication;
  let place: Awaited<ReturnType<typeof aStation>>;
  let areaId = '';
  let itemId = '';
  beforeAll(async () => {
    place = await aStation(await open());
    areaId = place.areas.ak.id;
    itemId = await place.item();
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = place.operator;
        return true;
      },
    };
    @Module({
      controllers: [PlanningController],
      providers: [
        ...SERVICES.map((service) => ({ provide: service, useValue: place.station.get<unknown>(service) })),
        { provide: APP_GUARD, useValue: guard },
      ],
    })
    class SpecModule {}
    app = await NestFactory.create<NestExpressApplication>(SpecModule, { bodyParser: false, logger: false });
    configureHttp(app, silentLog);
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    await place.station.close();
  });

  async function send(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${await app.getUrl()}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as Record<string, unknown> };
  }

  const period = { from: '2026-01-06', until: '2026-01-31' };
  const campaign = (changes: Record<string, unknown> = {}) =>
    send('POST', 'schedule/campaigns/proposals', {
      areaId,
      itemIds: [itemId],
      playsPerHamlet: 1,
      ...period,
      ...changes,
    });

  it('a campaign and make-up plays are proposed', async () => {
    expect(await campaign()).toMatchObject({ status: 200, body: { summary: { placed: 2 }, unplaced: [] } });
    const cells = [{ itemId, hamletId: place.areas.ak1.id, missing: 1 }];
    expect(await send('POST', 'schedule/make-ups/proposals', { areaId, cells, ...period })).toMatchObject({
      status: 200,
      body: { summary: { placed: 1 }, batches: [[{ entry: { itemId } }]] },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no script', { itemIds: [] }],
    ['201 scripts', { itemIds: Array.from({ length: 201 }, (_, index) => `i${index}`) }],
    ['no play', { playsPerHamlet: 0 }],
    ['51 plays', { playsPerHamlet: 51 }],
    ['a day that is none', { from: '2026-02-30' }],
    ['the last day that there is', { until: '9999-12-31' }],
    ['a window at 25:00', { windows: [{ from: '05:00', until: '25:00' }] }],
    ['a silence of two days', { gapMinutes: 2_880 }],
    ['a cut of nothing', { cut: { before: '2026-01-10', atLeast: 0 } }],
  ])('%s is refused at the door', async (_what, changes) => {
    expect(await campaign(changes)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  it('a period turned round is refused in words', async () => {
    expect(await campaign({ from: '2026-02-01' })).toMatchObject({ status: 422, body: { code: 'schedule.spanWrong' } });
  });

  it('neighbours and forecast are asked for days', async () => {
    const query = `areaId=${areaId}&from=2026-01-06`;
    expect(await send('GET', `schedule/neighbours?${query}`)).toMatchObject({ status: 200, body: { warnings: [] } });
    expect(await send('GET', `schedule/forecast?${query}`)).toMatchObject({
      status: 200,
      body: { clustersWithout: 2 },
    });
    expect(await send('GET', `schedule/neighbours?${query}&days=8`)).toMatchObject({ status: 400 });
    expect(await send('GET', `schedule/forecast?${query}&days=32`)).toMatchObject({ status: 400 });
  });

  it('foreign loudspeakers are made, listed and deleted', async () => {
    const hours = [{ weekdays: [1, 7], from: '06:00', until: '06:30' }];
    const asked = { areaId, name: 'Trường học', latitude: 11.5, longitude: 106.5, hours };
    const made = await send('POST', 'foreign-loudspeakers', asked);
    expect(made).toMatchObject({ status: 201, body: { ...asked, hours: [{ ...hours[0], untilDay: 'same' }] } });
    expect(await send('GET', `foreign-loudspeakers?areaId=${areaId}`)).toEqual({ status: 200, body: [made.body] });
    expect(await send('DELETE', `foreign-loudspeakers/${made.body.id}`)).toEqual({ status: 204, body: null });
    for (const wrong of [
      { latitude: 91 },
      { hours: [] },
      { hours: [{ ...hours[0], until: '05:00' }] },
      { hours: [{ ...hours[0], untilDay: 'next' }] },
      { hours: [{ ...hours[0], weekdays: [0] }] },
    ])
      expect(await send('POST', 'foreign-loudspeakers', { ...asked, ...wrong })).toMatchObject({ status: 400 });
  });

  it('every route is described', () => {
    expect(Object.keys(openApiOf(app).paths).sort()).toEqual([
      '/api/foreign-loudspeakers',
      '/api/foreign-loudspeakers/{id}',
      '/api/schedule/campaigns/proposals',
      '/api/schedule/forecast',
      '/api/schedule/make-ups/proposals',
      '/api/schedule/neighbours',
    ]);
  });
});
