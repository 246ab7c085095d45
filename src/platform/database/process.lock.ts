import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DatabasePlaceError } from './errors.js';

/**
 * Keeps every other process from writing to the same SQLite file. The lock is one of the operating system, taken by
 * SQLite on a small file beside the database and held for as long as the process lives: after kill -9 it is gone, so
 * there is no stale lock to judge. The file stays; it says who took the lock last.
 */
export class ProcessLock {
  private connection: Sqlite.Database | undefined;
  private readonly path: string;

  constructor(databaseFile: string) {
    this.path = `${resolve(databaseFile)}.lock`;
  }

  /** @throws DatabasePlaceError when somebody else holds it */
  take(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const connection = new Sqlite(this.path, { timeout: 0 });
    try {
      connection.exec('BEGIN IMMEDIATE');
      connection.exec(
        'CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, host TEXT NOT NULL, since TEXT NOT NULL)',
      );
      connection.exec('DELETE FROM holder');
      connection.prepare("INSERT INTO holder VALUES (?, ?, datetime('now'))").run(process.pid, hostname());
      connection.exec('COMMIT');
      // A transaction that never ends: RESERVED keeps other writers out, and lets them read who is here.
      connection.exec('BEGIN IMMEDIATE');
      this.connection = connection;
    } catch (error) {
      const refusal = this.refusal(connection, error);
      connection.close();
      throw refusal;
    }
  }

  release(): void {
    this.connection?.close();
    this.connection = undefined;
  }

  private refusal(connection: Sqlite.Database, error: unknown): Error {
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return error as Error;
    return new DatabasePlaceError(
      `the database of ${this.path} is in use by ${this.holder(connection)}. ` +
        'SQLite allows one process: stop that one first, or use PostgreSQL.',
    );
  }

  private holder(connection: Sqlite.Database): string {
    try {
      const row = connection.prepare('SELECT pid, host, since FROM holder').get() as
        | { pid: number; host: string; since: string }
        | undefined;
      return row ? `process ${row.pid} on ${row.host} since ${row.since} UTC` : 'another process';
    } catch {
      return 'another process'; // caught between its two statements
    }
  }
}
