import type { EntityManager, MigrationInterface } from 'typeorm';

export type EntityClass = new () => object;
export type MigrationClass = new () => MigrationInterface;

/** SQLite in a file, or a PostgreSQL server: exactly one. */
export type DatabasePlace =
  | { readonly file: string; readonly url?: undefined }
  | { readonly url: string; readonly file?: undefined };

export type DatabaseOptions = DatabasePlace & {
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationClass[];
  /** Creates a demo database. Counts only when the database is created; later a different value refuses to start. */
  readonly demo?: boolean;
  /** A write transaction without database work for so long is rolled back. Default 5,000 ms. */
  readonly idleLimitMs?: number;
  /** Connections for reading and for writing, each. PostgreSQL only; default 10. */
  readonly poolSize?: number;
};

/** What the work inside `Database.write` may use. Not valid after the work has ended. */
export interface WriteTransaction {
  readonly manager: EntityManager;
  /** Runs after the commit is durable, in the order of registration; not at all after a rollback. */
  afterCommit(callback: () => void): void;
}

export type WriteOptions = {
  /**
   * PostgreSQL only. Default 'repeatable read': a row that changed since the transaction began makes it start again, so
   * that read, change, save loses no update. 'read committed' suits relative changes (`n = n + 1`) of contended rows.
   */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
};
