import Sqlite from 'better-sqlite3';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { DatabasePlaceError } from './errors.js';
import { ProcessLock } from './process.lock.js';
import type { Sides } from './sides.js';

const BUSY_TIMEOUT_MS = 10_000;

/** TypeORM begins with a plain BEGIN, which takes the write lock only at the first write, when it may be too late. */
class ImmediateSqlite extends Sqlite {
  override prepare<Parameters extends unknown[] | object = unknown[], Row = unknown>(sql: string) {
    return super.prepare<Parameters, Row>(sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql);
  }
}

/** Opens the file twice: for writing, and for reading with a connection that physically cannot write. */
export async function openSqlite(
  file: string,
  common: Pick<DataSourceOptions, 'entities' | 'migrations' | 'namingStrategy'>,
): Promise<Sides> {
  const lock = new ProcessLock(file);
  lock.take();
  const base = { ...common, type: 'better-sqlite3', database: file, timeout: BUSY_TIMEOUT_MS } as const;
  const writing = new DataSource({ ...base, driver: ImmediateSqlite, prepareDatabase: prepareWriting });
  const reading = new DataSource({ ...base, readonly: true, fileMustExist: true });
  try {
    await writing.initialize();
    await writing.runMigrations({ transaction: 'each' });
    await reading.initialize();
  } catch (error) {
    await closeAll();
    throw error;
  }

  async function closeAll(): Promise<void> {
    // Reading first: the last connection to close is the one that may fold the WAL into the file.
    if (reading.isInitialized) await reading.destroy();
    if (writing.isInitialized) await writing.destroy();
    lock.release();
  }

  return {
    reading,
    writing,
    writers: 'one',
    openWriter: () => writing.createQueryRunner(),
    closeWriter: async (_writer, rolledBackCleanly) => {
      if (!rolledBackCleanly) forget(writing);
    },
    close: closeAll,
  };
}

function prepareWriting(connection: Sqlite.Database): void {
  if (connection.pragma('journal_mode = WAL', { simple: true }) !== 'wal')
    throw new DatabasePlaceError(
      `${connection.name}: this file system cannot carry SQLite in WAL mode (a network drive?)`,
    );
  // In WAL mode NORMAL may lose the last commits with the power: the receipts of a broadcast, say.
  connection.pragma('synchronous = FULL');
  connection.pragma('fullfsync = ON'); // macOS: fsync alone does not reach the disk
}

/**
 * SQLite ends some transactions by itself (disk full, for one); a ROLLBACK then fails, and TypeORM's only query runner
 * would count itself one level deep for ever. The driver makes a new one when it has none.
 */
function forget(writing: DataSource): void {
  const driver = writing.driver as unknown as { queryRunner?: QueryRunner; databaseConnection: Sqlite.Database };
  if (driver.databaseConnection.inTransaction) driver.databaseConnection.exec('ROLLBACK');
  driver.queryRunner = undefined;
}
