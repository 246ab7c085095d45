import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { ManualClock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import { silentLog } from '../logging/log.js';
import { Outbox, OutboxRelay, outboxEntities, outboxMigrations } from '../outbox/index.js';
import { OutboxEntity } from '../outbox/outbox.entity.js';
import { Housekeeping, JobRunner, Jobs, jobEntities, jobMigrations } from './index.js';

const DAY_MS = 86_400_000;

describeOnBothDatabases(
  'housekeeping',
  { entities: [...outboxEntities, ...jobEntities], migrations: [...outboxMigrations, ...jobMigrations] },
  (open) => {
    let database: Database;
    let clock: ManualClock;
    let jobs: Jobs;
    let outbox: Outbox;
    let relay: OutboxRelay;
    let runner: JobRunner;
    let housekeeping: Housekeeping;
    beforeEach(async () => {
      database = await open();
      clock = new ManualClock();
      jobs = new Jobs(database, clock);
      outbox = new Outbox(clock);
      relay = new OutboxRelay({ database, outbox, clock, log: silentLog, pollMs: null });
      relay.on('heard', async () => {});
      runner = new JobRunner({ database, jobs, clock, log: silentLog, pollMs: null });
      runner.register('encode', async () => {});
      housekeeping = keeper();
      await Promise.all([relay.start(), runner.start({ concurrency: 1 })]);
    });
    afterEach(async () => {
      await housekeeping.stop();
      await runner.stop();
      await relay.stop();
    });

    const keeper = (first: (beforeMs: number) => Promise<number> = (beforeMs) => jobs.purge(beforeMs)) =>
      new Housekeeping({
        clock,
        log: silentLog,
        chores: { jobs: first, outbox: (beforeMs) => relay.purge(beforeMs) },
        tickMs: null,
      });

    /** A job that is done and a message that is delivered, one of each that waits, all of this moment. */
    async function leaveRows(): Promise<void> {
      await database.write(async (tx) => {
        await jobs.enqueue(tx, { kind: 'encode', payload: {} });
        await jobs.enqueue(tx, { kind: 'nobody runs this', payload: {} });
        await outbox.add(tx, { topic: 'heard', payload: {} });
        await outbox.add(tx, { topic: 'nobody hears this', payload: {} });
      });
      await Promise.all([runner.idle(), relay.idle()]);
    }

    const left = () =>
      database.read(async (reader) => ({
        jobs: (await reader.query('SELECT state FROM jobs ORDER BY state')).map(
          ({ state }: { state: string }) => state,
        ),
        messages: (await reader.find(OutboxEntity, { order: { state: 'ASC' } })).map(({ state }) => state),
      }));

    async function tick(): Promise<void> {
      housekeeping.tick();
      await housekeeping.idle();
    }

    it('forgets after 30 days what ended or was delivered, and never what waits', async () => {
      await leaveRows();
      housekeeping.start();
      for (let day = 1; day <= 30; day++) {
        clock.advance(DAY_MS);
        await tick();
      }
      expect(await left()).toEqual({ jobs: ['done', 'queued'], messages: ['delivered', 'waiting'] });
      clock.advance(DAY_MS);
      await tick();
      expect(await left()).toEqual({ jobs: ['queued'], messages: ['waiting'] });
    });

    it('looks at each start, and then once a day', async () => {
      await leaveRows();
      clock.advance(31 * DAY_MS);
      housekeeping.start();
      await housekeeping.idle();
      expect(await left()).toEqual({ jobs: ['queued'], messages: ['waiting'] });

      const asked: number[] = [];
      housekeeping = keeper(async (beforeMs) => asked.push(beforeMs));
      housekeeping.start();
      await housekeeping.idle();
      for (let hour = 1; hour <= 48; hour++) {
        clock.advance(3_600_000);
        await tick();
      }
      expect(asked).toHaveLength(3);
    });

    it('a table that cannot be cleared does not keep the next from it', async () => {
      await leaveRows();
      clock.advance(31 * DAY_MS);
      housekeeping = keeper(async () => {
        throw new Error('the disk is full');
      });
      housekeeping.start();
      await housekeeping.idle();
      expect(await left()).toEqual({ jobs: ['done', 'queued'], messages: ['waiting'] });
    });

    it('forgets many in portions', async () => {
      const { length } = await database.write(async (tx) => {
        const ids: string[] = [];
        for (let i = 0; i < 1_050; i++) ids.push(await jobs.enqueue(tx, { kind: 'encode', payload: {} }));
        await tx.manager.query(`UPDATE jobs SET state = 'done', finished_at_ms = ${clock.nowMs()}`);
        return ids;
      });
      expect(await jobs.purge(clock.nowMs() + 1)).toBe(length);
      expect((await left()).jobs).toEqual([]);
    });
  },
);
