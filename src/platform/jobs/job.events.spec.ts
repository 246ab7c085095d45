import type { Server } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type CanActivate, type ExecutionContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { Clock, ManualClock } from '../clock/index.js';
import { Database } from '../database/index.js';
import { type Actor, configureHttp, EventStreams, httpProblem, type RequestWithActor } from '../http/index.js';
import { silentLog } from '../logging/log.js';
import {
  type JobHandler,
  type JobRequest,
  JobRunner,
  Jobs,
  jobEntities,
  jobMigrations,
  PermanentJobError,
} from './index.js';
import { JobController } from './job.controller.js';
import { JobDesk } from './job.desk.js';
import { deferred, EventReader, type ReadEvent, untilAborted } from './job.spec-support.js';
import { JobWatch } from './job.watch.js';

/** An owns jobs, Binh owns others, Chi is the administrator of the commune `/p/c/`. */
const ACTORS: Readonly<Record<string, Actor>> = Object.fromEntries(
  ['an', 'binh', 'chi'].map((name) => {
    const may = (action: string, path: string) => name === 'chi' && action === 'job.manage' && path.startsWith('/p/c/');
    return [name, { accountId: name, name, may, demand: () => {}, scopes: () => [] }];
  }),
);

/** Who has which rights is decided outside of the platform; here by the name that stands in the header. */
class NameGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const actor = ACTORS[request.headers.authorization ?? ''];
    if (!actor) throw httpProblem('login.required');
    request.actor = actor;
    return true;
  }
}

@Module({})
class JobsOverHttp {}

