import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LOGINS } from '../../demo/load.js';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { asking, quantile } from './asking.js';
import type { BenchPostgres } from './bench-postgres.js';
import { type EnrolledDevice, enrolEverywhere } from './enrolled-devices.js';
import { tellPlays, writeBacklog } from './ingest.backlog.js';
import { manyClusters } from './many-clusters.js';
import { freePort } from './small-district.js';

const PATIENCE_MS = 300_000;
const CONNECTED_MS = 60_000;

/** Receipts of each device. */
export const EACH = 100;
/** Messages under way, of all and of each device: what runs of 100 and single ones may occupy is about the same in bytes. */
export const RUNS = { name: 'runs', run: EACH, batches: 1, atOnce: 128, atOnceEach: 1 };
/** A signature under each receipt, as many of them in a message as in a run. */
export const SINGLE = { name: 'single', run: 1, batches: EACH, atOnce: 96, atOnceEach: 1 };
/** The same, and a message for each. */
export const ONE_BY_ONE = { name: 'one', run: 1, batches: 1, atOnce: 2_000, atOnceEach: 10 };
const WAYS = [RUNS, SINGLE, ONE_BY_ONE];

export interface Prepared {
  readonly folder: string;
  /** Null: SQLite. */
  readonly postgres: BenchPostgres | null;
  readonly devices: readonly EnrolledDevice[];
}

/** A database with its devices, what they were told, and their messages in both forms. */
export async function prepare(folder: string, count: number, postgres: BenchPostgres | null): Promise<Prepared> {
  const more: Record<string, string> = postgres ? { DATABASE_URL: postgres.url } : {};
  const environment = { VANG_DATA: join(folder, 'service'), VANG_DEMO: 'true', ...more };
  const service = new DemoService(folder, { http: await freePort(), mqtt: await freePort() }, more);
  await service.ready();
  const { path } = await manyClusters(service, count).finally(() => service.stop());
  const devices = await enrolEverywhere(environment.VANG_DATA, path, more);
  await tellPlays(environment, devices, EACH);
  for (const way of WAYS) await writeBacklog(backlogOf(folder, way), devices, EACH, way);
  return { folder, postgres, devices };
}

const backlogOf = (folder: string, { name }: typeof RUNS): string => join(folder, `backlog-${name}`);

/** A copy of the prepared service, its devices, and their backlog, until the last acknowledgement. */
export async function delivered(
  { folder, postgres, devices }: Prepared,
  intake: 'plain' | 'product',
  way: typeof RUNS,
  receipts: number,
) {
  const own = `${folder}-${intake}-${way.name}`;
  await cp(join(folder, 'service'), join(own, 'service'), { recursive: true });
  const ports = { http: await freePort(), mqtt: await freePort() };
  const more: Record<string, string> = postgres ? { DATABASE_URL: await postgres.copy(`${intake}_${way.name}`) } : {};
  const script = intake === 'plain' ? 'test/bench/ingest.plain.js' : 'src/main.js';
  const service = new DemoService(own, ports, more, script);
  const fleet = new Program('test/bench/ingest.devices.js', [], {});
  try {
    await service.ready();
    const connected = fleet.waitFor((line) => line.event === 'connected', 'the connections', CONNECTED_MS);
    fleet.send({ port: ports.mqtt, file: backlogOf(folder, way), ...way, devices });
    await connected;
    const api = await service.logIn(LOGINS.administrator);
    let ms = Number.NaN;
    const asked = await asking(api, async () => {
      const done = fleet.waitFor((line) => line.event === 'done', 'the last acknowledgement', PATIENCE_MS);
      fleet.send({ cmd: 'go' });
      ms = Number((await done).ms);
    });
    return {
      rate: Math.round((receipts * 1_000) / ms),
      apiP99Ms: quantile(asked, 0.99),
      rssMb: (await service.peakMemoryMb()) ?? 0,
    };
  } finally {
    await fleet.stop();
    await service.stop();
    await rm(own, { recursive: true, force: true, maxRetries: 5 });
  }
}
