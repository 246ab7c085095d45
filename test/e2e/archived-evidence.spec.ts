import { readFile, rename, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import type { Receipt } from '../../devices/protocol/index.js';
import { nodeEngine } from '../../proof/cli/node-engine.js';
import { FINDINGS, filled, verifyPack } from '../../proof/verify/index.js';
import { JobRunner } from '../../src/platform/jobs/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import { CellService } from '../../src/receipts/matrix/cell.service.js';
import { CoverageService } from '../../src/receipts/matrix/coverage.service.js';
import { ReceiptRow } from '../../src/receipts/receipt.entity.js';
import { ArchiveFolder } from '../../src/receipts/retention/archive.folder.js';
import { RetentionClock } from '../../src/receipts/retention/retention.clock.js';
import { wrongTallies } from '../../src/receipts/tallies/recount.queries.js';
import { EvidencePackJob } from '../../src/reports/evidence-pack.job.js';
import { EvidencePackService } from '../../src/reports/evidence-pack.service.js';
import { describeOnBothDatabases } from '../support/databases.js';
import type { PoleDevice } from '../support/pole-device.js';
import { DAY_MS, deliver } from '../support/retention-clock.js';
import { planWithLine, shelve } from '../support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../support/station.js';
import { told } from '../support/told.js';

describeOnBothDatabases(
  'an evidence pack over a time whose receipts left',
  { ...everyTable, postgres: 'longRun' },
  (open) => {
    let station: Station;
    let runner: JobRunner;
    let device: PoleDevice;
    let lineId = '';
    let item: { id: string; audioSha256: string };
    let archive = '';

    beforeAll(async () => {
      station = await Station.open(await open(), { retention: { receiptDays: 90, gatherDays: 0 } });
      await station.settle();
      device = await station.enrol('k1');
      lineId = await planWithLine(station);
      item = await shelve(station, { planLineId: lineId });
      const { database, jobs, clock } = station.platform;
      runner = new JobRunner({ database, jobs, clock, log: silentLog, pollMs: null });
      station.get(EvidencePackJob).register(runner);
      await runner.start({ concurrency: 1 });
    });
    afterAll(async () => {
      await runner.stop();
      await station.close();
    });

    const receipt = async (play: string, itemId = item.id): Promise<Receipt> => {
      const cluster = await station.cluster('k1');
      await told(station, device, [play], { itemId });
      return device.receipt(play, MONDAY_NINE, {
        item: { id: itemId, version: 1, title: 'Bản tin giảm nghèo', language: 'vi' },
        audioSha256: item.audioSha256,
        area: { id: cluster.areaId, name: 'An Khương' },
        cluster: { id: cluster.id, name: cluster.name },
      });
    };
    const ordered = async () => {
      const { id: areaId } = await station.area('ak');
      const order = { lineId, areaId, from: '2026-01-01', to: '2026-01-31' };
      const { id, jobId } = await station.get(EvidencePackService).order(station.root, order);
      await new Promise<void>((resolve, reject) => {
        const look = async () => {
          const job = await station.platform.jobs.get(jobId);
          if (job?.state === 'done') resolve();
          else if (job?.error) reject(new Error(job.error));
        };
        station.platform.jobs.onChanged((changed) => void (changed === jobId && look()));
        void look();
      });
      const { path } = await station.get(EvidencePackService).file(station.root, id);
      return new Uint8Array(await readFile(path));
    };
    const checked = async (pack: Uint8Array) => {
      const verdict = await verifyPack(pack, nodeEngine, { root: station.platform.keys.rootFingerprint });
      const words = verdict.findings.map(({ code, parameters }) => filled(FINDINGS[code], 'en', parameters));
      return { words, receipts: verdict.manifest?.counts.receipts, result: verdict.manifest?.result };
    };
    const linesIn = (pack: Uint8Array) => Buffer.from(unzipSync(pack)[`receipts/${device.id}.jsonl`] ?? []).toString();
    const rows = () => station.database.read((reader) => reader.count(ReceiptRow));

    it('is letter by letter what it was before they left, neighbours as hashes', async () => {
      // A run with a neighbour of another item; then one in which a number comes again and a new one with it.
      const batch = device.batch([await receipt('other', 'another-item'), await receipt('p1')]);
      await deliver(station, device, batch);
      const before = await ordered();
      expect(await checked(before)).toMatchObject({ words: [], receipts: 1 });
      // Their plan is over, and its report long due.
      await station.database.write(({ manager }) =>
        manager.query("UPDATE communication_plan SET period_to = '2026-01-31'"),
      );
      station.clock.advance(91 * DAY_MS);
      [archive = ''] = await station.get(RetentionClock).tick();
      expect([archive !== '', await rows()]).toEqual([true, 0]);
      const after = await ordered();
      expect(await checked(after)).toMatchObject({ words: [], receipts: 1 });
      expect(linesIn(after)).toBe(linesIn(before));
      expect(await station.database.read(wrongTallies)).toEqual([]);
      const { id: hamletId } = await station.area('ak1');
      const cell = await station
        .get(CellService)
        .of(station.root, lineId, { itemId: item.id, hamletId }, { limit: 9, leastGrade: undefined });
      expect(cell.view.plays).toMatchObject([{ outcome: 'complete', receipt: null, archive }]);
    });

    it('holds runs of both, also one that covers a number which left before it', async () => {
      const fromLink = device.link;
      const again = await receipt('p2');
      const one = device.batch([again]);
      await deliver(station, device, one);
      station.clock.advance(89 * DAY_MS);
      // Its acknowledgement was lost, so the device sent it once more together with what came after.
      const third = await receipt('p3');
      device.link = fromLink;
      await deliver(station, device, device.batch([again, third]));
      station.clock.advance(2 * DAY_MS);
      await station.get(RetentionClock).tick();
      expect(await rows()).toBe(1);
      const pack = await ordered();
      expect(await checked(pack)).toMatchObject({ words: [], receipts: 3 });
      // The second run leaves too, and stands in its archive with the hash of what left before.
      station.clock.advance(91 * DAY_MS);
      await station.get(RetentionClock).tick();
      expect(await rows()).toBe(0);
      const after = await ordered();
      expect(await checked(after)).toMatchObject({ words: [], receipts: 3 });
      expect(linesIn(after)).toBe(linesIn(pack));
      const { reached } = await station.get(CoverageService).ofLine(station.root, lineId);
      expect(reached).toBe(1);
    });

    it('is refused by name when the archive is gone, and made when it is back', async () => {
      const path = station.get(ArchiveFolder).path(archive);
      await rename(path, `${path}.away`);
      await expect(ordered()).rejects.toThrow('retention.archiveGone');
      await rename(`${path}.away`, path);
      expect(await checked(await ordered())).toMatchObject({ words: [], receipts: 3 });
      await rm(path);
      await expect(ordered()).rejects.toThrow('retention.archiveGone');
    });
  },
);
