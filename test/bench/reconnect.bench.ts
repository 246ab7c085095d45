import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LOGINS } from '../../demo/load.js';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { asking, quantile } from './asking.js';
import type { Bench } from './bench.js';
import { type EnrolledDevice, enrolEverywhere } from './enrolled-devices.js';
import { manyClusters } from './many-clusters.js';
import { freePort } from './small-district.js';

const LIMITS = { headsWithinMs: 30_000, p99ApiMs: 250, rssMb: 768 };
const WITHIN_MS = 10_000;
const CHILDREN = 2;
const PATIENCE_MS = 180_000;
/** Beside the devices: the database, the service's own and the API's sockets. */
const SPARE_FILES = 300;

/**
 * A network comes back, and with it all devices within ten seconds, on the embedded broker: how soon has each its plan, and does
 * the service answer people meanwhile? Baseline in the same run: the same requests while nothing happens.
 */
export const reconnect: Bench = {
  name: 'reconnect',
  async run({ short }): Promise<Record<string, number | boolean | string>> {
    const count = short ? 100 : 5_000;
    const files = await openFiles();
    if (files < count + SPARE_FILES)
      return {
        skipped: `${count} connections need ${count + SPARE_FILES} open files, ulimit -Hn is ${files}`,
        holds: true,
      };
    const folder = await mkdtemp(join(tmpdir(), 'vang-reconnect-'));
    const ports = { http: await freePort(), mqtt: await freePort() };
    let service = new DemoService(folder, ports);
    const children = Array.from({ length: CHILDREN }, () => new Program('test/bench/reconnect.devices.js', [], {}));
    try {
      await service.ready();
      const { district, path } = await manyClusters(service, count);
      await district.scheduleDaily(2, Date.now());
      await service.stop();
      const setUpMs = performance.now();
      const devices = await enrolEverywhere(join(folder, 'service'), path);
      const enrolMs = performance.now() - setUpMs;
      service = new DemoService(folder, ports);
      await service.ready();
      for (const [i, child] of children.entries())
        child.send({ host: '127.0.0.1', port: ports.mqtt, devices: shareOf(devices, i) });
      const first = await storm(children, WITHIN_MS * 2);
      const api = await service.logIn(LOGINS.administrator);
      const calm = await asking(api, () => wait(short ? 1_000 : 5_000));
      await Promise.all(
        children.map((child) => {
          const dropped = child.waitFor((line) => line.event === 'dropped', 'the drop', PATIENCE_MS);
          child.send({ cmd: 'drop' });
          return dropped;
        }),
      );
      // The broker must have noticed: whoever comes back before that throws out its former self, which is another test.
      await wait(1_000);
      let heads = first;
      const busy = await asking(api, async () => {
        heads = await storm(children, WITHIN_MS);
      });
      const rssMb = (await service.peakMemoryMb()) ?? Number.NaN;
      const headsWithin30s = heads.headMs.filter((ms) => ms <= LIMITS.headsWithinMs).length;
      const p99ApiMs = quantile(busy, 0.99);
      return {
        devices: count,
        openFiles: files,
        enrolMs: Math.round(enrolMs),
        reconnects: heads.headMs.length,
        headsWithin30s,
        allMs: Math.max(...heads.headMs),
        triedAgain: heads.lost,
        requests: busy.length,
        calmP99ApiMs: quantile(calm, 0.99),
        p50ApiMs: quantile(busy, 0.5),
        p99ApiMs,
        worstApiMs: quantile(busy, 1),
        rssMb,
        holds: headsWithin30s === count && p99ApiMs <= LIMITS.p99ApiMs && rssMb <= LIMITS.rssMb,
      };
    } finally {
      for (const child of children) await child.stop();
      await service.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

const shareOf = (devices: readonly EnrolledDevice[], child: number): EnrolledDevice[] =>
  devices.filter((_, i) => i % CHILDREN === child);

/** All devices connect within so many milliseconds; resolves when each has found its head. */
async function storm(children: readonly Program[], withinMs: number): Promise<{ headMs: number[]; lost: number }> {
  const ends = await Promise.all(
    children.map((child) => {
      const all = child.waitFor((line) => line.event === 'all', 'every head', PATIENCE_MS);
      child.send({ cmd: 'connect', withinMs });
      return all;
    }),
  );
  return {
    headMs: ends.flatMap(({ headMs }) => headMs as number[]),
    lost: ends.reduce((sum, { lost }) => sum + Number(lost), 0),
  };
}

/** How many files this process, and so its children, may open: Node takes all that the hard limit allows. */
async function openFiles(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
}
