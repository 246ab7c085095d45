import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { ManualClock } from '../clock/index.js';
import { type Database, schemaDrift } from '../database/index.js';
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
import { deferred, untilAborted } from './job.spec-support.js';

const LEASE_MS = 30_000;

describeOnBothDatabases('jobs', { entities: jobEntities, migrations: jobMigrations }, (open) => {
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

  /** Lets pauses pass until nothing more happens. */
  async function retryUntilSettled(): Promise<void> {
    for (let round = 0; round < 6; round++) {
      await runner.idle();
      clock.advance(20 * 60_000);
      runner.wake();
    }
    await runner.idle();
  }

  it('runs a job once and keeps its result', async () => {
    const handler = jest.fn<JobHandler>(async ({ job }) => ({ encoded: job.payload }));
    await runWith(handler);
    const id = await enqueue();
    await runner.idle();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(await jobs.get(id)).toMatchObject({
      state: 'done',
      attempts: 1,
      progress: 1,
      result: { encoded: { file: 'a.wav' } },
      error: null,
      finishedAtMs: clock.nowMs(),
    });
  });

  it('knows nothing of a job whose transaction was rolled back', async () => {
    let id = '';
    const failing = database.write(async (tx) => {
      id = await jobs.enqueue(tx, { kind: 'encode', payload: {} });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await jobs.get(id)).toBeNull();
  });

  it('has one unfinished job per unique key, and a new one after it', async () => {
    const first = await enqueue({ uniqueKey: 'a.wav' });
    expect(await enqueue({ uniqueKey: 'a.wav' })).toBe(first);
    expect(await enqueue({ uniqueKey: 'b.wav' })).not.toBe(first);
    expect(await Promise.all([1, 2, 3].map(() => enqueue({ uniqueKey: 'a.wav' })))).toEqual([first, first, first]);
    await runWith(async () => {});
    await runner.idle();
    expect(await enqueue({ uniqueKey: 'a.wav' })).not.toBe(first);
  });

  it('runs no more than asked at the same time', async () => {
    let now = 0;
    let most = 0;
    const goOn = deferred();
    const twoBegun = deferred();
    await runWith(async () => {
      most = Math.max(most, ++now);
      if (now === 2) twoBegun.resolve();
      await goOn.promise;
      now--;
    }, 2);
    for (let i = 0; i < 5; i++) await enqueue();
    await twoBegun.promise;
    goOn.resolve();
    await runner.idle();
    expect(most).toBe(2);
  });

  it('shares jobs between two runners without doing one twice', async () => {
    const seen: string[] = [];
    const other = newRunner();
    const handler: JobHandler = async ({ job }) => void seen.push(job.id);
    other.register('encode', handler);
    const ids = await Promise.all(Array.from({ length: 12 }, () => enqueue()));
    await Promise.all([runWith(handler, 3), other.start({ concurrency: 3 })]);
    await Promise.all([runner.idle(), other.idle()]);
    await other.stop();
    expect(seen.sort()).toEqual(ids.sort());
  });

  it('does not begin a job before its time', async () => {
    const handler = jest.fn<JobHandler>(async () => {});
    await runWith(handler);
    await enqueue({ runAtMs: clock.nowMs() + 1_000 });
    await runner.idle();
    expect(handler).not.toHaveBeenCalled();
    clock.advance(1_000);
    runner.wake();
    await runner.idle();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('tries again after a pause, and fails with the reason of the last attempt', async () => {
    let attempt = 0;
    await runWith(async () => {
      throw new Error(`no ffmpeg, attempt ${++attempt}`);
    });
    const id = await enqueue({ maxAttempts: 3 });
    await runner.idle();
    expect(await jobs.get(id)).toMatchObject({ state: 'queued', attempts: 1, error: 'no ffmpeg, attempt 1' });
    await retryUntilSettled();
    expect(await jobs.get(id)).toMatchObject({ state: 'failed', attempts: 3, error: 'no ffmpeg, attempt 3' });
  });

  it('does not try again what cannot succeed', async () => {
    await runWith(async () => {
      throw new PermanentJobError('not an audio file');
    });
    const id = await enqueue();
    await runner.idle();
    expect(await jobs.get(id)).toMatchObject({ state: 'failed', attempts: 1, error: 'not an audio file' });
  });

  it('shows progress while it runs', async () => {
    const shown = deferred();
    const goOn = deferred();
    await runWith(async ({ progress }) => {
      for (let percent = 0; percent <= 40; percent++) progress(percent / 100, `đã mã hóa ${percent} %`);
      shown.resolve();
      await goOn.promise;
    });
    const id = await enqueue();
    await shown.promise;
    for (;;) {
      const job = await jobs.get(id);
      if (job?.progress === 0.4) {
        expect(job).toMatchObject({ state: 'running', progressText: 'đã mã hóa 40 %' });
        break;
      }
    }
    goOn.resolve();
    await runner.idle();
  });

  it('cancels a queued job at once', async () => {
    const id = await enqueue({ uniqueKey: 'k' });
    expect(await jobs.cancel(id)).toBe(true);
    expect(await jobs.get(id)).toMatchObject({ state: 'cancelled' });
    expect(await jobs.cancel(id)).toBe(false);
    expect(await enqueue({ uniqueKey: 'k' })).not.toBe(id);
  });

  it('cancels a running job through its signal', async () => {
    const begun = deferred();
    await runWith(({ signal }) => {
      begun.resolve();
      return untilAborted(signal);
    });
    const id = await enqueue();
    await begun.promise;
    expect(await jobs.cancel(id)).toBe(true);
    await runner.idle();
    expect(await jobs.get(id)).toMatchObject({ state: 'cancelled', attempts: 1 });
  });

  it('hears at a heartbeat of a cancel in another process', async () => {
    const begun = deferred();
    runner = new JobRunner({ database, jobs, clock, log: silentLog, leaseMs: 30, pollMs: null });
    await runWith(({ signal }) => {
      begun.resolve();
      return untilAborted(signal);
    });
    const id = await enqueue();
    await begun.promise;
    await new Jobs(database, clock).cancel(id);
    await runner.idle();
    expect(await jobs.get(id)).toMatchObject({ state: 'cancelled' });
  });

  it('forgets ended jobs when told to', async () => {
    await runWith(async () => {});
    const id = await enqueue();
    await runner.idle();
    expect(await jobs.purge(clock.nowMs() + 1)).toBe(1);
    expect(await jobs.get(id)).toBeNull();
  });

  it('has no drift', async () => {
    expect(await schemaDrift(database)).toEqual([]);
  });
});
