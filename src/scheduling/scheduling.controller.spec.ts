import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { configureHttp, openApiOf, type RequestWithActor } from '../platform/http/index.js';
import { silentLog } from '../platform/logging/log.js';
import { EntryService } from './entries/entry.service.js';
import { ScheduleService } from './preview/schedule.service.js';
import { SchedulingController } from './scheduling.controller.js';
import { aProvince, tables } from './scheduling.spec-support.js';

describeOnBothDatabases('scheduling over HTTP', tables, (open) => {
  let app: NestExpressApplication;
  let place: Awaited<ReturnType<typeof aProvince>>;
  beforeAll(async () => {
    const database = await open();
    place = await aProvince(database);
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = place.operator;
        return true;
      },
    };
    @Module({
      controllers: [SchedulingController],
      providers: [
        { provide: EntryService, useValue: place.entries },
        { provide: ScheduleService, useValue: place.schedule },
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
    const answer = await fetch(`${await app.getUrl()}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it('an entry is made, seen, previewed and cancelled', async () => {
    const areaId = place.areas.ak.id;
    const recurrence = { kind: 'weekly', from: '2026-01-05', until: null, weekdays: [7], time: '05:00' };
    const made = await send('POST', 'entries', { areaId, itemId: 'item-ak', recurrence });
    expect(made).toMatchObject({
      status: 201,
      body: { class: 'normal', late: 'whole', graceMs: 900_000, volume: 80, clusterIds: null },
    });
    expect(await send('POST', 'entries/bulk', { entries: [{ areaId, itemId: 'draft', recurrence }] })).toMatchObject({
      status: 422,
      body: { code: 'schedule.bulkRefused', errors: [{ at: 'entries.0', code: 'schedule.itemNotApproved' }] },
    });
    expect(await send('GET', `entries?areaId=${areaId}`)).toEqual({ status: 200, body: [made.body] });
    expect(await send('GET', `schedule/preview?areaId=${areaId}&from=2026-01-05`)).toMatchObject({
      status: 200,
      body: { plays: [{ words: 'Chủ nhật 11/01/2026, 05:00–05:12' }] },
    });
    expect(await send('GET', `schedule/preview?areaId=${areaId}&from=2026-01-05&days=6`)).toMatchObject({
      status: 200,
      body: { plays: [] },
    });
    expect(await send('DELETE', `entries/${made.body.id}`)).toMatchObject({
      status: 200,
      body: { cancelledAtMs: place.clock.nowMs() },
    });
    expect(await send('DELETE', 'entries/nothing')).toMatchObject({ status: 404, body: { code: 'schedule.unknown' } });
  });

  it.each<[string, Record<string, unknown>]>([
    ['an emergency', { class: 'emergency' }],
    ['a day that is none', { recurrence: { kind: 'once', date: '2026-02-29', time: '05:00' } }],
    ['a time that is none', { recurrence: { kind: 'once', date: '2026-02-28', time: '24:00' } }],
    ['weekday 0', { recurrence: { kind: 'weekly', from: '2026-02-01', until: null, weekdays: [0], time: '05:00' } }],
    ['no cluster at all', { clusterIds: [] }],
    ['a volume over 100', { volume: 101 }],
    ['a slot of zero length', { slot: { lengthMs: 0 } }],
    ['a negative gap', { itemId: undefined, runningOrder: [{ kind: 'gap', durationMs: -1 }] }],
    ['a negative gap behind another entry', { place: { kind: 'after', entryId: 'e1', gapMs: -1 } }],
    ['two places for bulletins', { itemId: undefined, runningOrder: [{ kind: 'bulletin' }, { kind: 'bulletin' }] }],
    ['nothing to play', { itemId: undefined }],
    ['an item and a running order', { runningOrder: [{ kind: 'item', itemId: 'item-ak' }] }],
  ])('refuses %s at the door', async (_, changes) => {
    const once = { kind: 'once', date: '2026-02-01', time: '05:00' };
    const body = { areaId: place.areas.ak.id, itemId: 'item-ak', recurrence: once, ...changes };
    expect(await send('POST', 'entries', body)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  it.each(['from=2026-01-05&days=32', 'from=2026-01-05&days=0', 'from=05/01/2026', 'from=9999-12-31', 'days=1'])(
    'refuses to preview %s',
    async (query) => {
      expect(await send('GET', `schedule/preview?areaId=${place.areas.ak.id}&${query}`)).toMatchObject({ status: 400 });
    },
  );

  it('every route is described', () => {
    const { paths } = openApiOf(app);
    expect(Object.keys(paths).sort()).toEqual([
      '/api/entries',
      '/api/entries/bulk',
      '/api/entries/{id}',
      '/api/entries/{id}/occurrences',
      '/api/schedule/preview',
    ]);
    expect(JSON.stringify(paths['/api/schedule/preview']?.get?.responses)).toContain('latestEndMs');
    expect(JSON.stringify(paths['/api/entries']?.post?.requestBody)).toContain('weekdays');
  });
});
