import { expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { Cluster } from '../fleet/index.js';
import { Database, schemaDrift } from '../platform/database/index.js';
import { silentLog } from '../platform/logging/log.js';
import { ScheduleTemplate } from './copies/template.entity.js';
import { tables } from './scheduling.spec-support.js';

const isOlder = ({ name }: { readonly name: string }) => Number(name.slice(-13)) < 1_767_225_631_000;

describeOnBothDatabases(
  'a schedule that is older than boards',
  { ...tables, migrations: tables.migrations.filter(isOlder) },
  (open) => {
    it('every place has loudspeakers, and every line of a template is for them, whatever its title says', async () => {
      const old = await open();
      const title = 'Ghi "hamletIds": rồi';
      const lines = [
        { title, clusterIds: null, groupIds: null, hamletIds: null },
        { title: 'Hai', clusterIds: null, groupIds: null, hamletIds: ['ap-1'] },
      ];
      await old.write(async ({ manager }) => {
        await manager.query(
          `INSERT INTO cluster (id, code, area_id, area_path, name, horns, created_at_ms) VALUES ('k1', 'k1', 'a', '/a/', 'Chợ', 2, 0)`,
        );
        await manager.insert(ScheduleTemplate, {
          ...{ id: 't1', areaId: 'a', areaPath: '/a/', title: 'Tuần mẫu', createdByName: 'Hoa', createdAtMs: 0 },
          lines: lines as never,
        });
      });
      await old.stop();

      const database = new Database({ ...old.options, migrations: tables.migrations }, silentLog);
      await database.start();
      try {
        expect(await schemaDrift(database)).toEqual([]);
        const found = await database.read(async (reader) => ({
          cluster: await reader.findOneByOrFail(Cluster, { id: 'k1' }),
          template: await reader.findOneByOrFail(ScheduleTemplate, { id: 't1' }),
        }));
        expect(found.cluster.kind).toBe('loudspeakers');
        expect(found.template.lines).toEqual(lines.map((line) => ({ ...line, devices: 'loudspeakers' })));
      } finally {
        await database.stop();
      }
    });
  },
);
