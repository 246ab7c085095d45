import type { DataSource, QueryRunner } from 'typeorm';

/** The two ways into a database. They never share a connection. */
export type Sides = {
  readonly reading: DataSource;
  readonly writing: DataSource;
  /** How many write transactions may be open at once. */
  readonly writers: 'one' | 'many';
  /** A connection for one write transaction. */
  openWriter(): QueryRunner;
  /** Takes it back. @param rolledBackCleanly false: its transaction could not be ended, nothing about it is known */
  closeWriter(writer: QueryRunner, rolledBackCleanly: boolean): Promise<void>;
  close(): Promise<void>;
};
