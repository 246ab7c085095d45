import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NOTICES } from '../../../documents/testing/notices.js';
import { zip } from '../../../documents/testing/zip.js';
import { BulkRoom, everyTable, Item, told } from '../../../test/support/bulk-room.js';
import { describeOnBothDatabases, secondProcess } from '../../../test/support/databases.js';
import { person, platformOver, Station } from '../../../test/support/station.js';
import { AccountService } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { ManualClock, SystemClock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { JobRunner } from '../../platform/jobs/index.js';
import { EventReader } from '../../platform/jobs/job.spec-support.js';
import { silentLog } from '../../platform/logging/index.js';
import { ImportJob } from '../index.js';
import { FileReading } from './file.reading.js';
import { newImport } from './import.api.js';
import { BulkImport } from './import.entity.js';
import { countsOf } from './import.queries.js';
import { ImportService } from './import.service.js';
import { UploadIntake } from './upload.intake.js';

const texts = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`bai-${i}.txt`, `Bài số ${i}. ${NOTICES[i % NOTICES.length]}`]),
  );

describeOnBothDatabases('an import that is stopped and goes on', { ...everyTable, postgres: 'longRun' }, (open) => {
  let room: BulkRoom;
  beforeAll(async () => {
    room = await BulkRoom.open(await open(), { clock: new SystemClock() });
  });
  afterAll(() => room.close());

  const itemCount = () => room.station.database.read((reader) => reader.countBy(Item, {}));

  it('tells how far it is, stops at a wish, keeps what is done, and ends what was left', async () => {
    const before = await itemCount();
    const { id } = await room.import();
    await room.upload(id, 'goi.zip', await zip(texts(60)));
    // The wish comes while the tenth file is being read.
    const reading = room.station.get(FileReading);
    const read = jest.spyOn(reading, 'document');
    const plain = read.getMockImplementation() ?? FileReading.prototype.document.bind(reading);
    let asked: Promise<unknown> = Promise.resolve();
    read.mockImplementation((file, signal) => {
      if (read.mock.calls.length === 10) asked = room.as('hoa', 'POST', `/api/imports/${id}/stop`);
      return plain(file, signal);
    });
    const { jobId } = await room.start(id);
    const reader = await EventReader.open(`${room.station.http}/api/jobs/${jobId}/events`, room.headers('hoa'));
    const events = await reader.rest();
    await asked;
    read.mockRestore();
    await room.runner.idle();
    expect(events.at(-1)).toMatchObject({ event: 'ended', data: { state: 'cancelled', title: 'Nhập bài' } });
    const fractions = events.map(({ data }) => Number(data.progress));
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    const stopped = await room.look(id);
    expect(stopped.state).toBe('stopped');
    expect(stopped.counts.done).toBeGreaterThanOrEqual(9);
    expect(stopped.counts.waiting).toBeGreaterThan(0);
    expect(await itemCount()).toBe(before + stopped.counts.done);

    const again = await room.start(id);
    expect(again.jobId).not.toBe(jobId);
    const rest = await EventReader.open(`${room.station.http}/api/jobs/${again.jobId}/events`, room.headers('hoa'));
    const told = await rest.rest();
    expect(told.at(-1)).toMatchObject({ event: 'ended', data: { state: 'done', result: { done: 61, waiting: 0 } } });
    const texted = told.flatMap(({ data }) => (data.progressText ? [String(data.progressText)] : []));
    expect(texted.length).toBeGreaterThan(0);
    for (const text of texted) expect(text).toMatch(/^\d+\/61 \S+/);
    expect((await room.look(id)).counts).toEqual({ waiting: 0, done: 61, refused: 0, duplicate: 0 });
    expect(await itemCount()).toBe(before + 60);
  });

  it('started twice it runs once', async () => {
    const { id } = await room.import();
    await room.upload(id, 'mot.txt', `Chạy một lần. ${NOTICES[0]}`);
    const [first, second] = await Promise.all([room.start(id), room.start(id)]);
    await room.runner.idle();
    expect(second.jobId ?? first.jobId).toBe(first.jobId ?? second.jobId);
    expect((await room.look(id)).counts.done).toBe(1);
  });

  it('a full disk ends it with its reason; after making room it goes on', async () => {
    const { id } = await room.import();
    await room.upload(id, 'dia.zip', await zip({ 'a.txt': `Đĩa a. ${NOTICES[1]}`, 'b.txt': `Đĩa b. ${NOTICES[2]}` }));
    const reading = room.station.get(FileReading);
    const full = jest
      .spyOn(reading, 'document')
      .mockRejectedValueOnce(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
    await room.start(id);
    await room.runner.idle();
    full.mockRestore();
    const failed = await room.look(id);
    expect([failed.state, failed.reason?.code, failed.counts.waiting]).toEqual(['failed', 'service.diskFull', 3]);
    await room.start(id);
    await room.runner.idle();
    const done = await room.look(id);
    expect([done.state, done.reason, done.counts.done]).toEqual(['done', null, 3]);
  });

  it('a right that is taken away ends it', async () => {
    const { id } = await room.import('phu', 'ap');
    await room.upload(id, 'quyen.txt', `Quyền. ${NOTICES[3]}`, 'phu');
    const accounts = room.station.get(AccountService);
    const taken = jest.spyOn(accounts, 'withGrants');
    const { database } = room.station;
    await room.runner.stop();
    await room.start(id, 'phu');
    taken.mockImplementation(async (reader, accountId) => {
      taken.mockRestore();
      const found = await database.read(() => accounts.withGrants(reader, accountId));
      return found && { ...found, grants: [] };
    });
    await room.runner.start({ concurrency: 1 });
    await room.runner.idle();
    const view = await room.look(id, 'phu');
    expect([view.state, view.reason?.code, view.counts.waiting]).toEqual(['failed', 'right.missing', 1]);
  });

  it('more files may come after its end', async () => {
    const { view } = await room.imported({ 'truoc.txt': `Trước. ${NOTICES[4]}` });
    await room.upload(view.id, 'sau.txt', `Sau đó. ${NOTICES[5]}`);
    expect((await room.look(view.id)).state).toBe('open');
    await room.start(view.id);
    await room.runner.idle();
    expect(told(await room.lines(view.id))).toEqual([
      ['truoc.txt', 'done', null],
      ['sau.txt', 'done', null],
    ]);
  });
});

describe('a process that is killed in the middle of an import', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-killed-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const place = () => ({ ...everyTable, file: join(folder, 'vang.db') });

  interface Process {
    readonly get: Station['get'];
    readonly database: Database;
    readonly runner: JobRunner;
  }

  async function inProcess<T>(clock: ManualClock, work: (process: Process) => Promise<T>): Promise<T> {
    const database = new Database(place(), silentLog);
    await database.start();
    const { platform } = await platformOver(database, folder, { clock });
    const app = await Station.over(platform);
    const runner = new JobRunner({ ...platform, log: silentLog, pollMs: null });
    app.get(ImportJob).register(runner);
    try {
      return await work({ get: app.get, database, runner });
    } finally {
      await runner.stop();
      await app.close();
      await platform.store.stop();
      await database.stop();
    }
  }

  const AREA =
    'code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority\nbp,,province,Bình Phước,2020-01-01,,,,\n';
  const FILES = 300;

  it('the next one goes on, and nothing is there twice', async () => {
    const root = person('Quản trị', 'administrator', '/');
    const importId = await inProcess(new ManualClock(Date.now()), async ({ get }) => {
      await get(AreaService).importCsv(root, AREA);
      const areaId = (await get(AreaService).list(root, {}))[0]?.id ?? '';
      const account = { login: 'hoa', password: 'một mật khẩu đủ dài', name: 'Hoa' };
      const grants = [{ role: 'operator', areaId } as const];
      const hoa = { ...root, accountId: (await get(AccountService).create(root, { ...account, grants })).id };
      const made = await get(ImportService).create(hoa, newImport.parse({ areaId }));
      const bytes = await zip(texts(FILES));
      const body = (async function* () {
        yield bytes;
      })();
      await get(UploadIntake).take(hoa, made.id, { type: 'application/zip', bytes: bytes.length, body }, 'goi.zip');
      await get(ImportService).start(hoa, made.id);
      return made.id;
    });

    const killed = secondProcess(`
      import { everyTable, platformOver, Station } from './test/support/station.js';
      import { Database } from './src/platform/database/index.js';
      import { SystemClock } from './src/platform/clock/index.js';
      import { JobRunner } from './src/platform/jobs/index.js';
      import { silentLog } from './src/platform/logging/index.js';
      import { ImportJob } from './src/bulk/index.js';
      import { ImportLedger } from './src/bulk/imports/import.ledger.js';
      const database = new Database({ ...everyTable, file: ${JSON.stringify(place().file)} }, silentLog);
      await database.start();
      const { platform } = await platformOver(database, ${JSON.stringify(folder)}, { clock: new SystemClock() });
      const app = await Station.over(platform);
      const ledger = app.get(ImportLedger);
      const keep = ledger.keep.bind(ledger);
      let kept = 0;
      ledger.keep = async (...args) => {
        await keep(...args);
        if (++kept === 20) console.log('half-way');
      };
      const runner = new JobRunner({ ...platform, log: silentLog });
      app.get(ImportJob).register(runner);
      await runner.start({ concurrency: 1 });
      await runner.idle();
      console.log('never killed');
    `);
    await killed.firstLine;
    killed.kill();
    expect(await killed.output).toBe('half-way\n');

    // Later than the lease of the one that died.
    await inProcess(new ManualClock(Date.now() + 120_000), async ({ database, runner }) => {
      const look = () =>
        database.read(async (reader) => ({
          counts: (await countsOf(reader, [importId])).get(importId),
          items: await reader.countBy(Item, {}),
          state: (await reader.findOneByOrFail(BulkImport, { id: importId })).state,
        }));
      const after = await look();
      expect(after.items).toBeGreaterThanOrEqual(20);
      expect(after.items).toBeLessThan(FILES);
      expect(after).toMatchObject({
        state: 'running',
        counts: { done: after.items, waiting: FILES + 1 - after.items },
      });
      await runner.start({ concurrency: 1 });
      await runner.idle();
      const counts = { waiting: 0, done: FILES + 1, refused: 0, duplicate: 0 };
      expect(await look()).toEqual({ state: 'done', counts, items: FILES });
    });
  });
});
