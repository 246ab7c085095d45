import { expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable } from '../../test/support/station.js';
import { Database, schemaDrift } from '../platform/database/index.js';
import { silentLog } from '../platform/logging/log.js';
import { PlayOutcome } from './receipt.entity.js';

const isOlder = ({ name }: { readonly name: string }) => Number(name.slice(-13)) < 1_767_225_629_000;

describeOnBothDatabases(
  'outcomes from before former tellings were kept',
  { ...everyTable, migrations: everyTable.migrations.filter(isOlder) },
  (open) => {
    it('followed what their play was told last', async () => {
      const old = await open();
      await old.write(async ({ manager }) => {
        await manager.query(
          `INSERT INTO planned_play (id, controller_id, play, cluster_id, area_path, entry_id, item_id, item_version, day, start_ms, plan_version)
           VALUES ('d.p1', 'd', 'p1', 'k', '/a/', 'e', 'i', 1, '2026-01-05', 1, 7)`,
        );
        await manager.query(
          `INSERT INTO play_outcome (id, outcome, grade, played_ms, receipt_id) VALUES ('d.p1', 'complete', 'completed', 60000, 'd.1.1')`,
        );
      });
      await old.stop();

      const database = new Database({ ...old.options, migrations: everyTable.migrations }, silentLog);
      await database.start();
      try {
        expect(await schemaDrift(database)).toEqual([]);
        const outcomes = await database.read((reader) => reader.find(PlayOutcome));
        expect(outcomes).toMatchObject([{ id: 'd.p1', outcome: 'complete', playedMs: 60_000, planVersion: 7 }]);
      } finally {
        await database.stop();
      }
    });
  },
);
