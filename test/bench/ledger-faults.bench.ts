import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from '../../demo/processes.js';
import { Seeded } from '../../devices/simulator/seeded.js';
import { programOf } from '../../src/platform/broker/mosquitto.spec-support.js';
import type { Bench } from './bench.js';
import { benchPostgres } from './bench-postgres.js';
import { type EnrolledDevice, enrolEverywhere } from './enrolled-devices.js';
import { tellPlays } from './ingest.backlog.js';
import { countLedger } from './ledger-faults.count.js';
import { FaultyRun, type Size, tell } from './ledger-faults.run.js';
import { FaultyHouse } from './ledger-faults.scene.js';
import { manyClusters } from './many-clusters.js';

const FULL: Size = {
  ...{
    devices: 400,
    each: 2_500,
    perBoot: 170,
    kills: 50,
    mosquittoFrom: 0.5,
    brokerRestarts: 10,
    stepEveryMs: 20_000,
  },
  restores: [
    { taken: 0.2, restored: 0.3 },
    { taken: 0.6, restored: 0.7 },
    { taken: 0.97, restored: 1 },
  ],
};
const SHORT: Size = {
  ...{ devices: 10, each: 300, perBoot: 70, kills: 3, mosquittoFrom: 0.5, brokerRestarts: 1, stepEveryMs: 1_000 },
  restores: [{ taken: 0.3, restored: 0.45 }],
};

/** Of a size that was asked for, fewer devices rather than shorter lives. */
const LEAST_EACH = 500;

/**
 * Receipts of many devices under everything that can happen on their way, from a printed seed: sent twice, out of order, in other pieces,
 * acknowledgements that get lost, kill -9 of the service, restarts of its broker, older backups put back. In the end the ledger is what
 * the devices wrote: each receipt once, byte by byte; the tallies are what a count from scratch says; each receipt is one leaf of the log.
 */
export const ledgerFaults: Bench = {
  name: 'ledger-faults',
  async run({ short, seed = String(Date.now() % 1_000_000), postgres: onPostgres = false, receipts }) {
    const size = sizeOf(short ? SHORT : FULL, receipts);
    const all = size.devices * size.each;
    tell(`seed ${seed}: ${all} receipts of ${size.devices} devices`);
    const begunMs = performance.now();
    const folder = await mkdtemp(join(tmpdir(), 'vang-ledger-faults-'));
    const postgres = onPostgres ? await benchPostgres({ durable: true }) : null;
    const house = await FaultyHouse.open(folder, postgres);
    const fleet = new Program('test/bench/ledger-faults.devices.js', [], {});
    try {
      const devices = await settle(house, size);
      const settledMs = performance.now();
      const run = await FaultyRun.begin(house, fleet, size, devices, seed, new Seeded(seed));
      await run.untilAllIsAcknowledged();
      const { last, verdicts } = await run.signed();
      await house.stop();
      const deliveredMs = performance.now();
      tell('counting');
      const counted = await countLedger(house.environment, devices, size, last);
      const figures = {
        ...{ receipts: all, devices: size.devices, database: postgres ? 'postgres' : 'sqlite', seed },
        ...run.figures,
        ...run.done,
        ...counted,
        checkpoints: run.payer.kept.length,
        wrongProofs: run.payer.wrongProofs,
        ...verdicts,
        settleSeconds: seconds(settledMs - begunMs),
        deliverySeconds: seconds(deliveredMs - settledMs),
        seconds: seconds(performance.now() - begunMs),
        ...(size.mosquittoFrom === null ? { skipped: 'brokerRestarts: mosquitto is not installed' } : {}),
      };
      return { ...figures, holds: isExact(size, figures) };
    } finally {
      await fleet.stop();
      await house.close();
      await postgres?.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

function sizeOf(base: Size, receipts: number | undefined): Size {
  const devices = Math.min(base.devices, Math.ceil((receipts ?? Number.POSITIVE_INFINITY) / LEAST_EACH));
  const each = receipts === undefined ? base.each : Math.ceil(receipts / devices);
  return { ...base, devices, each, mosquittoFrom: programOf('mosquitto') ? base.mosquittoFrom : null };
}

/** Every device is enrolled and was told its plays; the service is down. */
async function settle(house: FaultyHouse, { devices: count, each }: Size): Promise<readonly EnrolledDevice[]> {
  await house.start();
  const { path } = await manyClusters(house.service, count).finally(() => house.stop());
  const { VANG_DATA = '', ...more } = house.environment;
  const devices = await enrolEverywhere(VANG_DATA, path, more);
  await tellPlays(house.environment, devices, each);
  return devices;
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

/** Which of these are zero when nothing was lost, nothing counted twice, and nothing said that is not so. */
const NONE = [
  ...['missing', 'twice', 'foreign', 'altered', 'brokenChains', 'quarantined', 'gaps', 'unlogged', 'unbelieved'],
  ...['wrongTallies', 'missingLeaves', 'foreignLeaves', 'wrongProofs'],
] as const;

/** @returns whether everything that was to happen did, and the ledger, the tallies and the log are exact */
export function isExact(
  { devices, each, kills, restores, brokerRestarts, mosquittoFrom }: Size,
  figures: Readonly<Record<string, unknown>>,
): boolean {
  const all = devices * each;
  const { checkpoints, consistent = 0, brokenOff = 0 } = figures;
  return (
    NONE.every((name) => figures[name] === 0) &&
    ['written', 'acked', 'rows', 'outcomes', 'leaves'].every((name) => figures[name] === all) &&
    figures.rootSigned === true &&
    checkpoints === Number(consistent) + Number(brokenOff) &&
    figures.kills === kills &&
    figures.restores === restores.length &&
    figures.epoch === restores.length + 1 &&
    figures.brokerRestarts === (mosquittoFrom === null ? 0 : brokerRestarts)
  );
}
