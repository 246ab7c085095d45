import { expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { fillLibrary, searchRooms } from '../../../test/bench/search.content.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { schemaDrift } from '../../platform/database/index.js';
import { indexFor } from './index.choice.js';
import { LibrarySearch1767225614000 } from './search.migration.js';
import { indexRows } from './search.spec-support.js';

describeOnBothDatabases('the index of the library', searchRooms, (open) => {
  it('is made for what is there, and goes without a trace', async () => {
    const database = await open();
    await fillLibrary(database, 50);
    expect(await indexRows(database)).toEqual([]);
    const migration = new LibrarySearch1767225614000();
    const tables = () =>
      database.read((reader) =>
        reader.query(
          database.kind === 'postgres'
            ? "SELECT tablename AS name FROM pg_tables WHERE tablename LIKE 'item_search%' OR tablename LIKE 'item_words%'"
            : "SELECT name FROM sqlite_master WHERE name LIKE 'item_search%' OR name LIKE 'item_words%'",
        ),
      );
    const runner = (work: 'up' | 'down') =>
      database.write(async ({ manager }) => {
        if (manager.queryRunner) await migration[work](manager.queryRunner);
      });
    await runner('down');
    expect(await tables()).toEqual([]);
    await runner('up');
    expect(await indexRows(database)).toHaveLength(50);
    expect(await schemaDrift(database)).toEqual([]);
  });

  it('survives VACUUM', async () => {
    const database = await open();
    await fillLibrary(database, 20);
    await database.write(({ manager }) => indexFor(database.kind).rebuild(manager));
    const before = await indexRows(database);
    await database.stop();
    const { file, url } = database.options;
    const source =
      file === undefined ? { type: 'postgres' as const, url } : { type: 'better-sqlite3' as const, database: file };
    const direct = await new DataSource(source as never).initialize();
    await direct.query('VACUUM');
    if (file !== undefined)
      expect(await direct.query("INSERT INTO item_words (item_words) VALUES ('integrity-check')")).toBeDefined();
    await direct.destroy();
    expect(await indexRows(await open.again(database))).toEqual(before);
  });
});
