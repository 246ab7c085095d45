import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { AcceptanceService, type LibraryService } from '../../library/index.js';
import type { Database } from '../../platform/database/index.js';
import { type Actor, configureHttp, openApiOf, type RequestWithActor } from '../../platform/http/index.js';
import { silentLog } from '../../platform/logging/log.js';
import { Outbox } from '../../platform/outbox/index.js';
import { EntryService } from '../entries/entry.service.js';
import { Publication } from '../publications/publication.entity.js';
import { Publisher } from '../publications/publisher.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { CopiesController } from './copies.controller.js';
import { CopyService } from './copy.service.js';
import { LineLayer } from './line-layer.js';
import { TemplateService } from './template.service.js';

type Answer = {
  made: { entryId: string | null; day: string; time: string; words: string; title: string }[];
  skipped: { reason: string; words: string; day: string }[];
};

describeOnBothDatabases('copies, templates and bulk edits over HTTP', tables, (open) => {
  let app: NestExpressApplication;
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  let actor: Actor;
  beforeAll(async () => {
    database = await open();
    place = await aProvince(database);
    const { clock } = place;
    const [areas, audit, outbox] = [new AreaService(database), new Audit(clock), new Outbox(clock)];
    const acceptances = new AcceptanceService(database, areas, audit, outbox, clock);
    const publisher = new Publisher(areas, acceptances, audit, outbox, clock);
    const layer = new LineLayer(database, place.shelf as unknown as LibraryService, place.entries, publisher, clock);
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = actor;
        return true;
      },
    };
    @Module({
      controllers: [CopiesController],
      providers: [
        { provide: CopyService, useValue: new CopyService(areas, layer) },
        { provide: TemplateService, useValue: new TemplateService(database, areas, layer, audit, clock) },
        { provide: EntryService, useValue: place.entries },
        { provide: APP_GUARD, useValue: guard },
      ],
    })
    class SpecModule {}
    app = await NestFactory.create<NestExpressApplication>(SpecModule, { bodyParser: false, logger: false });
    configureHttp(app, silentLog);
    await app.listen(0, '127.0.0.1');
  });
  beforeEach(() => {
    actor = place.root;
  });
  afterAll(() => app.close());

  async function send(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${await app.getUrl()}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer & Record<string, string> };
  }
  const publications = () => database.read((reader) => reader.countBy(Publication, {}));
  const once = (date: string, time: string) => ({ kind: 'once', date, time });
  const made = (changes: Record<string, unknown>) => place.entries.create(place.root, place.request(changes));
  const entriesOf = (areaId: string) => place.entries.list(place.root, { areaId });

  it('như hôm qua: what was once comes again, what repeats is there already, all in one publication', async () => {
    const areaId = place.areas.ak.id;
    await made({ recurrence: once('2026-01-06', '17:00'), volume: 35, devices: 'all' });
    await made({ recurrence: once('2026-01-06', '18:00') });
    await made({});
    const request = { areaId, from: '2026-01-06', days: 1, to: '2026-01-07' };
    const before = await publications();
    const dry = await send('POST', 'schedule/copies', { ...request, dryRun: true });
    expect(dry.body.made.map(({ entryId }) => entryId)).toEqual([null, null]);
    expect(await publications()).toBe(before);

    const { status, body } = await send('POST', 'schedule/copies', request);
    expect(status).toBe(200);
    expect(body.made.map(({ words }) => words)).toEqual([
      'Thứ Tư 07/01/2026, 17:00–17:12',
      'Thứ Tư 07/01/2026, 18:00–18:12',
    ]);
    expect(body.skipped).toMatchObject([{ reason: 'repeats', words: expect.stringContaining('Lịch lặp') }]);
    expect(await publications()).toBe(before + 1);
    const copy = (await entriesOf(areaId)).find(({ id }) => id === body.made[0]?.entryId);
    expect(copy).toMatchObject({
      volume: 35,
      devices: 'all',
      recurrence: { kind: 'once', date: '2026-01-07', time: '17:00:00' },
    });

    expect((await send('POST', 'schedule/copies', request)).body).toMatchObject({
      made: [],
      skipped: [{ reason: 'alreadyThere' }, { reason: 'alreadyThere' }, { reason: 'repeats' }],
    });
  });

  it('như tuần trước: a week, without what is past, not approved or expired', async () => {
    const areaId = place.areas.ap.id;
    const item = { ...place.shelf.items.get('item-ap')! };
    place.shelf.items.set('expiring', { ...item, id: 'expiring', groupId: 'expiring' });
    place.shelf.items.set('withdrawn', { ...item, id: 'withdrawn', groupId: 'withdrawn' });
    const of = (date: string, itemId: string) => made({ areaId, itemId, recurrence: once(date, '17:00') });
    for (const itemId of ['item-ap', 'expiring', 'withdrawn']) await of('2026-01-08', itemId);
    await of('2026-01-11', 'item-ap');
    place.shelf.items.delete('withdrawn');
    place.shelf.items.set('expiring', { ...item, id: 'expiring', validTo: '2026-01-10' });
    const request = { areaId, from: '2026-01-05', days: 7, to: '2026-01-12' };
    const { body } = await send('POST', 'schedule/copies', request);
    expect(body.made.map(({ day }) => day)).toEqual(['2026-01-15', '2026-01-18']);
    expect(body.skipped.map(({ reason }) => reason).sort()).toEqual(['notApproved', 'notValid']);
    const back = await send('POST', 'schedule/copies', { ...request, days: 1, from: '2026-01-11', to: '2026-01-05' });
    expect(back.body.made).toHaveLength(1);
    const past = await send('POST', 'schedule/copies', { ...request, days: 1, from: '2026-01-11', to: '2026-01-04' });
    expect(past.body).toMatchObject({ made: [], skipped: [{ reason: 'past' }] });
  });

  it('a slot and what stands in it are copied together', async () => {
    const areaId = place.areas.ak1.id;
    const slot = { lengthMs: 3_600_000, reserved: false };
    const order = [{ kind: 'bulletin' }];
    const frame = { areaId, itemId: undefined, runningOrder: order, title: 'Buổi chiều', slot };
    const { id: entryId } = await made({ ...frame, recurrence: once('2026-01-06', '17:00') });
    await made({ areaId, recurrence: once('2026-01-06', '17:00'), place: { kind: 'inSlot', entryId } });
    const { body } = await send('POST', 'schedule/copies', { areaId, from: '2026-01-06', days: 1, to: '2026-01-09' });
    const all = await entriesOf(areaId);
    const [first, second] = body.made.map(({ entryId: id }) => all.find((entry) => entry.id === id));
    expect(first).toMatchObject({ slot, place: null });
    expect(second?.place).toEqual({ kind: 'inSlot', entryId: first?.id });
  });

  it('who may not schedule there copies nothing', async () => {
    actor = place.operator;
    const request = { areaId: place.areas.ap.id, from: '2026-01-06', days: 1, to: '2026-01-07' };
    expect((await send('POST', 'schedule/copies', request)).status).toBe(404);
    actor = place.monitor;
    expect((await send('POST', 'schedule/copies', { ...request, areaId: place.areas.ak.id })).status).toBe(403);
  });

  it.each([
    ['no day', { days: 0 }],
    ['eight days', { days: 8 }],
    ['a day that is none', { to: '2026-02-30' }],
    ['the end of the contract', { to: '9999-06-01' }],
  ])('refuses %s at the door', async (_, changes) => {
    const body = { areaId: place.areas.ak.id, from: '2026-01-06', days: 1, to: '2026-01-07', ...changes };
    expect(await send('POST', 'schedule/copies', body)).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
  });

  it('too much for one act is refused before anything is made', async () => {
    const dense = { kind: 'rrule', start: '2027-01-04T00:00', rules: ['FREQ=MINUTELY;INTERVAL=5;COUNT=2000'] };
    await made({ areaId: place.areas.ap.id, itemId: 'item-ap', recurrence: dense });
    const request = { areaId: place.areas.ap.id, from: '2027-01-04', days: 7, to: '2027-02-01' };
    expect(await send('POST', 'schedule/copies', request)).toMatchObject({
      status: 422,
      body: { code: 'schedule.copyTooLarge' },
    });
  });

  describe('templates', () => {
    it('an office makes one, a commune below sees and applies it, and only the office deletes it', async () => {
      const { bp, ak, ap } = place.areas;
      await made({ areaId: bp.id, itemId: 'item-bp', recurrence: once('2026-03-02', '06:00') });
      const named = { areaId: bp.id, itemId: 'item-bp', clusterIds: ['k1'] };
      await made({ ...named, recurrence: once('2026-03-03', '06:00') });
      const request = { areaId: bp.id, title: 'Tuần mẫu', from: '2026-03-01', days: 7 };
      const template = await send('POST', 'schedule/templates', request);
      expect(template).toMatchObject({ status: 201, body: { title: 'Tuần mẫu', starts: 2, days: 3 } });
      expect(JSON.stringify(template.body)).not.toContain('k1');

      actor = place.operator;
      const listed = await send('GET', `schedule/templates?areaId=${ak.id}`);
      expect(listed).toEqual({ status: 200, body: [template.body] });
      const path = `schedule/templates/${template.body.id}`;
      const applied = await send('POST', `${path}/apply`, { areaId: ak.id, to: '2026-04-06' });
      expect(applied).toMatchObject({
        status: 200,
        body: { made: [{ day: '2026-04-07', time: '06:00:00' }], skipped: [{ reason: 'elsewhere' }] },
      });
      expect(await send('POST', `${path}/apply`, { areaId: ap.id, to: '2026-04-06' })).toMatchObject({ status: 404 });
      expect(await send('DELETE', path)).toMatchObject({ status: 404, body: { code: 'schedule.templateUnknown' } });

      actor = place.root;
      const own = await send('POST', `${path}/apply`, { areaId: bp.id, to: '2026-04-06', dryRun: true });
      expect(own.body).toMatchObject({ made: [{ entryId: null }, { entryId: null }], skipped: [] });
      expect(await send('DELETE', path)).toMatchObject({ status: 200 });
      expect(await send('GET', `schedule/templates?areaId=${ak.id}`)).toEqual({ status: 200, body: [] });
    });

    it('one of a commune is not for its neighbours, and an empty one is refused', async () => {
      const { ak, ap } = place.areas;
      await made({ recurrence: once('2026-05-05', '06:00') });
      const request = { areaId: ak.id, title: 'Ngày mẫu', from: '2026-05-05', days: 1 };
      const template = await send('POST', 'schedule/templates', request);
      const use = { areaId: ap.id, to: '2026-06-01' };
      expect(await send('POST', `schedule/templates/${template.body.id}/apply`, use)).toMatchObject({ status: 404 });
      expect(await send('GET', `schedule/templates?areaId=${ap.id}`)).toEqual({ status: 200, body: [] });
      expect(await send('POST', 'schedule/templates', { ...request, areaId: ap.id })).toMatchObject({
        status: 422,
        body: { code: 'schedule.templateEmpty' },
      });
    });
  });

  describe('bulk edits', () => {
    it('change all in one publication, or none with what is wrong by index', async () => {
      const [a, b] = [
        await made({ recurrence: once('2026-07-01', '06:00') }),
        await made({ recurrence: once('2026-07-02', '06:00') }),
      ];
      const before = await publications();
      const edited = await send('POST', 'entries/bulk-edit', { ids: [a.id, b.id], edit: { volume: 55 } });
      expect(edited).toMatchObject({
        status: 200,
        body: [{ entry: { volume: 55 }, ended: null }, { entry: { id: b.id } }],
      });
      expect(await publications()).toBe(before + 1);
      const refused = await send('POST', 'entries/bulk-edit', { ids: [a.id, 'nothing'], edit: { volume: 20 } });
      expect(refused).toMatchObject({
        status: 422,
        body: { code: 'schedule.bulkRefused', errors: [{ at: 'ids.1', code: 'schedule.unknown' }] },
      });
      expect((await entriesOf(place.areas.ak.id)).find(({ id }) => id === a.id)).toMatchObject({ volume: 55 });
    });

    it.each([
      ['none', { ids: [], edit: { volume: 1 } }],
      ['one twice', { ids: ['a', 'a'], edit: { volume: 1 } }],
      ['with nothing to change', { ids: ['a'], edit: {} }],
      ['into an emergency', { ids: ['a'], edit: { class: 'emergency' } }],
    ])('refuse %s at the door', async (_, body) => {
      expect(await send('POST', 'entries/bulk-edit', body)).toMatchObject({ status: 400 });
    });
  });

  it('every route is described', () => {
    expect(Object.keys(openApiOf(app).paths).sort()).toEqual([
      '/api/entries/bulk-edit',
      '/api/schedule/copies',
      '/api/schedule/templates',
      '/api/schedule/templates/{id}',
      '/api/schedule/templates/{id}/apply',
    ]);
  });
});
