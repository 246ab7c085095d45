import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import type { Bench } from './bench.js';
import { freePort, SmallDistrict } from './small-district.js';

const pause = async () => void (await wait(100));

/**
 * Kill -9 of the service in the middle of intake. Devices keep playing and sending; in the end every receipt that any
 * device ever wrote stands in the ledger exactly once. Baseline in the same run: what the devices themselves wrote.
 */
export const killService: Bench = {
  name: 'kill-service',
  async run({ short }) {
    const kills = short ? 3 : 20;
    const folder = await mkdtemp(join(tmpdir(), 'vang-kill-service-'));
    const ports = { http: await freePort(), mqtt: await freePort() };
    let service = new DemoService(folder, ports);
    const fleet = new Program('devices/simulator/main.js', [], {});
    try {
      await service.ready();
      const district = await SmallDistrict.load(service, 10, 'Thông báo thử.', pause);
      const devices = [];
      for (let i = 0; i < 10; i++) devices.push({ serial: `S${i}`, claim: await district.claim(i) });
      const written: string[] = [];
      let waiting = () => {};
      fleet.on('line', (line) => {
        if (line.event !== 'receipt') return;
        written.push(`${line.serial} ${line.play}`);
        waiting();
      });
      fleet.send({ devices, pace: 'instant', start: 'held' });
      // 10 devices × 6 days × the plays of a day.
      await district.scheduleDaily(short ? 20 : 120, Date.now());
      await readyFleet(district, devices.length);
      const finished = fleet.waitFor((line) => line.event === 'idle', 'the fleet to be idle', 300_000);
      finished.catch(() => undefined);
      fleet.send({ cmd: 'release' });
      const expected = 10 * 6 * (short ? 20 : 120);
      let done = 0;
      for (; done < kills && written.length < expected; done++) {
        const target = Math.min(expected, written.length + 5 + Math.floor(Math.random() * (expected / kills / 1.5)));
        await new Promise<void>((resolve) => {
          waiting = () => void (written.length >= target && resolve());
          waiting();
        });
        await service.kill();
        service = new DemoService(folder, ports);
        await service.ready();
      }
      await finished;
      await service.stop();
      return { kills: done, ...tally(join(folder, 'service', 'vang.sqlite'), written, expected, done === kills) };
    } finally {
      await fleet.stop();
      await service.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function readyFleet(district: SmallDistrict, count: number): Promise<void> {
  for (;;) {
    const clusters =
      await district.administrator.get<{ controller: { ready: boolean; syncedVersion: number } | null }[]>(
        '/api/clusters',
      );
    if (clusters.filter(({ controller }) => controller?.ready && controller.syncedVersion > 0).length === count) return;
    await pause();
  }
}

function tally(file: string, written: readonly string[], expected: number, allKills: boolean) {
  const database = new Database(file, { readonly: true });
  const count = (sql: string) => (database.prepare(sql).get() as { n: number }).n;
  const rows = count('SELECT count(*) n FROM receipt');
  const plays = count('SELECT count(DISTINCT controller_id || play) n FROM receipt');
  const quarantined = count('SELECT count(*) n FROM receipt_quarantine');
  const outcomes = count('SELECT count(*) n FROM play_outcome');
  database.close();
  const lost = new Set(written).size - plays;
  const twice = rows - plays;
  const holds =
    allKills &&
    lost === 0 &&
    twice === 0 &&
    quarantined === 0 &&
    outcomes === rows &&
    rows === expected &&
    written.length === expected;
  return { written: written.length, expected, rows, lost, twice, quarantined, holds };
}