describeOnBothDatabases('jobs over HTTP', { entities: jobEntities, migrations: jobMigrations }, (open) => {
  let database: Database;
  let clock: ManualClock;
  let jobs: Jobs;
  let runner: JobRunner;
  let watch: JobWatch;
  let app: NestExpressApplication;
  let base: string;
  const readers: EventReader[] = [];

  beforeEach(async () => {
    database = await open();
    clock = new ManualClock();
    jobs = new Jobs(database, clock);
    runner = new JobRunner({ database, jobs, clock, log: silentLog, pollMs: null, graceMs: 50 });
    watch = new JobWatch({ database, jobs, clock, log: silentLog, pollMs: null });
    const providers = [
      { provide: Database, useValue: database },
      { provide: Clock, useValue: clock },
      { provide: Jobs, useValue: jobs },
      { provide: JobWatch, useValue: watch },
      EventStreams,
      JobDesk,
    ];
    app = await NestFactory.create<NestExpressApplication>(
      { module: JobsOverHttp, controllers: [JobController], providers },
      { logger: false, abortOnError: false, bodyParser: false, forceCloseConnections: true },
    );
    configureHttp(app, silentLog);
    app.useGlobalGuards(new NameGuard());
    await app.listen(0, '127.0.0.1');
    base = `${(await app.getUrl()).replace(/\/$/, '')}/api/jobs`;
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await runner.stop();
    await app.close();
  });

  const ask = (path = '', who = 'an', init: RequestInit = {}) =>
    fetch(`${base}${path}`, { ...init, headers: { authorization: who, ...init.headers } });

  async function listen(path: string, who = 'an', headers: Record<string, string> = {}): Promise<EventReader> {
    const reader = await EventReader.open(`${base}${path}`, { authorization: who, ...headers });
    readers.push(reader);
    return reader;
  }

  const enqueue = (request: Partial<JobRequest> = {}, through = jobs) =>
    database.write((tx) =>
      through.enqueue(tx, {
        kind: 'import',
        payload: { secret: 'path' },
        ownerId: 'an',
        title: 'Nhập 3 tệp',
        ...request,
      }),
    );

  async function runWith(handler: JobHandler): Promise<void> {
    runner.register('import', handler);
    await runner.start({ concurrency: 1 });
  }

  /** Waits for the moment in which the last stream is gone: the server hears of it a little after the reader. */
  async function nobodyListens(): Promise<void> {
    while (app.get(EventStreams).count > 0 || watch.followerCount > 0) await turn();
  }

  const steps = (events: readonly (ReadEvent | null)[]) =>
    events.map((event) => event && [event.event, event.data.state, event.data.progressText]);

  it('lists mine, newest first, without what they work on', async () => {
    const first = await enqueue();
    await enqueue({ ownerId: 'binh' });
    await enqueue({ ownerId: null });
    clock.advance(1);
    const second = await enqueue({ title: null });
    const mine = (await (await ask()).json()) as Record<string, unknown>[];
    expect(mine.map(({ id }) => id)).toEqual([second, first]);
    expect(mine[1]).toEqual({
      id: first,
      kind: 'import',
      title: 'Nhập 3 tệp',
      state: 'queued',
      progress: 0,
      progressText: null,
      cancelRequested: false,
      createdAtMs: clock.nowMs() - 1,
      finishedAtMs: null,
    });
    expect(await (await ask('?limit=1')).json()).toHaveLength(1);
    for (const limit of ['0', '201', 'x']) expect((await ask(`?limit=${limit}`)).status).toBe(400);
  });

  it('a job is seen by its owner and by who manages jobs where it belongs; nobody else learns that it exists', async () => {
    const ofArea = await enqueue({ areaPath: '/p/c/h/' });
    const ofAll = await enqueue();
    const status = async (id: string, who: string) => (await ask(`/${id}`, who)).status;
    expect([await status(ofArea, 'an'), await status(ofArea, 'binh'), await status(ofArea, 'chi')]).toEqual([
      200, 404, 200,
    ]);
    expect([await status(ofAll, 'an'), await status(ofAll, 'binh'), await status(ofAll, 'chi')]).toEqual([
      200, 404, 404,
    ]);
    for (const [path, method] of [
      [`/${ofArea}`, 'GET'],
      [`/${ofArea}/events`, 'GET'],
      [`/${ofArea}/cancel`, 'POST'],
      ['/nothing/events', 'GET'],
    ] as const) {
      const answer = await ask(path, 'binh', { method });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
      expect(await answer.json()).toMatchObject({ code: 'job.unknown' });
    }
    expect((await ask(`/${ofArea}/events`, 'nobody')).status).toBe(401);
    expect((await ask('/events', '')).status).toBe(401);
    expect(await jobs.get(ofArea)).toMatchObject({ state: 'queued' });
  });

  it('tells the state now, then each change, then the end, and ends', async () => {
    const goOn = deferred();
    const shown = deferred();
    await runWith(async ({ progress }) => {
      progress(0.5, 'tệp 2 trên 3');
      shown.resolve();
      await goOn.promise;
      return { imported: 3 };
    });
    const id = await enqueue({ runAtMs: clock.nowMs() + 1 });
    const reader = await listen(`/${id}/events`);
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    expect(await reader.block()).toBe('retry: 2000');
    expect(steps([await reader.next()])).toEqual([['progress', 'queued', null]]);
    clock.advance(1);
    runner.wake();
    await shown.promise;
    const half = await reader.until(({ data }) => data.progress === 0.5);
    expect(half.data).toMatchObject({ id, state: 'running', progressText: 'tệp 2 trên 3' });
    goOn.resolve();
    const last = (await reader.rest()).at(-1);
    expect(last).toMatchObject({
      event: 'ended',
      data: { id, kind: 'import', title: 'Nhập 3 tệp', state: 'done', progress: 1, result: { imported: 3 } },
    });
    await nobodyListens();
  });

  it('an ended job: told at once; who comes again after having been told is sent away for good', async () => {
    await runWith(async () => 'fine');
    const id = await enqueue();
    await runner.idle();
    const [event, ...more] = await (await listen(`/${id}/events`)).rest();
    expect([event?.event, event?.data.result, more]).toEqual(['ended', 'fine', []]);
    const again = await listen(`/${id}/events`, 'an', { 'last-event-id': event?.id ?? '' });
    expect([again.status, await again.block()]).toEqual([204, null]);
    const other = await listen(`/${id}/events`, 'an', { 'last-event-id': '../../etc/passwd' });
    expect(steps(await other.rest())).toEqual([['ended', 'done', null]]);
  });

  it.each([
    ['a problem code is told in the reader’s language', new PermanentJobError('login.required'), 'login.required'],
    ['what was thrown by accident stays in the log', new PermanentJobError('ENOENT /srv/vang/key'), 'job.failed'],
  ])('a failed job: %s', async (_, error, code) => {
    await runWith(async () => {
      throw error;
    });
    const id = await enqueue();
    await runner.idle();
    const [vi] = await (await listen(`/${id}/events`)).rest();
    const [en] = await (await listen(`/${id}/events`, 'an', { 'accept-language': 'en' })).rest();
    expect(vi?.data).toMatchObject({ state: 'failed', error: { code, title: expect.stringMatching(/Cần|Công việc/) } });
    expect(en?.data).toMatchObject({
      state: 'failed',
      error: { code, title: expect.stringMatching(/Log in|The job/) },
    });
    expect(JSON.stringify(vi)).not.toContain('/srv');
  });

  it('cancel: a queued job ends, a running one hears of it, an ended one stays as it is', async () => {
    const begun = deferred();
    await runWith(({ signal }) => {
      begun.resolve();
      return untilAborted(signal);
    });
    const queued = await enqueue({ runAtMs: clock.nowMs() + 1 });
    const cancel = async (id: string) =>
      (await (await ask(`/${id}/cancel`, 'an', { method: 'POST' })).json()) as ReadEvent['data'];
    expect(await cancel(queued)).toMatchObject({ state: 'cancelled', cancelRequested: false });
    expect(await cancel(queued)).toMatchObject({ state: 'cancelled' });

    const running = await enqueue();
    await begun.promise;
    const reader = await listen(`/${running}/events`);
    await reader.next();
    expect(await cancel(running)).toMatchObject({ id: running });
    expect((await reader.rest()).at(-1)).toMatchObject({ event: 'ended', data: { state: 'cancelled' } });
  });

  it('all of mine on one stream, and nothing of others', async () => {
    const reader = await listen('/events');
    await reader.block();
    await enqueue({ ownerId: 'binh', title: 'của Bình' });
    const first = await enqueue({ title: 'một' });
    const second = await enqueue({ title: 'hai' });
    await jobs.cancel(first);
    const seen: ReadEvent['data'][] = [];
    await reader.until(({ event, data }) => {
      seen.push(data);
      return event === 'ended';
    });
    expect(new Set(seen.map(({ title }) => title))).toEqual(new Set(['một', 'hai']));
    await jobs.cancel(second);
    expect(await reader.until(({ event }) => event === 'ended')).toMatchObject({
      data: { id: second, state: 'cancelled' },
    });
  });

  it('after a break the reader is told what ended in it, however long it was', async () => {
    const id = await enqueue();
    const before = await listen('/events');
    const { id: lastEventId } = (await before.next())!;
    before.close();
    await nobodyListens();
    await jobs.cancel(id);
    clock.advance(3_600_000);
    const waiting = await enqueue({ title: 'còn chờ' });

    const resumed = await listen('/events', 'an', { 'last-event-id': lastEventId });
    expect([await resumed.next(), await resumed.next()]).toMatchObject([
      { event: 'ended', data: { id } },
      { event: 'progress', data: { id: waiting } },
    ]);
    const afresh = await listen('/events');
    expect(await afresh.next()).toMatchObject({ event: 'progress', data: { id: waiting } });
  });

  it('follows a job that another process runs, by looking at the table', async () => {
    const elsewhere = new Jobs(database, clock);
    const reader = await listen('/events');
    await reader.block();
    await watch.idle();
    const id = await enqueue({}, elsewhere);
    watch.look();
    expect(await reader.next()).toMatchObject({ event: 'progress', data: { id, state: 'queued' } });
    const one = await listen(`/${id}/events`);
    expect(await one.next()).toMatchObject({ event: 'progress' });
    await elsewhere.cancel(id);
    watch.look();
    expect(steps(await one.rest())).toEqual([['ended', 'cancelled', null]]);
    expect(await reader.next()).toMatchObject({ event: 'ended', data: { id } });
  });

  it('forgets a reader that goes away', async () => {
    const id = await enqueue();
    const both = [await listen(`/${id}/events`), await listen('/events')];
    for (const reader of both) await reader.next();
    expect([app.get(EventStreams).count, watch.followerCount]).toEqual([2, 2]);
    for (const reader of both) reader.close();
    await nobodyListens();
    expect((await ask('/events', 'an', { method: 'HEAD' })).headers.get('content-type')).toContain('text/event-stream');
    await nobodyListens();
  });

  it('an account has twelve streams at most; others have theirs', async () => {
    for (let i = 0; i < 12; i++) expect((await listen('/events')).status).toBe(200);
    const answer = await ask('/events');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([429, 'stream.tooMany']);
    expect((await listen('/events', 'binh')).status).toBe(200);
    readers.shift()?.close();
    while (app.get(EventStreams).count > 12) await turn();
    expect((await listen('/events')).status).toBe(200);
  });

  it('ends at a shutdown without waiting for anybody, and lets nobody in after it', async () => {
    const id = await enqueue();
    const reader = await listen(`/${id}/events`);
    await reader.next();
    const server: Server = app.getHttpServer();
    const drained = new Promise((resolve) => server.close(resolve)); // as boot does: ends when the last connection has
    app.get(EventStreams).stop();
    expect(await reader.next()).toBeNull();
    await drained;
    expect(watch.followerCount).toBe(0);
    expect(() => app.get(EventStreams).open('an', {} as never)).toThrow('service.stopping');
  });
});
