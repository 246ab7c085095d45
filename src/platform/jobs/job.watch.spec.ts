import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { Request } from 'express';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { MqttBus } from '../broker/index.js';
import { ManualClock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import { KeyRing } from '../keys/index.js';
import { silentLog } from '../logging/log.js';
import { Outbox } from '../outbox/index.js';
import { PlatformModule } from '../platform.module.js';
import { ContentStore } from '../storage/index.js';
import { Jobs, jobEntities, jobMigrations } from './index.js';
import { JobController } from './job.controller.js';
import { deferred } from './job.spec-support.js';
import { JobWatch } from './job.watch.js';

describeOnBothDatabases('watching jobs', { entities: jobEntities, migrations: jobMigrations }, (open) => {
  let database: Database;
  let clock: ManualClock;
  let jobs: Jobs;
  let watch: JobWatch;
  const an = { accountId: 'an', name: 'An', may: () => false, demand: () => {}, scopes: () => [] };

  beforeEach(async () => {
    database = await open();
    clock = new ManualClock();
    jobs = new Jobs(database, clock);
    watch = new JobWatch({ database, jobs, clock, log: silentLog, pollMs: null });
  });
  afterEach(() => watch.idle());

  const enqueue = (through = jobs) =>
    database.write((tx) => through.enqueue(tx, { kind: 'import', payload: {}, ownerId: 'an' }));

  it('looks at the table by itself every so often', async () => {
    const polling = new JobWatch({ database, jobs, clock, log: silentLog, pollMs: 5 });
    const id = await enqueue();
    const seen = deferred();
    const end = polling.follow({ jobId: id }, ({ state }) => state === 'cancelled' && seen.resolve());
    await polling.idle();
    await new Jobs(database, clock).cancel(id);
    await seen.promise;
    end();
    await polling.idle();
  });

  it('a look costs one query, however many follow, and none when nobody does', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => enqueue()));
    const ends = ids.map((id) => watch.follow({ jobId: id }, () => {}));
    ends.push(watch.follow({ ownerId: 'binh', sinceMs: 0 }, () => {}));
    await watch.idle();
    let reads = 0;
    const read = database.read.bind(database);
    database.read = (work) => {
      reads++;
      return read(work);
    };
    watch.look();
    await watch.idle();
    expect(reads).toBe(1);
    for (const end of ends) end();
    watch.look();
    await jobs.cancel(ids[0]!);
    await watch.idle();
    expect([reads, watch.followerCount]).toEqual([1, 0]);
  });

  it('a change whose commit came late, and one of a process whose clock is behind, are not missed', async () => {
    const told: string[] = [];
    const end = watch.follow({ ownerId: 'an', sinceMs: clock.nowMs() }, ({ id }) => told.push(id));
    await watch.idle();
    const behind = new ManualClock(clock.nowMs() - 20_000);
    watch.look();
    await watch.idle();
    const id = await enqueue(new Jobs(database, behind));
    for (let looks = 0; looks < 3; looks++) {
      watch.look();
      await watch.idle();
    }
    expect(told).toEqual([id]);
    end();
  });

  it('a clock that was set forward by a year hides nothing that changed meanwhile', async () => {
    const elsewhere = new Jobs(database, new ManualClock(clock.nowMs()));
    const told: string[] = [];
    const end = watch.follow({ ownerId: 'an', sinceMs: clock.nowMs() }, ({ id }) => told.push(id));
    await watch.idle();
    const id = await enqueue(elsewhere);
    clock.set(clock.nowMs() + 365 * 86_400_000);
    watch.look();
    await watch.idle();
    expect(told).toEqual([id]);
    end();
  });

  it('after a look that failed, the next one finds what it was to find', async () => {
    const told: string[] = [];
    const end = watch.follow({ ownerId: 'an', sinceMs: clock.nowMs() }, ({ id }) => told.push(id));
    await watch.idle();
    const { read } = database;
    database.read = async () => {
      throw new Error('the connection is lost');
    };
    const id = await enqueue();
    await watch.idle();
    database.read = read;
    expect(told).toEqual([]);
    watch.look();
    await watch.idle();
    expect(told).toEqual([id]);
    end();
  });

  it('the platform of a process has all of it', async () => {
    const folder = tmpdir(); // nothing is started, so nothing is written
    const platform = {
      clock,
      log: silentLog,
      database,
      jobs,
      outbox: new Outbox(clock),
      store: new ContentStore(folder),
      keys: new KeyRing(folder, clock),
      broker: null,
      bus: new MqttBus({ url: () => '', log: silentLog }),
    };
    const whole = await NestFactory.createApplicationContext(PlatformModule.of(platform), { logger: false });
    const id = await enqueue();
    const seen = deferred();
    const end = whole.get(JobWatch).follow({ jobId: id }, () => seen.resolve());
    await seen.promise;
    end();
    expect(await whole.get(JobController).one(an, id, { headers: {} } as Request)).toMatchObject({ id });
    await whole.close();
  });
});
