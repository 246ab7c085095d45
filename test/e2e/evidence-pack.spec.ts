import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testKey } from '../../devices/player/testing/keys.js';
import type { Receipt } from '../../devices/protocol/index.js';
import { CELL_CODES } from '../../proof/pack/coverage.js';
import { listEntries } from '../../proof/pack/zip.js';
import { AuditEntry } from '../../src/accounts/account.entity.js';
import { Controller, ControllerKey } from '../../src/fleet/fleet.entity.js';
import { ReceiptIntake } from '../../src/receipts/intake.service.js';
import { CoverageService } from '../../src/receipts/matrix/coverage.service.js';
import { ReceiptBatchRow } from '../../src/receipts/receipt.entity.js';
import { EvidencePackService } from '../../src/reports/evidence-pack.service.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { OpenedFiles, PackOffice } from '../support/pack-office.js';
import type { PoleDevice } from '../support/pole-device.js';
import { planWithLine, shelve } from '../support/shelf.js';
import { everyTable, MONDAY_NINE, person, Station } from '../support/station.js';
import { told } from '../support/told.js';

describeOnBothDatabases('evidence pack', { ...everyTable, postgres: 'longRun' }, (open) => {
  let station: Station;
  let office: PackOffice;
  let devices: Record<'k1' | 'k2' | 'k9', PoleDevice>;
  let lineId = '';
  let item: { id: string; audio: string };
  const packs = () => station.get(EvidencePackService);

  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
    devices = { k1: await station.enrol('k1'), k2: await station.enrol('k2'), k9: await station.enrol('k9') };
    lineId = await planWithLine(station);
    const shelved = await shelve(station, { planLineId: lineId, title: '=HYPERLINK("http://x")' });
    const [version] = await station.database.read((reader) =>
      reader.query(`SELECT audio_sha256 FROM item_version WHERE item_id = '${shelved.id}'`),
    );
    item = { id: shelved.id, audio: version.audio_sha256 };
    office = await PackOffice.open(station);
  });
  afterAll(async () => {
    await office.close();
    await station.close();
  });

  const said = () => ({ id: item.id, version: 1, title: '=HYPERLINK("http://x")', language: 'vi' });
  const at = async (code: 'k1' | 'k2' | 'k9'): Promise<Partial<Receipt>> => {
    const cluster = await station.cluster(code);
    return {
      item: said(),
      audioSha256: item.audio,
      area: { id: cluster.areaId, name: 'An Khương' },
      cluster: { id: cluster.id, name: cluster.name },
    };
  };
  /** A run with a neighbour of another item in it. */
  const hears = async (code: 'k1' | 'k2' | 'k9', play: string, changes: Partial<Receipt> = {}) => {
    const device = devices[code];
    await told(station, device, [play], { cluster: code, itemId: item.id });
    await told(station, device, [`other-${play}`], { cluster: code, itemId: 'another-item' });
    const place = await at(code);
    const other = device.receipt(`other-${play}`, MONDAY_NINE, { ...place, item: { ...said(), id: 'another-item' } });
    const own = device.receipt(play, MONDAY_NINE, { ...place, ...changes });
    await device.send('receipts', device.batch([other, own]));
    await device.acked(station.platform.keys, device.seq);
  };
  const ordered = (changes: Parameters<PackOffice['ordered']>[1] = {}) => office.ordered(lineId, changes);
  const checked = (pack: Uint8Array) => office.checked(pack);

  it('of a line of which nothing was played yet holds, and says that it is not done', async () => {
    const { pack } = await ordered();
    const { verdict, words } = await checked(pack);
    expect(words).toEqual([]);
    expect(verdict).toMatchObject({ good: true, manifest: { result: { required: 3, reached: 0, done: false } } });
  });

  it('holds what devices signed, letter by letter, with neighbours as hashes; anybody can check it without us', async () => {
    await hears('k1', 'p1');
    await hears('k2', 'p1', {
      outcome: 'partial',
      cause: 'powerLost',
      grade: 'started',
      playedMs: 12_000,
      endedAtMs: MONDAY_NINE + 12_000,
    });
    await told(station, devices.k9, ['p1'], { cluster: 'k9', itemId: item.id });
    const { pack, view } = await ordered();
    const { verdict, words } = await checked(pack);
    expect(words).toEqual([]);
    expect(verdict).toMatchObject({
      good: true,
      demo: false,
      manifest: {
        issuer: 'UBND',
        counts: { items: 1, hamlets: 3, communes: 2, devices: 2, receipts: 2 },
        result: { required: 3, reached: 1, done: false },
      },
    });
    expect(
      verdict.checks.every(({ code, state, looked }) => state === 'good' && (looked > 0 || code === 'declared')),
    ).toBe(true);
    expect(view).toMatchObject({ state: 'done', receipts: 2, bytes: pack.length });
    expect(view.sha256).toBe(createHash('sha256').update(pack).digest('hex'));
    await mkdir('.cache', { recursive: true });
    await writeFile('.cache/evidence.zip', pack);
  });

  it('agrees with the coverage of the line, and no title becomes a formula', async () => {
    const coverage = await station.get(CoverageService).ofLine(station.root, lineId);
    const { pack } = await ordered();
    const listed = listEntries(pack);
    const names = listed.ok ? listed.entries.map(({ name }) => name) : [];
    expect(names.slice(0, 4)).toEqual(['report.pdf', 'coverage.csv', 'missing.csv', 'hamlets.json']);
    const files = new OpenedFiles(pack);
    const { table } = files;
    expect(table.map(({ o_ket_qua }) => o_ket_qua)).toEqual(coverage.cells.flat());
    expect(table[0]?.ban_tin).toBe(`'=HYPERLINK("http://x")`);
    expect(CELL_CODES).toContain(table[0]?.cum_loa_ket_qua);
    const missing = files.text('missing.csv');
    expect(missing).toContain('mất điện');
    expect(missing).toContain('chưa có xác nhận phát');
    expect(files.text('report.pdf').slice(0, 5)).toBe('%PDF-');
  });

  it('of one commune holds that commune only; of another month nothing was played', async () => {
    const own = await ordered({ areaId: (await station.area('ak')).id });
    expect((await checked(own.pack)).words).toEqual([]);
    expect((await checked(own.pack)).verdict.manifest?.counts).toMatchObject({ hamlets: 2, communes: 1, receipts: 2 });
    const later = await ordered({ from: '2026-02-01', to: '2026-02-28' });
    const { verdict, words } = await checked(later.pack);
    expect(words).toEqual([]);
    expect(verdict.manifest?.counts.receipts).toBe(0);
  });

  it('holds after a device changed its key: each run by the key of its day, also for runs from before that was written down', async () => {
    const { k1 } = devices;
    const next = testKey('next of k1');
    await station.database.write(async ({ manager }) => {
      const nowMs = station.clock.nowMs();
      const change = { publicKey: next.publicKey, formerPublicKey: k1.key.publicKey, keyChangedAtMs: nowMs };
      await manager.update(Controller, { id: k1.id }, change);
      await manager.update(ControllerKey, { controllerId: k1.id }, { untilMs: nowMs });
      await manager.insert(ControllerKey, {
        controllerId: k1.id,
        publicKey: next.publicKey,
        fromMs: nowMs,
        untilMs: null,
      });
      await manager.update(ReceiptBatchRow, { controllerId: k1.id }, { publicKey: null });
    });
    const { pack } = await ordered();
    expect((await checked(pack)).words).toEqual([]);
  });

  it('is made and fetched by those who may, at their area, and both are written down', async () => {
    const ak = await station.area('ak');
    const officer = person('Chị Hoa', 'operator', ak.path);
    const order = { lineId, areaId: ak.id, from: '2026-01-01', to: '2026-01-31' };
    const { id } = await packs().order(officer, order);
    await expect(packs().get(person('Anh Nam', 'operator', (await station.area('ap')).path), id)).rejects.toMatchObject(
      {
        code: 'report.packUnknown',
      },
    );
    await expect(packs().order(officer, { ...order, areaId: (await station.area('ap')).id })).rejects.toThrow();
    await expect(packs().order(person('Anh Ba', 'monitor', ak.path), order)).rejects.toMatchObject({
      code: 'right.missing',
    });
    await expect(packs().order(officer, { ...order, to: '2025-01-01' })).rejects.toMatchObject({
      code: 'report.periodWrong',
    });
    await expect(packs().order(officer, { ...order, lineId: 'nothing' })).rejects.toMatchObject({
      code: 'plan.unknown',
    });
    const audit = await station.database.read((reader) => reader.findBy(AuditEntry, { subject: id }));
    expect(audit.map(({ action, actorName }) => [action, actorName])).toEqual([['report.packOrdered', 'Chị Hoa']]);
    expect((await packs().list(officer)).map((view) => view.id)).toContain(id);
  });

  it('a run of which a neighbour is lost stops the pack: its signature would prove nothing', async () => {
    await station.database.write(({ manager }) => manager.query(`DELETE FROM receipt WHERE play = 'other-p1'`));
    await expect(ordered()).rejects.toThrow('report.evidenceLost');
  });
});
