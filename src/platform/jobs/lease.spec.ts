import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { describeOnBothDatabases, secondProcess } from '../../../test/support/databases.js';
import { ManualClock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import { silentLog } from '../logging/log.js';
import { type JobHandler, type JobRequest, JobRunner, Jobs, jobEntities, jobMigrations } from './index.js';
import { deferred, untilAborted } from './job.spec-support.js';

const LEASE_MS = 30_000;

describeOnBothDatabases(
  'jobs whose runner ends early',
  { entities: jobEntities, migrations: jobMigrations },
  (open) => {
    let database: Database;
    let clock: ManualClock;
    let jobs: Jobs;
    let runner: JobRunner;
    beforeEach(async () => {
      database = await open();
      clock = new ManualClock();
      jobs = new Jobs(database, clock);
      runner = newRunner();
    });
    afterEach(() => runner.stop());

    const newRunner = () =>
      new JobRunner({ database, jobs, clock, log: silentLog, leaseMs: LEASE_MS, pollMs: null, graceMs: 50 });

    const enqueue = (request: Partial<JobRequest> = {}) =>
      database.write((tx) => jobs.enqueue(tx, { kind: 'encode', payload: { file: 'a.wav' }, ...request }));

    async function runWith(handler: JobHandler, concurrency = 2): Promise<void> {
      runner.register('encode', handler);
      await runner.start({ concurrency });
    }

    it('puts a running job back when it stops, and the next runner does it', async () => {
      const begun = deferred();
      await runWith(({ signal }) => {
        begun.resolve();
        return untilAborted(signal);
      });
      const id = await enqueue();
      await begun.promise;
      await runner.stop();
      expect(await jobs.get(id)).toMatchObject({ state: 'queued', attempts: 0 });
      runner = newRunner();
      await runWith(async () => 'done by the next');
      await runner.idle();
      expect(await jobs.get(id)).toMatchObject({ state: 'done', result: 'done by the next' });
    });

    it('claims a job again after the lease of a killed runner, not before', async () => {
      const id = await enqueue();
      await database.stop();
      const killed = secondProcess(`
      import { SystemClock } from './src/platform/clock/index.js';
      import { Database } from './src/platform/database/index.js';
      import { JobRunner, Jobs, jobEntities, jobMigrations } from './src/platform/jobs/index.js';
      import { silentLog } from './src/platform/logging/log.js';
      const place = ${JSON.stringify({ file: database.options.file, url: database.options.url })};
      const database = new Database({ ...place, entities: jobEntities, migrations: jobMigrations }, silentLog);
      await database.start();
      const clock = new SystemClock();
      const runner = new JobRunner({ database, jobs: new Jobs(database, clock), clock, log: silentLog });
      runner.register('encode', ({ job }) => { console.log('began ' + job.id); return new Promise(() => {}); });
      await runner.start({ concurrency: 1 });
    `);
      expect(await killed.firstLine).toBe(`began ${id}`);
      killed.kill();
      await killed.output;

      database = await open.again(database);
      jobs = new Jobs(database, clock);
      runner = newRunner();
      clock.set(Date.now());
      await runWith(async () => 'second time');
      await runner.idle();
      expect(await jobs.get(id)).toMatchObject({ state: 'running', attempts: 1 });
      clock.advance(LEASE_MS);
      runner.wake();
      await runner.idle();
      expect(await jobs.get(id)).toMatchObject({ state: 'done', attempts: 2, result: 'second time' });
    });

    it('fails a job that has cost its process every attempt', async () => {
      const id = await enqueue({ maxAttempts: 1 });
      const begun = deferred();
      await runWith(() => {
        begun.resolve();
        return new Promise(() => {}); // never ends: as good as killed
      });
      await begun.promise;
      await runner.stop();
      clock.advance(LEASE_MS);
      runner = newRunner();
      const handler = jest.fn<JobHandler>(async () => {});
      await runWith(handler);
      await runner.idle();
      expect(handler).not.toHaveBeenCalled();
      expect(await jobs.get(id)).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('without finishing'),
      });
    });

    it('ignores the late end of a runner that had lost its lease', async () => {
      const begun = deferred();
      const goOn = deferred();
      await runWith(async () => {
        begun.resolve();
        await goOn.promise;
        return 'late';
      }, 1); // with a second place free, this runner itself could take the job again
      const id = await enqueue();
      await begun.promise;
      clock.advance(LEASE_MS);
      const other = newRunner();
      other.register('encode', async () => 'in time');
      await other.start({ concurrency: 1 });
      await other.idle();
      await other.stop();
      goOn.resolve();
      await runner.idle();
      expect(await jobs.get(id)).toMatchObject({ state: 'done', attempts: 2, result: 'in time' });
    });
  },
);
