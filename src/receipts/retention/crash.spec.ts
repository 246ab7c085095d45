import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { nodeEngine } from '../../../proof/cli/node-engine.js';
import { verifyArchive } from '../../../proof/verify/archived.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import {
  type BrittleClock,
  clockOf,
  DAY_MS,
  filesOf,
  plays,
  rowsOf,
  settingsOf,
} from '../../../test/support/retention-clock.js';
import { everyTable, Station } from '../../../test/support/station.js';
import { ArchiveFolder } from './archive.folder.js';
import { ArchiveService } from './archive.service.js';
import { ArchivedReceipts } from './archived.reader.js';
import { RetentionClock, type Step } from './retention.clock.js';

const STEPS: readonly Step[] = ['begun', 'written', 'verified', 'leaving', 'left'];

describeOnBothDatabases('archiving that breaks off', everyTable, (open) => {
  let station: Station;
  let device: PoleDevice;
  let count = 0;
  beforeAll(async () => {
    station = await Station.open(await open(), { retention: { receiptDays: 90, gatherDays: 0 } });
    await station.settle();
    device = await station.enrol('k1');
  });
  afterAll(() => station.close());

  /** Two runs whose days are over. @returns ids of their receipts */
  const due = async (): Promise<string[]> => {
    const from = device.seq;
    await plays(station, device, [`p${++count}`, `p${++count}`]);
    await plays(station, device, [`p${++count}`]);
    station.clock.advance(91 * DAY_MS);
    return [1, 2, 3].map((n) => `${device.id}.1.${from + n}`);
  };
  const kept = async () => (await rowsOf(station.database)).archives.filter(({ state }) => state === 'kept');
  const names = async () => (await kept()).map(({ name }) => name).sort();
  const path = (name = '') => station.get(ArchiveFolder).path(name);
  const holds = async (name: string) => {
    const file = new Uint8Array(await readFile(path(name)));
    return (await verifyArchive(file, nodeEngine, { root: station.platform.keys.rootFingerprint })).good;
  };
  const left = async (ids: readonly string[]) =>
    (await station.get(ArchivedReceipts).textsOf(device.id, new Set(ids))).size;
  const listed = () => station.get(ArchiveService).list(station.root, { limit: 100 }, 'vi');

  it.each(STEPS)(
    'killed at “%s”: rows or a file that verifies hold everything; the next turn ends it',
    async (step) => {
      const ids = await due();
      const before = await names();
      const killed = clockOf(station);
      // Within the transaction a kill is a rollback.
      if (step === 'leaving') {
        killed.breaksAt = step;
        await expect(killed.tick()).rejects.toThrow(`killed: ${step}`);
      } else {
        await dead(killed, step);
        expect(await station.get(RetentionClock).tick()).toEqual([]);
        // It might only hang, so it has its time.
        station.clock.advance(11 * 60_000);
      }
      const { receipts, batches } = await rowsOf(station.database);
      expect([receipts, batches, await left(ids)]).toEqual(step === 'left' ? [0, 0, 3] : [3, 2, 0]);

      const made = await station.get(RetentionClock).tick();
      expect(made).toHaveLength(step === 'left' ? 0 : 1);
      expect(await rowsOf(station.database)).toMatchObject({ receipts: 0, batches: 0, quarantined: 0 });
      expect(await left(ids)).toBe(3);
      const after = await names();
      expect([after.length, await filesOf(station)]).toEqual([before.length + 1, after]);
      expect(await Promise.all(after.filter((name) => !before.includes(name)).map(holds))).toEqual([true]);
    },
  );

  it('two processes: the second does nothing while the first has the turn', async () => {
    await due();
    const [one, other] = [clockOf(station), clockOf(station)];
    let second: string[] | null = null;
    one.at = (step) => (step === 'written' ? other.tick().then((made) => (second = made)) : undefined);
    expect(await one.tick()).toHaveLength(1);
    expect([second, await filesOf(station)]).toEqual([[], await names()]);
  });

  it('two processes: one that hung for longer than its turn takes nothing away any more', async () => {
    const ids = await due();
    const before = await names();
    const [slow, next] = [clockOf(station), clockOf(station)];
    let made: string[] = [];
    slow.at = (step) => {
      if (step !== 'verified') return undefined;
      station.clock.advance(11 * 60_000);
      return next.tick().then((done) => (made = done));
    };
    await expect(slow.tick()).rejects.toThrow('took the turn');
    expect(await names()).toEqual([...before, ...made].sort());
    expect([made.length, await left(ids), await filesOf(station)]).toEqual([1, 3, await names()]);
  });

  it('a full disk is named, nothing leaves, and it goes on when there is room', async () => {
    await due();
    const before = await filesOf(station);
    const underWay = join(settingsOf(station).folder, 'dang-ghi.part');
    await mkdir(settingsOf(station).folder, { recursive: true });
    await symlink('/dev/full', underWay);
    const clock = station.get(RetentionClock);
    await expect(clock.tick()).rejects.toMatchObject({ code: 'retention.diskFull' });
    expect((await rowsOf(station.database)).receipts).toBe(3);
    expect((await listed()).problem).toMatchObject({
      code: 'retention.diskFull',
      title: expect.stringContaining('Đĩa đầy'),
    });
    expect(await filesOf(station)).toEqual(before);
    await rm(underWay, { force: true });
    expect(await clock.tick()).toHaveLength(1);
    expect([(await listed()).problem, (await rowsOf(station.database)).receipts]).toEqual([null, 0]);
  });

  it('what the disk gives back otherwise than it was written is no archive, and nothing leaves for it', async () => {
    await due();
    const damaging = (clock: BrittleClock) => {
      clock.at = async (step) => {
        if (step !== 'written') return;
        const { archives } = await rowsOf(station.database);
        const name = archives.find(({ state }) => state === 'writing')?.name;
        await damaged(path(name));
      };
      return clock;
    };
    await expect(damaging(clockOf(station)).tick()).rejects.toMatchObject({ code: 'retention.archiveAltered' });
    expect((await rowsOf(station.database)).receipts).toBe(3);
    expect(await station.get(RetentionClock).tick()).toHaveLength(1);
    expect(await filesOf(station)).toEqual(await names());
  });

  it('an archive that was altered or removed afterwards is named, and its receipts come from nowhere else', async () => {
    const ids = new Set(await due());
    const [name = ''] = await station.get(RetentionClock).tick();
    const archived = station.get(ArchivedReceipts);
    expect((await archived.runsOf(device.id, ids)).map(({ first, last }) => last - first)).toEqual([1, 0]);
    const whole = await readFile(path(name));
    await damaged(path(name));
    await expect(archived.runsOf(device.id, ids)).rejects.toMatchObject({ code: 'retention.archiveAltered' });
    await writeFile(path(name), whole.subarray(0, -1));
    await expect(archived.textsOf(device.id, ids)).rejects.toMatchObject({ code: 'retention.archiveAltered' });
    await rm(path(name));
    await expect(archived.runsOf(device.id, ids)).rejects.toMatchObject({
      code: 'retention.archiveGone',
      parameters: { name },
    });
    const { archives } = await listed();
    expect(archives.map((archive) => [archive.present, archive.name === name]).slice(0, 2)).toEqual([
      [false, true],
      [true, false],
    ]);
    const id = archives[0]?.id ?? '';
    await expect(station.get(ArchiveService).file(station.root, id)).rejects.toMatchObject({
      code: 'retention.archiveGone',
    });
    // What never left is looked for in no file.
    expect(await archived.runsOf(device.id, new Set([`${device.id}.7.1`]))).toEqual([]);
    await writeFile(path(name), whole);
    expect((await archived.textsOf(device.id, ids)).size).toBe(3);
  });
});

/** As far as that, and never a step further, with all that it held. */
function dead(clock: BrittleClock, step: Step): Promise<void> {
  return new Promise((resolve) => {
    clock.at = (reached) => {
      if (reached !== step) return undefined;
      resolve();
      return new Promise(() => undefined);
    };
    void clock.tick();
  });
}

async function damaged(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
