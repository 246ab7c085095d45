import { expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable } from '../../test/support/station.js';
import { Database, schemaDrift } from '../platform/database/index.js';
import { silentLog } from '../platform/logging/log.js';
import { PlanLine } from './plan.entity.js';

const isOlder = ({ name }: { readonly name: string }) => Number(name.slice(-13)) < 1_767_225_655_000;

describeOnBothDatabases(
  'lines from before they had rules',
  { ...everyTable, migrations: everyTable.migrations.filter(isOlder) },
  (open) => {
    it('want one complete play at every cluster', async () => {
      const old = await open();
      await old.write(({ manager }) =>
        manager.query(
          `INSERT INTO plan_line (id, plan_id, position, kind, title, target, unit, criterion)
           VALUES ('l', 'p', 0, 'radioScript', 'Bài', 20, 'bài', 'playedEveryHamlet')`,
        ),
      );
      await old.stop();
      const database = new Database({ ...old.options, migrations: everyTable.migrations }, silentLog);
      await database.start();
      try {
        expect(await schemaDrift(database)).toEqual([]);
        expect(await database.read((reader) => reader.find(PlanLine))).toMatchObject([
          { id: 'l', plays: 1, clusters: 'all', leastGrade: 'completed', languages: null },
        ]);
      } finally {
        await database.stop();
      }
    });
  },
);
