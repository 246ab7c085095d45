import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { Audit } from '../../accounts/index.js';
import { type Actor, configureHttp, openApiOf, type RequestWithActor } from '../../platform/http/index.js';
import { silentLog } from '../../platform/logging/log.js';
import { ContentStore } from '../../platform/storage/index.js';
import { at } from '../engine/engine.spec-support.js';
import { READY_MADE_NOTE } from '../engine/rules/index.js';
import { tables } from '../scheduling.spec-support.js';
import { OverrideController } from './override.controller.js';
import { OverrideService } from './override.service.js';
import { RuleAttachmentService } from './rule-attachment.service.js';
import { RuleSetController } from './rule-set.controller.js';
import { RuleSetService } from './rule-set.service.js';
import { aRuledProvince, EVERY_DAY } from './rules.spec-support.js';
import { YearDaysController } from './year-days.controller.js';
import { YearDaysService } from './year-days.service.js';

describeOnBothDatabases('rules over HTTP', tables, (open) => {
  let app: NestExpressApplication;
  let place: Awaited<ReturnType<typeof aRuledProvince>>;
  let folder = '';
  let store: ContentStore;
  let actor: Actor;
  beforeAll(async () => {
    const database = await open();
    place = await aRuledProvince(database);
    folder = await mkdtemp(join(tmpdir(), 'vang-rules-'));
    store = new ContentStore(folder);
    await store.start();
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = actor;
        return true;
      },
    };
    const attachments = new RuleAttachmentService(database, store, new Audit(place.clock), place.clock);
    @Module({
      controllers: [RuleSetController, YearDaysController, OverrideController],
      providers: [
        { provide: RuleSetService, useValue: place.ruleSets },
        { provide: RuleAttachmentService, useValue: attachments },
        { provide: YearDaysService, useValue: place.yearDays },
        { provide: OverrideService, useValue: place.overrides },
        { provide: APP_GUARD, useValue: guard },
      ],
    })
    class SpecModule {}
    app = await NestFactory.create<NestExpressApplication>(SpecModule, { bodyParser: false, logger: false });
    configureHttp(app, silentLog);
    await app.listen(0, '127.0.0.1');
  });
  beforeEach(() => {
    actor = place.approver;
  });
  afterAll(async () => {
    await app.close();
    await store.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function send(method: string, path: string, body?: unknown, type = 'application/json') {
    const sent = body instanceof Uint8Array ? new Blob([Buffer.from(body)]) : JSON.stringify(body);
    const answer = await fetch(`${await app.getUrl()}/api/${path}`, {
      method,
      headers: { 'content-type': type },
      ...(body === undefined ? {} : { body: sent }),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as { readonly id: string; readonly ruleSet: { readonly id: string } },
    };
  }
  const paper = (changes: Record<string, unknown> = {}) => ({
    areaId: place.areas.ak.id,
    number: '12/QC-UBND',
    date: '2025-12-20',
    validFrom: '2026-02-01',
    windows: [{ days: EVERY_DAY, from: '06:00', until: '07:00' }],
    ...changes,
  });
  const made = async (): Promise<string> => (await send('POST', 'rule-sets', paper())).body.ruleSet.id;
  const scan = (start: string, bytes = 2_000) => Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(bytes)]);

  it('a rule set is made, changed, silenced for a funeral, ended and seen', async () => {
    const id = await made();
    expect(await send('PUT', `rule-sets/${id}`, { ...paper(), maxSessionsPerDay: 2 })).toMatchObject({
      status: 200,
      body: { ruleSet: { id, maxSessionsPerDay: 2, standing: 'ahead' } },
    });
    const funeral = { fromMs: at('2026-02-02T07:00:00'), untilMs: at('2026-02-02T09:00:00'), kind: 'funeral' };
    expect(await send('POST', `rule-sets/${id}/blackouts`, { ...funeral, reason: 'Tang lễ' })).toMatchObject({
      status: 201,
      body: { ruleSet: { blackouts: [funeral] } },
    });
    expect(await send('POST', `rule-sets/${id}/end`, { validTo: '2026-02-28' })).toMatchObject({ status: 200 });
    expect(await send('GET', `rule-sets?areaId=${place.areas.ak.id}`)).toMatchObject({
      status: 200,
      body: { own: [{ id, validTo: '2026-02-28' }], above: [] },
    });
    const { id: areaId } = place.areas.ak1;
    expect(await send('GET', `rule-sets/effective?areaId=${areaId}&day=2026-02-02`)).toMatchObject({
      status: 200,
      body: { windows: { source: { id } }, blackouts: [{ value: { reason: 'Tang lễ' } }] },
    });
  });

  it('a refusal says in words what is wrong, and where', async () => {
    const windows = [{ days: EVERY_DAY, from: '07:00', until: '06:00' }];
    expect(await send('POST', 'rule-sets', paper({ windows }))).toMatchObject({
      status: 422,
      body: {
        code: 'ruleSet.reversed',
        title: 'Giờ kết thúc sớm hơn giờ bắt đầu. Sửa lại, hoặc chọn kết thúc vào hôm sau.',
        errors: [{ at: 'windows.0', code: 'ruleSet.reversed' }],
      },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['weekday 0', { windows: [{ days: [0], from: '06:00', until: '07:00' }] }],
    ['an unknown kind of silence', { blackouts: [{ fromMs: 0, untilMs: 1, reason: 'x', kind: 'party' }] }],
    ['no area', { areaId: undefined }],
  ])('refuses %s at the door', async (_, changes) => {
    expect(await send('POST', 'rule-sets', paper(changes))).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
  });

  it.each([
    ['application/pdf', '%PDF-1.4\n'],
    ['image/jpeg', '\xff\xd8\xff\xe0'],
    ['image/png', '\x89PNG\r\n\x1a\n'],
    ['image/webp', 'RIFF\x10\x00\x00\x00WEBPVP8 '],
  ])('the scanned paper is kept and given back as %s, as its content says', async (type, start) => {
    const id = await made();
    const file = scan(start);
    expect(await send('PUT', `rule-sets/${id}/attachment`, file, 'text/html')).toMatchObject({
      status: 200,
      body: { attachment: { type } },
    });
    // Rules concern those below: whoever may see schedules in a hamlet may read the paper.
    actor = place.monitor;
    const answer = await fetch(`${await app.getUrl()}/api/rule-sets/${id}/attachment`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('content-security-policy')).toBe('sandbox');
    expect(Buffer.from(await answer.arrayBuffer()).equals(file)).toBe(true);
  });

  it('what is no scan, too large, or not there', async () => {
    const id = await made();
    const put = (file: Uint8Array, type = 'application/pdf') => send('PUT', `rule-sets/${id}/attachment`, file, type);
    expect(await send('GET', `rule-sets/${id}/attachment`)).toMatchObject({
      body: { code: 'ruleSet.attachmentMissing' },
    });
    for (const file of [scan('<html>'), Buffer.alloc(0), Buffer.from('%PDF-')])
      expect(await put(file)).toMatchObject({ status: 415, body: { code: 'ruleSet.attachmentType' } });
    expect(await put(scan('%PDF-1.4\n', 20_000_000))).toMatchObject({
      status: 413,
      body: { code: 'ruleSet.attachmentTooLarge' },
    });
    expect(await send('GET', 'rule-sets/none/attachment')).toMatchObject({ body: { code: 'ruleSet.unknown' } });
    actor = place.operator;
    expect(await put(scan('%PDF-1.4\n'))).toMatchObject({ status: 403, body: { code: 'right.missing' } });
  });

  it('a scan of another commune is not shown; one of the province is', async () => {
    actor = place.root;
    const there = (await send('POST', 'rule-sets', paper({ areaId: place.areas.ap.id }))).body.ruleSet.id;
    const above = (await send('POST', 'rule-sets', paper({ areaId: place.areas.bp.id }))).body.ruleSet.id;
    for (const id of [there, above])
      await send('PUT', `rule-sets/${id}/attachment`, scan('%PDF-1.4\n'), 'application/pdf');
    actor = place.monitor;
    expect(await send('GET', `rule-sets/${there}/attachment`)).toMatchObject({ status: 404 });
    expect((await fetch(`${await app.getUrl()}/api/rule-sets/${above}/attachment`)).status).toBe(200);
  });

  it('a year has the ready-made list, which says that it is no announcement, until people enter theirs', async () => {
    const ready = await send('GET', 'year-days/2027');
    expect(ready).toMatchObject({ status: 200, body: { year: 2027, origin: 'readyMade', note: READY_MADE_NOTE } });
    // Tết 2027 is on 6 February.
    expect(JSON.stringify(ready.body)).toContain('{"day":"2027-02-06","name":"Tết Nguyên đán (mùng 1)"}');
    const list = {
      holidays: [{ day: '2027-02-08', name: 'Nghỉ bù' }],
      swapped: [{ worked: '2027-02-20', standsFor: '2027-02-12' }],
      mourning: [],
    };
    expect(await send('PUT', 'year-days/2027', list)).toMatchObject({ status: 403 });
    actor = place.root;
    const set = await send('PUT', 'year-days/2027', list);
    expect(set).toEqual({
      status: 200,
      body: {
        year: 2027,
        origin: 'entered',
        ...list,
        note: null,
        changedByName: 'Quản trị',
        changedAtMs: place.clock.nowMs(),
      },
    });
    expect(await send('PUT', 'year-days/2027', list)).toEqual(set);
    expect(await send('GET', 'year-days/2027')).toEqual(set);
    expect(await send('GET', 'year-days/2027/ready-made')).toEqual(ready);
    const otherYear = { ...list, holidays: [{ day: '2026-02-08', name: 'Nghỉ bù' }] };
    expect(await send('PUT', 'year-days/2027', otherYear)).toMatchObject({
      status: 422,
      body: { code: 'yearDays.otherYear' },
    });
    for (const year of ['1967', '2150', 'x'])
      expect(await send('GET', `year-days/${year}`)).toMatchObject({ status: 400 });
  });

  it('an override takes ten letters of reason, is listed and revoked', async () => {
    const entry = await place.entries.create(place.operator, place.request());
    const path = `entries/${entry.id}/overrides`;
    const request = { occurrence: null, codes: ['ruleWindow'], reason: 'Hội nghị đối thoại' };
    expect(await send('POST', path, { ...request, reason: '  vì cần   ' })).toMatchObject({ status: 400 });
    expect(await send('POST', path, { ...request, codes: [] })).toMatchObject({ status: 400 });
    const none = await send('POST', path, { ...request, codes: ['ruleVolume'] });
    expect(none).toMatchObject({ status: 422, body: { code: 'override.noRule' } });
    const given = await send('POST', path, request);
    expect(given).toMatchObject({ status: 201, body: { ...request, byName: 'Anh Tư', revokedAtMs: null } });
    expect(await send('GET', path)).toEqual({ status: 200, body: [given.body] });
    expect(await send('DELETE', `overrides/${given.body.id}`)).toMatchObject({
      status: 200,
      body: { revokedAtMs: place.clock.nowMs() },
    });
    expect(await send('DELETE', 'overrides/none')).toMatchObject({ status: 404, body: { code: 'override.unknown' } });
  });

  it('every route is described', () => {
    const { paths } = openApiOf(app);
    expect(Object.keys(paths).sort()).toEqual([
      '/api/entries/{id}/overrides',
      '/api/overrides/{id}',
      '/api/rule-sets',
      '/api/rule-sets/effective',
      '/api/rule-sets/{id}',
      '/api/rule-sets/{id}/attachment',
      '/api/rule-sets/{id}/blackouts',
      '/api/rule-sets/{id}/end',
      '/api/year-days/{year}',
      '/api/year-days/{year}/ready-made',
    ]);
    expect(paths['/api/year-days/{year}']?.get?.parameters).toMatchObject([
      { name: 'year', in: 'path', required: true },
    ]);
  });
});
