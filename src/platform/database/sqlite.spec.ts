import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { secondProcess } from '../../../test/support/databases.js';
import { silentLog } from '../logging/log.js';
import { Database } from './index.js';

describe('a database on SQLite', () => {
  let folder: string;
  let file: string;
  const opened: Database[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vang-sqlite-'));
    file = join(folder, 'new', 'vang.db');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.stop()));
    rmSync(folder, { recursive: true });
  });

  async function start(): Promise<Database> {
    const database = new Database({ file, entities: [], migrations: [] }, silentLog);
    await database.start();
    opened.push(database);
    return database;
  }

  const another = () =>
    secondProcess(`
      import { Database } from './src/platform/database/index.js';
      import { silentLog } from './src/platform/logging/log.js';
      const database = new Database({ file: ${JSON.stringify(file)}, entities: [], migrations: [] }, silentLog);
      await database.start();
      console.log('started');
      setInterval(() => {}, 1000);
    `);

  const pragma = async (database: Database, name: string) => {
    const rows = await database.write(({ manager }) => manager.query(`PRAGMA ${name}`));
    return Object.values(rows[0] as object)[0];
  };

  it('synchronous is FULL on the writing connection', async () => {
    expect(await pragma(await start(), 'synchronous')).toBe(2);
  });

  it.each([
    ['journal_mode', 'wal'],
    ['foreign_keys', 1],
    ['busy_timeout', 10_000],
  ])('%s is %s on the writing connection', async (name, value) => {
    expect(await pragma(await start(), name)).toBe(value);
  });

  /** What a writer from outside is told while one of our transactions is open and has done nothing yet. */
  const intruder = (database: Database) =>
    database.write(async () => {
      const other = new Sqlite(file, { timeout: 0 });
      try {
        other.exec('BEGIN IMMEDIATE');
        return 'got in';
      } catch (error) {
        return (error as Error).message;
      } finally {
        other.close();
      }
    });

  it('takes the write lock when a transaction begins, not at its first write', async () => {
    expect(await intruder(await start())).toBe('database is locked');
  });

  it('begins the next transaction as usual after SQLite itself has ended one', async () => {
    const database = await start();
    const ended = database.write(async ({ manager }) => {
      await manager.query("INSERT INTO installation VALUES ('name', 'a')");
      await manager.query("INSERT OR ROLLBACK INTO installation VALUES ('name', 'b')");
    });
    await expect(ended).rejects.toThrow('UNIQUE');
    expect(await intruder(database)).toBe('database is locked');
    expect(await database.read((reader) => reader.query('SELECT key FROM installation'))).toEqual([{ key: 'demo' }]);
  });

  it('goes on after a full disk', async () => {
    const database = await start();
    await database.write(({ manager }) => manager.query('CREATE TABLE spec_big (bytes BLOB)'));
    const filling = database.write(async ({ manager }) => {
      await manager.query('PRAGMA max_page_count = 1');
      await manager.query('INSERT INTO spec_big VALUES (zeroblob(10000000))');
    });
    await expect(filling).rejects.toThrow('full');
    await database.write(({ manager }) => manager.query('PRAGMA max_page_count = 1000000'));
    await database.write(({ manager }) => manager.query('INSERT INTO spec_big VALUES (zeroblob(10))'));
    expect(await database.read((reader) => reader.query('SELECT count(*) AS n FROM spec_big'))).toEqual([{ n: 1 }]);
  });

  it('refuses to start while another process has the file, and says which', async () => {
    await start();
    const output = await another().output;
    expect(output).toContain(`in use by process ${process.pid} on`);
    expect(output).toContain('or use PostgreSQL');
  });

  it('refuses a second start of the same file in this process', async () => {
    await start();
    await expect(start()).rejects.toThrow(`in use by process ${process.pid}`);
  });

  it('starts after the process that had the file was killed', async () => {
    const first = another();
    await first.firstLine;
    await expect(start()).rejects.toThrow('in use by process');
    first.kill();
    await first.output;
    await start();
  });

  it('starts again after a stop', async () => {
    const first = await start();
    await first.stop();
    await start();
  });
});
