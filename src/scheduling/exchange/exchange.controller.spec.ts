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
import { Publication } from '../publications/publication.entity.js';
import { Publisher } from '../publications/publisher.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { ExchangeController } from './exchange.controller.js';
import { anEvent, calendarOf, DTSTART } from './exchange.spec-support.js';
import { CalendarExport } from './export.service.js';
import { CalendarIntake } from './import.service.js';

type Events = {
  events: { uid: string; outcome: string; code: string | null; entryId: string | null; words: string | null }[];
};

describeOnBothDatabases('calendars over HTTP', tables, (open) => {
  let app: NestExpressApplication;
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  let actor: Actor;
  beforeAll(async () => {
    database = await open();
    place = await aProvince(database);
    const { clock } = place;
    const [areas, audit, outbox] = [new AreaService(database), new Audit(clock), new Outbox(clock)];
    const publisher = new Publisher(
      areas,
      new AcceptanceService(database, areas, audit, outbox, clock),
      audit,
      outbox,
      clock,
    );
    const library = place.shelf as unknown as LibraryService;
    const intake = new CalendarIntake(database, areas, library, place.entries, publisher, clock);
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = actor;
        return true;
      },
    };
    @Module({
      controllers: [ExchangeController],
      providers: [
        { provide: CalendarExport, useValue: new CalendarExport(database, areas, library, clock) },
        { provide: CalendarIntake, useValue: intake },
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

  async function take(ics: string, more: Record<string, unknown> = {}) {
    const answer = await fetch(`${await app.getUrl()}/api/schedule/calendar`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ areaId: place.areas.ak.id, ics, ...more }),
    });
    return { status: answer.status, body: (await answer.json()) as Events & Record<string, unknown> };
  }
  const download = async (areaId: string) => fetch(`${await app.getUrl()}/api/schedule/calendar.ics?areaId=${areaId}`);
  const entriesOf = (areaId: string) => place.entries.list(place.root, { areaId });
  const codes = ({ body }: { body: Events }) => body.events.map(({ code, outcome }) => code ?? outcome);

  it('what one commune exports another takes in: rules, lunar days, moved occurrences and settings', async () => {
    const { ak, ap } = place.areas;
    const of = (recurrence: unknown, changes: Record<string, unknown> = {}) =>
      place.entries.create(place.root, place.request({ itemId: 'item-bp', recurrence, ...changes }));
    const daily = await of(
      { kind: 'daily', from: '2026-01-06', until: null, time: '05:00' },
      { volume: 35, class: 'priority', devices: 'all' },
    );
    await place.entries.changeOccurrence(place.root, daily.id, {
      original: '2026-01-08T05:00',
      to: '2026-01-08T06:00',
    });
    const lunar = { kind: 'lunar', from: '2026-01-06', until: null, time: '05:00', on: { days: [1, 15], month: null } };
    await of(lunar);
    const answer = await download(ak.id);
    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    const ics = await answer.text();
    expect(ics).toContain(`UID:${daily.id}`);

    const publications = () => database.read((reader) => reader.countBy(Publication, {}));
    const before = await publications();
    expect(codes(await take(ics))).toEqual(['present', 'present']);
    expect(await take(ics, { areaId: ap.id, dryRun: true })).toMatchObject({
      status: 200,
      body: {
        events: [
          { outcome: 'made', entryId: null },
          { outcome: 'made', entryId: null },
        ],
      },
    });
    expect(await publications()).toBe(before);
    expect(codes(await take(ics, { areaId: ap.id }))).toEqual(['made', 'made']);
    expect(await publications()).toBe(before + 1);
    expect(await entriesOf(ap.id)).toMatchObject([
      {
        ...{ volume: 35, class: 'priority', devices: 'all', runningOrder: [{ kind: 'item', itemId: 'item-bp' }] },
        recurrence: { kind: 'daily', from: '2026-01-06', until: null },
        changes: [{ original: '2026-01-08T05:00:00', to: '2026-01-08T06:00:00' }],
      },
      {
        devices: 'loudspeakers',
        recurrence: { kind: 'lunar', on: { days: [1, 15], month: null, missing30: 'lastDay' } },
      },
    ]);
    expect(codes(await take(ics.replaceAll(daily.id, 'other-uid'), { areaId: ap.id }))).toEqual(['present', 'present']);
  });

  it('an event of another calendar plays what the request says, and the others are told why not', async () => {
    const event = (uid: string, ...lines: string[]) => anEvent(...lines).replace('UID:u1', `UID:${uid}`);
    const ics = calendarOf(
      event('known', DTSTART, 'RRULE:FREQ=WEEKLY;BYDAY=SU'),
      event('no-item', DTSTART),
      event('draft', DTSTART),
      event('past', 'DTSTART;TZID=Asia/Ho_Chi_Minh:20250112T050000'),
      event('bomb', DTSTART, 'RRULE:FREQ=SECONDLY;COUNT=1000000'),
      'BEGIN:VTODO\r\nUID:todo\r\nEND:VTODO',
    );
    const answer = await take(ics, { items: { known: 'item-ak', draft: 'draft' } });
    expect(codes(answer)).toEqual([
      'made',
      'schedule.icsNoItem',
      'schedule.itemNotApproved',
      'schedule.past',
      'schedule.icsCountTooLarge',
      'schedule.icsNoEvent',
    ]);
    expect(answer.body.events[5]).toMatchObject({ outcome: 'ignored', words: expect.stringContaining('bỏ qua') });
    const made = (await entriesOf(place.areas.ak.id)).find(({ id }) => id === answer.body.events[0]?.entryId);
    expect(made).toMatchObject({ title: 'Bản tin', recurrence: { kind: 'weekly', weekdays: [7], from: '2026-01-12' } });
  });

  it('what is no calendar, or too much, is refused as a whole', async () => {
    expect(await take('hello')).toMatchObject({ status: 422, body: { code: 'schedule.icsUnreadable' } });
    expect((await take('x'.repeat(1_000_001))).status).toBeGreaterThanOrEqual(400);
  });

  it('who may not schedule there takes in nothing, and who may not see exports nothing', async () => {
    actor = place.monitor;
    expect((await take(calendarOf(anEvent(DTSTART)))).status).toBe(403);
    expect((await download(place.areas.ap.id)).status).toBe(404);
    expect((await download(place.areas.ak.id)).status).toBe(200);
  });

  describe('the routes', () => {
    it('are described', () => {
      expect(Object.keys(openApiOf(app).paths).sort()).toEqual([
        '/api/schedule/calendar',
        '/api/schedule/calendar.ics',
      ]);
    });
  });
});
