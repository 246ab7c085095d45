import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { crypto } from '../../../devices/player/testing/keys.js';
import { chainOf, fromHex, type ReceiptBatch } from '../../../devices/protocol/index.js';
import { nodeEngine } from '../../../proof/cli/node-engine.js';
import { receiptLeaf, verifyInclusion } from '../../../proof/index.js';
import { verifyArchive } from '../../../proof/verify/archived.js';
import { auditsOf } from '../../../test/support/audits.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { clockOf, DAY_MS, deliver, filesOf, plays, rowsOf } from '../../../test/support/retention-clock.js';
import { planWithLine, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import { Controller } from '../../fleet/index.js';
import { DoubtService } from '../doubts/doubt.service.js';
import { findLeft, findReceipts, isUnder } from '../ledger.queries.js';
import { TransparencyLog } from '../log/transparency-log.js';
import { PlayOutcome, QuarantinedReceipt, ReceiptRow } from '../receipt.entity.js';
import { wrongTallies } from '../tallies/recount.queries.js';
import { ArchiveFolder } from './archive.folder.js';
import { ArchiveService } from './archive.service.js';
import { ArchivedReceipts } from './archived.reader.js';
import { RetentionClock } from './retention.clock.js';

describeOnBothDatabases('receipts that leave the database', everyTable, (open) => {
  let station: Station;
  const devices = new Map<string, PoleDevice>();
  const first = new Map<string, ReceiptBatch>();

  beforeAll(async () => {
    const retention = { receiptDays: 90, gatherDays: 0, mostReceipts: 4 };
    station = await Station.open(await open(), { retention });
    await station.settle();
    for (const code of ['k1', 'k2', 'k9']) devices.set(code, await station.enrol(code));
  });
  afterAll(() => station.close());

  const device = (code: string) => devices.get(code) as PoleDevice;
  const tick = () => station.get(RetentionClock).tick();
  const read: Station['database']['read'] = (work) => station.database.read(work);
  const receiptsOf = (code: string) => read((reader) => reader.countBy(ReceiptRow, { controllerId: device(code).id }));
  const quarantinedOf = (code: string) =>
    read((reader) => reader.findBy(QuarantinedReceipt, { controllerId: device(code).id }));
  const listed = (actor = station.root) => station.get(ArchiveService).list(actor, { limit: 100 }, 'en');
  const verified = async (name: string) => {
    const file = new Uint8Array(await readFile(station.get(ArchiveFolder).path(name)));
    return verifyArchive(file, nodeEngine, { root: station.platform.keys.rootFingerprint });
  };
  /** The number of a run again, with another play or other words in it. */
  const instead = (code: string, batch: ReceiptBatch, words: (text: string) => string) => {
    const { signature: _, ...unsigned } = batch;
    const receipts = batch.receipts.map(words);
    const link = chainOf(fromHex(batch.previous), receipts, crypto).at(-1) ?? '';
    return device(code).sign({ ...unsigned, receipts, link });
  };

  it('stay as long as the configuration says, and with it as it comes for ever', async () => {
    first.set('k1', await plays(station, device('k1'), ['a1', 'a2', 'a3']));
    first.set('k2', await plays(station, device('k2'), ['b1', 'b2'], {}, 'k2'));
    station.clock.advance(90 * DAY_MS - 1);
    expect(await tick()).toEqual([]);
    expect(await rowsOf(station.database)).toMatchObject({ receipts: 5, batches: 2, archives: [] });
  });

  it('wait for company, but not for ever: a file a month, not a file a day', async () => {
    station.clock.advance(DAY_MS);
    expect(await clockOf(station, { receiptDays: null }).tick()).toEqual([]);
    expect(await clockOf(station, { gatherDays: 30, mostReceipts: 100 }).tick()).toEqual([]);
    expect(await filesOf(station)).toEqual([]);
  });

  it('leave run by run for files that verify, as many as fit into one; it is written down', async () => {
    station.clock.advance(DAY_MS);
    const names = await tick();
    expect(names).toHaveLength(2);
    expect(await filesOf(station)).toEqual([...names].sort());
    expect(await rowsOf(station.database)).toMatchObject({ receipts: 0, batches: 0, quarantined: 0 });
    const verdicts = await Promise.all(names.map(verified));
    expect(verdicts.map(({ good, archive }) => [good, archive?.counts.receipts])).toEqual([
      [true, 3],
      [true, 2],
    ]);
    const { archives, rule, problem, lookedAtMs } = await listed();
    expect([rule, problem, lookedAtMs]).toEqual([
      { receiptDays: 90, confirmationDays: null },
      null,
      station.clock.nowMs(),
    ]);
    expect(archives).toMatchObject([
      { name: names[1], receipts: 2, devices: 1, runs: 1, present: true, receivedFromMs: MONDAY_NINE },
      { name: names[0], receipts: 3, rule: { receiptDays: 90 }, receivedToMs: MONDAY_NINE },
    ]);
    expect(archives.map(({ sha256 }) => sha256)).toEqual([verdicts[1]?.sha256, verdicts[0]?.sha256]);
    const audits = await auditsOf(station.database, 'receipt.archived');
    expect(audits.map(({ actorName, detail }) => [actorName, detail.name])).toEqual(
      names.map((name) => ['Vang', name]),
    );
  });

  it('once a day is enough', async () => {
    station.clock.advance(DAY_MS - 1);
    expect(await tick()).toEqual([]);
    expect((await listed()).lookedAtMs).toBe(station.clock.nowMs() - DAY_MS + 1);
  });

  it('what was counted stays, and agrees with a count from scratch; the log proves them as before', async () => {
    expect(await read((reader) => reader.count(PlayOutcome))).toBe(5);
    expect(await read(wrongTallies)).toEqual([]);
    const [text = ''] = first.get('k1')?.receipts ?? [];
    await read(async (reader) => {
      const log = station.get(TransparencyLog);
      const checkpoint = await log.latestCheckpoint(reader);
      const hash = receiptLeaf(text, nodeEngine);
      const size = checkpoint?.size ?? 0;
      const { number: index, path } = await log.inclusion(reader, { hash }, size);
      const root = Buffer.from(checkpoint?.root ?? '', 'base64');
      expect(verifyInclusion({ leafHash: hash, index, size, path, root }, nodeEngine)).toBe(true);
      const id = `${device('k1').id}.1.1`;
      expect([await log.numberOf(reader, id), await isUnder(reader, id, ['/'])]).toEqual([index, true]);
      expect(await isUnder(reader, id, [(await station.area('ap')).path])).toBe(false);
      expect(await isUnder(reader, `${device('k1').id}.1.99`, ['/'])).toBe(false);
    });
  });

  it('who asks for receipts is told of them, and in which file they are', async () => {
    const query = { scopes: [(await station.area('ak')).path], limit: 10 };
    const [here, left] = await read(async (reader) => [
      await findReceipts(reader, query),
      await findLeft(reader, query),
    ]);
    expect([here, left.length]).toEqual([[], 5]);
    const names = await station.get(ArchivedReceipts).namesOf(left.map(({ id }) => id));
    expect(new Set(names.values())).toEqual(new Set((await listed()).archives.map(({ name }) => name)));
    expect(await read((reader) => findLeft(reader, { ...query, limit: 0 }))).toEqual([]);
    expect(await read((reader) => findLeft(reader, { ...query, scopes: [] }))).toEqual([]);
  });

  it('case 11: the same receipt once more is no second row, another one under its number is quarantined', async () => {
    const batch = first.get('k1') as ReceiptBatch;
    await deliver(station, device('k1'), batch);
    expect([await receiptsOf('k1'), await quarantinedOf('k1'), await alarmsOf(station, device('k1'))]).toEqual([
      0,
      [],
      {},
    ]);
    await deliver(
      station,
      device('k1'),
      instead('k1', batch, (text) =>
        text.replace('"volume":80}', '"volume":90}').replace('"volume":80,', '"volume":9,'),
      ),
    );
    expect(await receiptsOf('k1')).toBe(0);
    expect((await quarantinedOf('k1')).map(({ reason }) => reason)).toEqual(Array(3).fill('receipt.sequenceReused'));
  });

  it('the chain goes on from what left, and a message that holds both brings in what is new', async () => {
    const batch = first.get('k2') as ReceiptBatch;
    await plays(station, device('k2'), ['b3'], {}, 'k2');
    const link = device('k2').link;
    expect([await receiptsOf('k2'), await alarmsOf(station, device('k2'))]).toEqual([1, {}]);
    const next = device('k2').receipt('b1', MONDAY_NINE);
    // Another final of a play whose receipt left.
    await deliver(station, device('k2'), device('k2').batch([next]));
    expect((await quarantinedOf('k2')).map(({ reason }) => reason)).toEqual(['receipt.secondFinal']);
    expect([batch.link === link, await receiptsOf('k2')]).toEqual([false, 1]);
  });

  it('stay while a plan that they count for runs', async () => {
    const { id } = await shelve(station, { planLineId: await planWithLine(station) });
    await plays(station, device('k9'), ['c1'], { item: { id, version: 1, title: 'Vốn vay', language: 'vi' } }, 'k9');
    station.clock.advance(95 * DAY_MS);
    await tick();
    expect(await receiptsOf('k9')).toBe(1);
    await station.database.write(({ manager }) =>
      manager.query("UPDATE communication_plan SET period_to = '2026-03-01', report_deadline = '2026-11-25'"),
    );
    station.clock.advance(DAY_MS);
    await tick();
    expect(await receiptsOf('k9')).toBe(1);
    station.clock.advance(Date.parse('2026-11-26T00:00:00+07:00') - station.clock.nowMs());
    await tick();
    expect(await receiptsOf('k9')).toBe(0);
  });

  it('stay while something in quarantine claims their number or their play', async () => {
    // Of k2, whose b1 was claimed by a second final above; b3 is another play under another number.
    expect(await receiptsOf('k2')).toBe(0);
    const batch = await plays(station, device('k2'), ['d1', 'd2'], {}, 'k2');
    await deliver(
      station,
      device('k2'),
      instead('k2', batch, (text) => text.replace('"lateMs":0', '"lateMs":1')),
    );
    await plays(station, device('k2'), ['d3'], {}, 'k2');
    station.clock.advance(91 * DAY_MS);
    expect(await tick()).toHaveLength(1);
    const stayed = await read((reader) => reader.find(ReceiptRow, { order: { seq: 'ASC' } }));
    expect(stayed.map(({ play }) => play)).toEqual(['d1', 'd2']);
  });

  it('stay while their device is doubted, also if that comes in the middle', async () => {
    const { id } = device('k9');
    await plays(station, device('k9'), ['e1'], {}, 'k9');
    await station.database.write(({ manager }) =>
      manager.update(Controller, { id }, { revokedAtMs: station.clock.nowMs() }),
    );
    station.clock.advance(91 * DAY_MS);
    const clock = clockOf(station);
    clock.at = (step) =>
      step === 'verified'
        ? station.get(DoubtService).doubt(station.root, id, { fromMs: MONDAY_NINE, reason: 'Mất trộm' })
        : undefined;
    await expect(clock.tick()).rejects.toThrow('doubted');
    expect((await listed()).problem).toMatchObject({ code: 'retention.failed' });
    expect(await tick()).toEqual([]);
    expect([await receiptsOf('k9'), await read(wrongTallies)]).toEqual([1, []]);
    expect((await listed()).problem).toBeNull();
  });

  it('a run whose text somebody changed in the database stays: it would prove nothing', async () => {
    await plays(station, device('k1'), ['f1', 'f2']);
    const where = { controllerId: device('k1').id, play: 'f2' };
    const [row] = await read((reader) => reader.findBy(ReceiptRow, where));
    await station.database.write(({ manager }) =>
      manager.update(ReceiptRow, where, { text: row?.text.replace('"lateMs":0', '"lateMs":5') ?? '' }),
    );
    station.clock.advance(91 * DAY_MS);
    expect(await tick()).toEqual([]);
    expect(await receiptsOf('k1')).toBe(2);
    expect((await listed()).problem).toMatchObject({ code: 'retention.someStay' });
  });

  it('a device whose receipts do not verify any more keeps those of others from nothing', async () => {
    const before = await receiptsOf('k2');
    await plays(station, device('k1'), ['g1']);
    await plays(station, device('k2'), ['g2'], {}, 'k2');
    // As if its key had been somebody else's on that day.
    await station.database.write(({ manager }) =>
      manager.query(`UPDATE controller_key SET until_ms = ${MONDAY_NINE} WHERE controller_id = '${device('k2').id}'`),
    );
    station.clock.advance(91 * DAY_MS);
    const [name = '', ...more] = await tick();
    expect([await receiptsOf('k1'), await receiptsOf('k2'), more]).toEqual([2, before + 1, []]);
    expect((await verified(name)).good).toBe(true);
    const { problem, archives } = await listed();
    expect([problem?.code, archives[0]?.devices, archives[0]?.receipts]).toEqual(['retention.someStay', 1, 1]);
    expect((await filesOf(station)).length).toBe(archives.length);
  });

  it('invariant 9: only who sees everything sees archives, and only an administrator takes one away, which is written down', async () => {
    const { archives } = await listed();
    const [{ id, name } = { id: '', name: '' }] = archives;
    const service = station.get(ArchiveService);
    const older = await service.list(station.root, { before: id, limit: 1 }, 'en');
    expect(older.archives.map((archive) => archive.id)).toEqual([archives[1]?.id]);
    const commune = (await station.area('ak')).path;
    await expect(listed(person('Chị Hoa', 'operator', commune))).rejects.toMatchObject({ code: 'right.missing' });
    await expect(service.file(person('Chị Mai', 'monitor', '/'), id)).rejects.toMatchObject({ code: 'right.missing' });
    await expect(service.file(station.root, 'nothing')).rejects.toMatchObject({ code: 'retention.archiveUnknown' });
    expect(await service.file(station.root, id)).toMatchObject({ name });
    expect((await auditsOf(station.database, 'receipt.archiveFetched')).map(({ subject }) => subject)).toEqual([id]);
  });
});
