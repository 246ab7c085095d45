import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases, secondProcess } from '../../../test/support/databases.js';
import { ManualClock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import { silentLog } from '../logging/log.js';
import {
  type GivenUpHandler,
  JOB_LOST,
  type JobHandler,
  type JobRequest,
  JobRunner,
  Jobs,
  jobEntities,
  jobMigrations,
  PermanentJobError,
} from './index.js';
import { deferred, untilAborted } from './job.spec-support.js';

const LEASE_MS = 30_000;

describeOnBothDatabases('jobs that are given up', { entities: jobEntities, migrations: jobMigrations }, (open) => {
  let database: Database;
  let clock: ManualClock;
  let jobs: Jobs;
  let runner: JobRunner;
  let told: { id: string; state: string; reason: string }[];
  beforeEach(async () => {
    database = await open();
    clock = new ManualClock();
    jobs = new Jobs(database, clock);
    runner = newRunner();
    told = [];
  });
  afterEach(() => runner.stop());

  const newRunner = () =>
    new JobRunner({ database, jobs, clock, log: silentLog, leaseMs: LEASE_MS, pollMs: null, graceMs: 50 });

  const enqueue = (request: Partial<JobRequest> = {}) =>
    database.write((tx) => jobs.enqueue(tx, { kind: 'encode', payload: {}, ...request }));

  const tell: GivenUpHandler = async ({ id, state }, reason) => void told.push({ id, state, reason });

  async function runWith(handler: JobHandler, onGivenUp: GivenUpHandler = tell): Promise<void> {
    runner.register('encode', handler, { onGivenUp });
    await runner.start({ concurrency: 1 });
  }

  /** A process that prints when it begins what it never ends, and is killed there. */
  async function killAProcess(body: string): Promise<string> {
    await database.stop();
    const killed = secondProcess(`
      import { SystemClock } from './src/platform/clock/index.js';
      import { Database } from './src/platform/database/index.js';
      import { JobRunner, Jobs, jobEntities, jobMigrations, PermanentJobError } from './src/platform/jobs/index.js';
      import { silentLog } from './src/platform/logging/log.js';
      const place = ${JSON.stringify({ file: database.options.file, url: database.options.url })};
      const database = new Database({ ...place, entities: jobEntities, migrations: jobMigrations }, silentLog);
      await database.start();
      const clock = new SystemClock();
      const runner = new JobRunner({ database, jobs: new Jobs(database, clock), clock, log: silentLog });
      const forEver = (word) => { console.log(word); return new Promise(() => {}); };
      ${body}
      await runner.start({ concurrency: 1 });
    `);
    const line = await killed.firstLine;
    killed.kill();
    await killed.output;
    database = await open.again(database);
    jobs = new Jobs(database, clock);
    runner = newRunner();
    clock.set(Date.now());
    return line;
  }

  it('a process killed in the last attempt: its feature is told, once the lease has run out', async () => {
    const id = await enqueue({ maxAttempts: 1 });
    const line = await killAProcess(`runner.register('encode', ({ job }) => forEver(job.id));`);
    expect(line).toBe(id);

    await runWith(async () => 'must not be begun again');
    await runner.idle();
    expect(told).toEqual([]);
    clock.advance(LEASE_MS);
    runner.wake();
    await runner.idle();
    expect(told).toEqual([{ id, state: 'failed', reason: JOB_LOST }]);
    expect(await jobs.get(id)).toMatchObject({ state: 'failed', attempts: 1, error: JOB_LOST });
  });

  it('a process killed between the end of a job and the telling: the next one tells', async () => {
    const id = await enqueue();
    const line = await killAProcess(`
        runner.register('encode', () => { throw new PermanentJobError('media.broken'); },
          { onGivenUp: ({ state }, reason) => forEver(state + ' ' + reason) });`);
    expect(line).toBe('failed media.broken');

    await runWith(async () => {});
    await runner.idle();
    expect(told).toEqual([]); // as far as this process knows, the other one is still telling
    clock.advance(LEASE_MS);
    runner.wake();
    await runner.idle();
    expect(told).toEqual([{ id, state: 'failed', reason: 'media.broken' }]);
  });

  it('cancelled in the queue while no runner was there: told at the next start, and never again', async () => {
    const id = await enqueue();
    await jobs.cancel(id);
    await runWith(async () => {});
    await runner.idle();
    expect(told).toEqual([{ id, state: 'cancelled', reason: 'cancelled' }]);
    await runner.stop();
    runner = newRunner();
    await runWith(async () => {});
    clock.advance(10 * LEASE_MS);
    runner.wake();
    await runner.idle();
    expect(told).toHaveLength(1);
  });

  it('cancelled in the queue while the runner is busy with another: told at once', async () => {
    const begun = deferred();
    const heard = deferred();
    await runWith(
      ({ signal }) => {
        begun.resolve();
        return untilAborted(signal);
      },
      async (job, reason) => {
        await tell(job, reason);
        heard.resolve();
      },
    );
    await enqueue();
    await begun.promise;
    const waiting = await enqueue();
    await jobs.cancel(waiting);
    await heard.promise;
    expect(told).toEqual([{ id: waiting, state: 'cancelled', reason: 'cancelled' }]);
  });

  it('cancelled while it runs', async () => {
    const begun = deferred();
    await runWith(({ signal }) => {
      begun.resolve();
      return untilAborted(signal);
    });
    const id = await enqueue();
    await begun.promise;
    await jobs.cancel(id);
    await runner.idle();
    expect(told).toEqual([{ id, state: 'cancelled', reason: 'cancelled' }]);
  });

  it('an attempt that fails before the last one is not the end, the last one is', async () => {
    await runWith(async ({ job }) => {
      throw new Error(`attempt ${job.attempts}`);
    });
    const id = await enqueue({ maxAttempts: 2 });
    await runner.idle();
    expect(told).toEqual([]);
    clock.advance(1_000);
    runner.wake();
    await runner.idle();
    expect(told).toEqual([{ id, state: 'failed', reason: 'attempt 2' }]);
  });

  it('a job that is done is nobody’s to be told of', async () => {
    await runWith(async () => {});
    await enqueue();
    await runner.idle();
    expect(told).toEqual([]);
  });

  it('a feature that fails to hear it is told again after pauses that double, and other features are not held up', async () => {
    let tries = 0;
    runner.register('speak', async () => {}, { onGivenUp: tell });
    await runWith(
      async () => {
        throw new PermanentJobError('no');
      },
      async () => {
        if (++tries < 3) throw new Error('the table is locked');
      },
    );
    await enqueue();
    await runner.idle();
    expect(tries).toBe(1);
    const other = await enqueue({ kind: 'speak', runAtMs: clock.nowMs() + LEASE_MS });
    await jobs.cancel(other);
    await runner.idle();
    expect(told.map(({ id }) => id)).toEqual([other]);
    for (const [advanceMs, expected] of [
      [999, 1],
      [1, 2],
      [999, 2],
      [1, 3],
      [3_600_000, 3],
    ] as const) {
      clock.advance(advanceMs);
      runner.wake();
      await runner.idle();
      expect([advanceMs, tries]).toEqual([advanceMs, expected]);
    }
  });

  it('two runners tell once', async () => {
    const other = newRunner();
    other.register('encode', async () => {}, { onGivenUp: tell });
    const ids = await Promise.all(Array.from({ length: 5 }, () => enqueue()));
    for (const id of ids) await jobs.cancel(id);
    await Promise.all([runWith(async () => {}), other.start({ concurrency: 1 })]);
    await Promise.all([runner.idle(), other.idle()]);
    await other.stop();
    expect(told.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  it('is not forgotten before its feature was told', async () => {
    const id = await enqueue();
    await jobs.cancel(id);
    clock.advance(1);
    expect(await jobs.purge(clock.nowMs())).toBe(0);
    await runWith(async () => {});
    await runner.idle();
    expect(told).toHaveLength(1);
    expect(await jobs.purge(clock.nowMs())).toBe(1);
    expect(await jobs.get(id)).toBeNull();
  });
});
