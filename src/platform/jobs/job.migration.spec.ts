import { expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { ManualClock } from '../clock/index.js';
import { Database, schemaDrift } from '../database/index.js';
import { silentLog } from '../logging/log.js';
import { JobRunner, Jobs, jobEntities, jobMigrations } from './index.js';

describeOnBothDatabases(
  'jobs of an installation that is older than owners',
  { entities: jobEntities, migrations: jobMigrations.slice(0, 1) },
  (open) => {
    it('stay, belong to nobody, and are run', async () => {
      const old = await open();
      const row = (id: string, state: string) =>
        `('${id}', 'encode', '{"file":"a.wav"}', '${state}', 'encode:${id}', 0, 5, 0, ${old.kind === 'postgres' ? 'false' : 0}, 0, 0)`;
      await old.write(({ manager }) =>
        manager.query(
          `INSERT INTO jobs (id, kind, payload, state, active_key, attempts, max_attempts, due_at_ms, cancel_requested, progress, created_at_ms)
           VALUES ${row('waits', 'queued')}, ${row('failed', 'failed')}`,
        ),
      );
      await old.stop();

      const database = new Database({ ...old.options, migrations: jobMigrations }, silentLog);
      await database.start();
      const clock = new ManualClock();
      const jobs = new Jobs(database, clock);
      const runner = new JobRunner({ database, jobs, clock, log: silentLog, pollMs: null });
      try {
        expect(await schemaDrift(database)).toEqual([]);
        const told: string[] = [];
        runner.register('encode', async ({ job }) => job.payload, { onGivenUp: async ({ id }) => void told.push(id) });
        await runner.start({ concurrency: 1 });
        await runner.idle();
        expect(await jobs.get('waits')).toMatchObject({ state: 'done', result: { file: 'a.wav' }, ownerId: null });
        // What failed before there was anybody to tell is not dug up again.
        expect(told).toEqual([]);
      } finally {
        await runner.stop();
        await database.stop();
      }
    });
  },
);
