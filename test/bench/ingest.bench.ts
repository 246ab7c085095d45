import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.js';
import { benchPostgres } from './bench-postgres.js';
import { delivered, EACH, ONE_BY_ONE, type Prepared, prepare, RUNS, SINGLE } from './ingest.scene.js';

const LIMITS = { ratio: 2, ratioPostgres: 2, rate: 5_000, apiP99Ms: 250 };

/**
 * A backlog of receipts over MQTT until the last one is acknowledged, and so committed, verified and counted. Baseline in the same run:
 * byte-identical messages to the same service with an intake that verifies and counts nothing (`ingest.plain.ts`).
 */
export const ingest: Bench = {
  name: 'ingest',
  async run({ short }) {
    const count = short ? 20 : 2_000;
    const root = await mkdtemp(join(tmpdir(), 'vang-ingest-'));
    const postgres = await benchPostgres({ durable: true });
    try {
      const onSqlite = await measured(await prepare(join(root, 'sqlite'), count, null), count * EACH);
      const onPostgres = await measured(await prepare(join(root, 'postgres'), count, postgres), count * EACH);
      const apiP99Ms = Math.max(onSqlite.apiP99Ms, onPostgres.apiP99Ms);
      const rates = [onSqlite.rate, onSqlite.rateSingle, onPostgres.rate, onPostgres.rateSingle];
      return {
        receipts: count * EACH,
        devices: count,
        plainRate: onSqlite.plainRate,
        rate: onSqlite.rate,
        rateSingle: onSqlite.rateSingle,
        rateOneByOne: onSqlite.rateOneByOne,
        ratio: onSqlite.ratio,
        plainRatePostgres: onPostgres.plainRate,
        ratePostgres: onPostgres.rate,
        rateSinglePostgres: onPostgres.rateSingle,
        rateOneByOnePostgres: onPostgres.rateOneByOne,
        ratioPostgres: onPostgres.ratio,
        apiP99Ms,
        rssMb: Math.max(onSqlite.rssMb, onPostgres.rssMb),
        holds:
          onSqlite.ratio <= LIMITS.ratio &&
          onPostgres.ratio <= LIMITS.ratioPostgres &&
          apiP99Ms <= LIMITS.apiP99Ms &&
          rates.every((rate) => rate >= LIMITS.rate),
      };
    } finally {
      await postgres.stop();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function measured(prepared: Prepared, receipts: number) {
  const plain = await delivered(prepared, 'plain', RUNS, receipts);
  const runs = await delivered(prepared, 'product', RUNS, receipts);
  const single = await delivered(prepared, 'product', SINGLE, receipts);
  const oneByOne = await delivered(prepared, 'product', ONE_BY_ONE, receipts);
  return {
    plainRate: plain.rate,
    rate: runs.rate,
    rateSingle: single.rate,
    rateOneByOne: oneByOne.rate,
    ratio: Math.round((plain.rate / runs.rate) * 100) / 100,
    apiP99Ms: Math.max(runs.apiP99Ms, single.apiP99Ms, oneByOne.apiP99Ms),
    rssMb: Math.max(runs.rssMb, single.rssMb, oneByOne.rssMb),
  };
}
