import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountService } from '../../src/accounts/index.js';
import { entities, migrations } from '../../src/app.module.js';
import { AreaService } from '../../src/areas/index.js';
import { Database, type DatabasePlace } from '../../src/platform/database/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import { COUNT_TALLIES } from '../../src/receipts/tallies/recount.queries.js';
import { planWithLine, shelve } from '../support/shelf.js';
import { Station } from '../support/station.js';
import { quantile } from './asking.js';
import type { Bench } from './bench.js';
import { benchPostgres } from './bench-postgres.js';
import { CLUSTERS, dayAt, daysOf, fill } from './coverage.fill.js';

const LIMIT_MS = 50;
const GROWTH = 1.3;
/** Below this a time is as good as this. */
const FLOOR_MS = 5;
const SCRIPTS = 20;
const COMMUNES = 12;
const ASKED = 40;

/**
 * The matrix of a plan (20 scripts × 95 hamlets) and one commune's day over HTTP, while receipts grow from ten thousand to five million;
 * beside it the same matrix counted from the plays, as it was before.
 */
export const coverage: Bench = {
  name: 'coverage',
  async run({ short }) {
    const sizes = short ? [10_000, 40_000] : [10_000, 100_000, 1_000_000, 5_000_000];
    const folder = await mkdtemp(join(tmpdir(), 'vang-coverage-'));
    try {
      const sqlite = await measured({ file: join(folder, 'coverage.db') }, sizes);
      const server = await benchPostgres();
      const postgres = await measured({ url: server.url }, sizes).finally(() => server.stop());
      const p95Ms = Math.max(sqlite.p95Ms, postgres.p95Ms);
      const growth = Math.max(sqlite.growth, postgres.growth);
      return {
        receipts: sizes.at(-1) ?? 0,
        ...{ p95Ms, growth },
        ...{ sqliteMatrixMs: sqlite.matrix, sqliteDayMs: sqlite.day, sqlitePeriodMs: sqlite.period },
        ...{ postgresMatrixMs: postgres.matrix, postgresDayMs: postgres.day, postgresPeriodMs: postgres.period },
        ...{ sqliteFromPlaysMs: sqlite.fromPlays, postgresFromPlaysMs: postgres.fromPlays },
        holds: p95Ms <= LIMIT_MS && growth <= GROWTH,
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** p95 of each question at each size, ms. */
type Spread = { readonly matrix: number; readonly day: number; readonly period: number; readonly fromPlays: number };

async function measured(place: DatabasePlace, sizes: readonly number[]) {
  const database = new Database({ ...place, entities, migrations }, silentLog);
  await database.start();
  const station = await Station.open(database, { withHttp: true });
  try {
    const district = await settle(station);
    const spreads: Spread[] = [];
    let filled = 0;
    for (const size of sizes) {
      for (; filled < size; filled += Math.min(500_000, size - filled))
        await fill(database, filled, Math.min(filled + 500_000, size));
      await database.write(async ({ manager }) => {
        await manager.query('DELETE FROM coverage_tally');
        await manager.query(COUNT_TALLIES);
      });
      // What autovacuum does in time.
      if (database.kind === 'postgres')
        await database.write(({ manager }) => manager.query('ANALYZE planned_play, play_outcome, coverage_tally'));
      spreads.push(await asked(station, district, daysOf(size)));
    }
    const [first, last] = [spreads[0] as Spread, spreads.at(-1) as Spread];
    const grown = (name: 'matrix' | 'day') => Math.max(last[name], FLOOR_MS) / Math.max(first[name], FLOOR_MS);
    const told = (name: keyof Spread) => spreads.map((spread) => spread[name]).join(' ');
    return {
      p95Ms: Math.max(last.matrix, last.day),
      growth: Math.round(Math.max(grown('matrix'), grown('day')) * 100) / 100,
      ...{ matrix: told('matrix'), day: told('day'), period: told('period'), fromPlays: told('fromPlays') },
    };
  } finally {
    await station.close();
    await database.stop();
  }
}

interface District {
  readonly lineId: string;
  readonly communeId: string;
  readonly ask: (path: string) => Promise<unknown>;
}

/** A district of twelve communes, a cluster for each of its hamlets, and a plan of twenty scripts. */
async function settle(station: Station): Promise<District> {
  const communes = Array.from({ length: COMMUNES }, (_, c) => `c${c},bp,commune,Xã ${c + 1},2020-01-01,,,,`);
  const hamlets = Array.from(
    { length: CLUSTERS },
    (_, h) => `h${h},c${h % COMMUNES},hamlet,Ấp ${h + 1},2020-01-01,,,,`,
  );
  await station
    .get(AreaService)
    .importCsv(
      station.root,
      [
        'code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority',
        'bp,,province,Bình Phước,2020-01-01,,,,',
        ...communes,
        ...hamlets,
      ].join('\n'),
    );
  await station.importClusters(
    Array.from({ length: CLUSTERS }, (_, h) => `k${h},c${h % COMMUNES},Cụm loa ${h + 1},,,2,h${h}`).join('\n'),
  );
  const lineId = await planWithLine(station, { target: SCRIPTS });
  const items: string[] = [];
  for (let n = 0; n < SCRIPTS; n++)
    items.push((await shelve(station, { planLineId: lineId, title: `Bài ${n + 1}` })).id);
  await station.database.write(async ({ manager }) => {
    // Names that a database can write by itself; and a plan as long as all that is filled in.
    for (const [n, id] of items.entries()) {
      await manager.query(`UPDATE item_version SET item_id = 'item-${n}' WHERE item_id = '${id}'`);
      await manager.query(`UPDATE item SET id = 'item-${n}' WHERE id = '${id}'`);
    }
    await manager.query(
      `UPDATE cluster_hamlet SET cluster_id = (SELECT code FROM cluster WHERE cluster.id = cluster_hamlet.cluster_id), valid_from = '2020-01-01'`,
    );
    await manager.query('UPDATE cluster SET id = code');
    await manager.query(`UPDATE communication_plan SET period_from = '2022-01-01', period_to = '2025-12-31'`);
  });
  const grants = [{ role: 'monitor' as const, areaId: (await station.area('bp')).id }];
  const account = { login: 'mai', password: 'một mật khẩu đủ dài', name: 'Mai', grants };
  await station.get(AccountService).create(station.root, account);
  const login = await fetch(`${station.http}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: account.login, password: account.password }),
  });
  const { token } = (await login.json()) as { token: string };
  return {
    lineId,
    communeId: (await station.area('c3')).id,
    ask: async (path) => {
      // A connection of its own: one that is kept would be closed by the service while the database fills.
      const headers = { authorization: `Bearer ${token}`, connection: 'close' };
      const answer = await fetch(`${station.http}${path}`, { headers });
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
  };
}

async function asked(station: Station, { lineId, communeId, ask }: District, days: number): Promise<Spread> {
  const view = (await ask(`/api/plan-lines/${lineId}/coverage`)) as {
    cells: string[][];
    counts: Record<string, number>;
  };
  if (view.cells.flat().length !== SCRIPTS * CLUSTERS || view.counts.notPlanned !== 0)
    throw new Error(`not the matrix that was filled in: ${JSON.stringify(view.counts)}`);
  const spread = async (work: (n: number) => Promise<unknown>, times = ASKED): Promise<number> => {
    await work(0);
    const took: number[] = [];
    for (let n = 0; n < times; n++) {
      const began = performance.now();
      await work(n);
      took.push(performance.now() - began);
    }
    return quantile(took, 0.95);
  };
  const some = (n: number, most: number) => (n * 7_919) % Math.max(1, most);
  return {
    matrix: await spread(() => ask(`/api/plan-lines/${lineId}/coverage`)),
    day: await spread((n) => ask(`/api/receipts/day?areaId=${communeId}&day=${dayAt(some(n, days))}`)),
    // About a quarter of a year, from any day to any day.
    period: await spread((n) => {
      const from = some(n, days - 90);
      return ask(`/api/plan-lines/${lineId}/coverage?from=${dayAt(from)}&to=${dayAt(from + 85 + (n % 10))}`);
    }),
    fromPlays: await spread(() => station.database.read((reader) => reader.query(FROM_PLAYS)), 3),
  };
}

const FROM_PLAYS = `
  SELECT planned.item_id, planned.cluster_id, COUNT(*) AS plays, SUM(CASE WHEN outcome.outcome = 'complete' THEN 1 ELSE 0 END) AS complete,
    SUM(CASE WHEN outcome.id IS NULL THEN 1 ELSE 0 END) AS missing
  FROM planned_play planned LEFT JOIN play_outcome outcome ON outcome.id = planned.id
  WHERE planned.item_id IN (${Array.from({ length: SCRIPTS }, (_, n) => `'item-${n}'`).join(', ')})
  GROUP BY planned.item_id, planned.cluster_id`;
