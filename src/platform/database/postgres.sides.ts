import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { DatabasePlaceError } from './errors.js';
import type { Sides } from './sides.js';

// Any number that no other program in this database uses for its advisory locks ("vang").
const MIGRATION_LOCK = 0x76616e67;
const INT8 = 20;
const NUMERIC = 1700;

/** Two pools on one server; the reading one is told by the server itself that it cannot write. */
export async function openPostgres(
  url: string,
  poolSize: number,
  common: Pick<DataSourceOptions, 'entities' | 'migrations' | 'namingStrategy'>,
): Promise<Sides> {
  const open = (settings: string) =>
    new DataSource({
      ...common,
      type: 'postgres',
      url,
      poolSize,
      connectTimeoutMS: 10_000,
      applicationName: 'vang',
      extra: { options: settings, types: numbersAsInSqlite() },
    });
  const reading = open('-c default_transaction_read_only=on');
  // A process that hangs with a transaction open must not keep its row locks for ever.
  const writing = open('-c synchronous_commit=on -c idle_in_transaction_session_timeout=60000');

  async function closeAll(): Promise<void> {
    if (reading.isInitialized) await reading.destroy();
    if (writing.isInitialized) await writing.destroy();
  }

  try {
    await writing.initialize();
    await migrate(writing);
    await reading.initialize();
    await expectSetting(reading, 'default_transaction_read_only');
    await expectSetting(writing, 'synchronous_commit');
  } catch (error) {
    await closeAll();
    throw error;
  }
  return {
    reading,
    writing,
    writers: 'many',
    openWriter: () => writing.createQueryRunner(),
    closeWriter: (writer) => writer.release(),
    close: closeAll,
  };
}

/** Counts, sums and epoch milliseconds come as numbers, as from SQLite. None of ours passes 2^53. */
function numbersAsInSqlite(): pg.CustomTypesConfig {
  return {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      oid === INT8 || oid === NUMERIC
        ? Number
        : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
  };
}

/** One process at a time migrates, the others wait and then find nothing to do. */
async function migrate(writing: DataSource): Promise<void> {
  const guard = writing.createQueryRunner();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await writing.runMigrations({ transaction: 'each' });
    await guard.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    await guard.release();
  }
}

// An `options` in the URL, or a pooler in between, silently replaces our settings.
async function expectSetting(side: DataSource, setting: string): Promise<void> {
  const [row] = await side.query(`SELECT current_setting('${setting}') AS value`);
  if (row.value !== 'on')
    throw new DatabasePlaceError(
      `the PostgreSQL connection ignores ${setting}=on: remove "options" from the URL or the pooler`,
    );
}
