import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Receipt } from '../../devices/protocol/index.js';
import type { DeclaredRecord, DeviceRecord, ReceiptRun } from '../../proof/pack/contents.js';
import { plannedPlayId } from '../../src/dispatch/dispatch.entity.js';
import { PlannedPlayRow } from '../../src/dispatch/index.js';
import { Cluster, ClusterHamlet, Controller } from '../../src/fleet/fleet.entity.js';
import { Handover } from '../../src/fleet/handover/handover.entity.js';
import { FleetPhoto } from '../../src/fleet/photos/photo.entity.js';
import { Item } from '../../src/library/items/item.entity.js';
import { PlanLine } from '../../src/plans/plan.entity.js';
import { newId } from '../../src/platform/database/index.js';
import { Confirmation, ConfirmationSession } from '../../src/receipts/confirmations/confirmation.entity.js';
import { Declaration } from '../../src/receipts/declared/declaration.entity.js';
import { DoubtService } from '../../src/receipts/doubts/doubt.service.js';
import { ReceiptIntake } from '../../src/receipts/intake.service.js';
import { EpochService } from '../../src/receipts/log/epoch.service.js';
import { CoverageService } from '../../src/receipts/matrix/coverage.service.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { PHOTO } from '../support/fleet-house.js';
import { OpenedFiles, PackOffice } from '../support/pack-office.js';
import type { PoleDevice } from '../support/pole-device.js';
import { planWithLine, type Shelved, shelve } from '../support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../support/station.js';
import { told } from '../support/told.js';

const MINUTE_MS = 60_000;
type Code = 'k1' | 'k2' | 'k9';

describeOnBothDatabases('evidence pack, case by case', { ...everyTable, postgres: 'longRun' }, (open) => {
  let station: Station;
  let office: PackOffice;
  let lineId = '';
  const devices = new Map<Code, PoleDevice>();

  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
    for (const code of ['k1', 'k2', 'k9'] as const) devices.set(code, await station.enrol(code));
    lineId = await planWithLine(station, { target: 1 });
    office = await PackOffice.open(station);
  });
  afterAll(async () => {
    await office.close();
    await station.close();
  });

  const write: Station['database']['write'] = (work) => station.database.write(work);
  const shelf = (title: string) => shelve(station, { planLineId: lineId, title });
  const deviceAt = (code: Code): PoleDevice => {
    const device = devices.get(code);
    if (!device) throw new Error(code);
    return device;
  };
  const receiptAt = async (code: Code, play: string, item: Shelved, changes: Partial<Receipt> = {}) => {
    const { id, areaId, name } = await station.cluster(code);
    return deviceAt(code).receipt(play, MONDAY_NINE, {
      item: { id: item.id, version: 1, title: 'Vay vốn', language: 'vi' },
      ...{ audioSha256: item.audioSha256, area: { id: areaId, name: 'An Khương' }, cluster: { id, name } },
      ...changes,
    });
  };
  const sent = async (code: Code, receipts: readonly Receipt[]) => {
    const device = deviceAt(code);
    await device.send('receipts', device.batch(receipts));
    await device.acked(station.platform.keys, device.seq);
  };
  /** Told to one device and played as it says. */
  const played = async (code: Code, play: string, item: Shelved, changes: Partial<Receipt> = {}) => {
    await told(station, deviceAt(code), [play], { cluster: code, itemId: item.id });
    await sent(code, [await receiptAt(code, play, item, changes)]);
  };
  const holds = async () => {
    const made = await office.ordered(lineId);
    const { verdict, words, notes } = await office.checked(made.pack);
    expect(words).toEqual([]);
    expect(verdict.good).toBe(true);
    return { ...made, verdict, notes, files: new OpenedFiles(made.pack) };
  };
  const cellsOf = (files: OpenedFiles, item: Shelved) => files.table.filter(({ ma_ban_tin }) => ma_ban_tin === item.id);
  /** Of the item, hamlet by hamlet: its cluster's state and the cell's. */
  const statesOf = (files: OpenedFiles, item: Shelved) =>
    cellsOf(files, item).map(({ cum_loa_ket_qua, o_ket_qua }) => `${cum_loa_ket_qua} ${o_ket_qua}`);

  it('the whole rule of a line: plays, clusters, least grade and languages, cell for cell as its coverage', async () => {
    const [signal, silent, other] = [await shelf('Có tín hiệu'), await shelf('Không đo'), await shelf('Tiếng Xtiêng')];
    await write(({ manager }) => manager.update(Item, { id: other.id }, { language: 'sti' }));
    await played('k1', 'r1', signal, { sensed: true });
    await played('k1', 'r2', silent);
    await played('k2', 'r3', silent, { sensed: false });
    await played('k1', 'r4', other, { item: { id: other.id, version: 1, title: 'Vay vốn', language: 'sti' } });
    const { id: hamletId, path: areaPath } = await station.area('ak1');
    const session = { id: `${hamletId}.1`, hamletId, areaPath, hamletName: 'Ấp 1', communeName: 'An Khương' };
    await write(async ({ manager }) => {
      const plays = [signal, silent].map(({ id: itemId }, n) => ({ id: `asked-${n}`, itemId }));
      const when = { day: '2026-01-05', startMs: MONDAY_NINE, endMs: MONDAY_NINE + MINUTE_MS };
      await manager.insert(ConfirmationSession, { ...session, ...when, clusters: [], plays: plays as never });
      const answer = {
        kind: 'head',
        n: 1,
        answer: 'clear',
        atMs: MONDAY_NINE,
        byId: 'link',
        byName: 'Ông Tư',
      } as const;
      await manager.insert(Confirmation, { id: newId(), sessionId: session.id, ...answer, supersededAtMs: null });
    });
    for (const rule of [
      { leastGrade: 'completed', plays: 1, clusters: 'all', languages: null },
      { leastGrade: 'sensed', plays: 1, clusters: 'any', languages: ['vi'] },
      { leastGrade: 'heard', plays: 1, clusters: 'all', languages: ['vi', 'sti'] },
      { leastGrade: 'completed', plays: 2, clusters: 'any', languages: ['sti'] },
    ] as const) {
      await write(({ manager }) => manager.update(PlanLine, { id: lineId }, rule as never));
      const coverage = await station.get(CoverageService).ofLine(station.root, lineId);
      const { files, verdict } = await holds();
      expect(files.table.map(({ ma_ban_tin, ma_ap, o_ket_qua }) => [ma_ban_tin, ma_ap, o_ket_qua])).toEqual(
        coverage.items.flatMap(({ id }, row) =>
          coverage.hamlets.map((hamlet, column) => [id, hamlet.id, coverage.cells[row]?.[column]]),
        ),
      );
      expect(verdict.manifest).toMatchObject({
        rule,
        result: { required: coverage.required, reached: coverage.reached, done: coverage.done },
      });
    }
    const plain = { leastGrade: 'completed', plays: 1, clusters: 'all', languages: null } as const;
    await write(({ manager }) => manager.update(PlanLine, { id: lineId }, plain));
  });

  it('khai báo: with person and photograph, beside its cell, which stays as it was', async () => {
    const item = await shelf('Mang loa kéo đến');
    const { sha256 } = await station.platform.store.put(PHOTO);
    const { id: hamletId, path: areaPath } = await station.area('ap1');
    await write(({ manager }) =>
      manager.insert(Declaration, {
        ...{
          id: newId(),
          itemId: item.id,
          itemTitle: 'Mang loa kéo đến',
          lineId,
          hamletId,
          hamletName: 'Ấp 1',
          areaPath,
        },
        ...{
          communeName: 'An Phú',
          day: '2026-01-06',
          means: 'portableLoudspeaker',
          person: 'Nguyễn Thị Bé',
          note: '',
        },
        ...{ photoSha256: sha256, photoType: 'image/png', photoWidth: 4, photoHeight: 3, enteredBy: 'x' },
        ...{ enteredByName: 'Chị Hoa', enteredAtMs: MONDAY_NINE, takenBackAtMs: null },
        ...{ takenBackByName: null, takenBackReason: null },
      }),
    );
    const { files, verdict, notes } = await holds();
    const lines = cellsOf(files, item);
    expect(lines.map(({ khai_bao, o_ket_qua }) => [khai_bao, o_ket_qua])).toEqual([
      ['0', 'notPlanned'],
      ['0', 'notPlanned'],
      ['1', 'notPlanned'],
    ]);
    expect(lines[2]?.o_dien_giai).toBe('chưa xếp lịch, 0/1 cụm; khai báo 1 lần');
    const [record] = files.json<DeclaredRecord[]>('declared/index.json');
    expect(record).toMatchObject({ person: 'Nguyễn Thị Bé', day: '2026-01-06', photo: { sha256 } });
    expect(files.bytes(record?.photo.file ?? '')).toEqual(PHOTO);
    expect(verdict.manifest?.counts.declared).toBe(1);
    expect(notes.join('\n')).toContain('1 declarations are the word of a person');
  });

  it('đưa tới máy phát: one transmitter of several hamlets proves that it had the content, and completes no cell', async () => {
    const item = await shelf('Qua máy phát');
    const { id: clusterId } = await station.cluster('k9');
    const { id: hamletId } = await station.area('ak2');
    const link = { clusterId, hamletId, validFrom: '2020-01-01', validTo: null };
    await write(async ({ manager }) => {
      await manager.update(Cluster, { id: clusterId }, { reach: 'transmitter' });
      await manager.insert(ClusterHamlet, link);
    });
    await played('k9', 't1', item);
    const { files } = await holds();
    expect(
      cellsOf(files, item).map(({ may_phat, cum_loa_ket_qua, o_ket_qua, nguyen_nhan }) => [
        ...[may_phat, cum_loa_ket_qua, o_ket_qua, nguyen_nhan],
      ]),
    ).toEqual([
      ['', 'notPlanned', 'notPlanned', 'chưa xếp lịch phát'],
      ['', 'notPlanned', 'partial', 'chưa xếp lịch phát'],
      ['x', 'partial', 'partial', 'chỉ đưa tới máy phát, không chứng minh được nơi nghe'],
      ['x', 'partial', 'partial', 'chỉ đưa tới máy phát, không chứng minh được nơi nghe'],
    ]);
    await write(async ({ manager }) => {
      await manager.update(Cluster, { id: clusterId }, { reach: 'horn' });
      await manager.delete(ClusterHamlet, { clusterId, hamletId });
    });
  });

  it('a handover with photographs and a drawn signature is in the record of its device', async () => {
    const item = await shelf('Có biên bản');
    await played('k2', 'h1', item);
    const device = deviceAt('k2');
    const { id: clusterId } = await station.cluster('k2');
    const drawn = Buffer.concat([PHOTO, Buffer.from('signed')]);
    const [photo, signature] = [await station.platform.store.put(PHOTO), await station.platform.store.put(drawn)];
    const photoId = newId();
    await write(async ({ manager }) => {
      await manager.insert(FleetPhoto, {
        ...{
          id: photoId,
          subject: 'cluster',
          subjectId: clusterId,
          clusterId,
          sha256: photo.sha256,
          type: 'image/png',
        },
        ...{ bytes: photo.bytes, width: 4, height: 3, caption: '', addedByName: 'Anh Thợ', addedAtMs: MONDAY_NINE },
      });
      await manager.insert(Handover, {
        ...{ id: newId(), boxId: 'box', clusterId, technicianId: 't', technicianName: 'Anh Thợ', latitude: 11.5 },
        ...{ longitude: 106.5, accuracyM: 5, testToneCommand: null, testTone: 'heard', signedName: 'Ông Tư' },
        ...{
          signatureSha256: signature.sha256,
          note: 'Cột bê tông',
          signedAtMs: MONDAY_NINE,
          receivedAtMs: MONDAY_NINE,
        },
        ...{ contentSha256: 'c'.repeat(64), photoIds: [photoId] },
      });
    });
    const { files, pack } = await holds();
    const record = files.json<DeviceRecord>(`devices/${device.id}/device.json`);
    expect(record.handover).toMatchObject({
      ...{ technician: 'Anh Thợ', signedBy: 'Ông Tư', photos: [`devices/${device.id}/photo-1.png`] },
      signature: `devices/${device.id}/signature.png`,
    });
    expect(files.bytes(`devices/${device.id}/photo-1.png`)).toEqual(PHOTO);
    const at = Buffer.from(pack).indexOf(`devices/${device.id}/photo-1.png`) + 60;
    const altered = pack.slice();
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect((await office.checked(altered)).words).toEqual([`The file devices/${device.id}/photo-1.png was altered.`]);
  });

  it('a receipt whose neighbour is in quarantine, and one behind a gap: explained, and no alteration', async () => {
    const item = await shelf('Cạnh bản bị cách ly');
    const device = deviceAt('k1');
    await told(station, device, ['q1', 'q2', 'q3'], { cluster: 'k1', itemId: item.id, everyMs: 0 });
    // Nobody planned the first one.
    const run = [await receiptAt('k1', 'nobody', item), await receiptAt('k1', 'q1', item)];
    await sent('k1', run);
    // One that never came, and one that came behind it.
    device.batch([await receiptAt('k1', 'q2', item)]);
    await sent('k1', [await receiptAt('k1', 'q3', item)]);
    const { files, notes, verdict } = await holds();
    const runs = files
      .text(`receipts/${device.id}.jsonl`)
      .trim()
      .split('\n')
      .map((line): ReceiptRun => JSON.parse(line));
    const own = runs.find(({ last }) => last === device.seq - 2);
    expect(own?.receipts).toEqual([
      createHash('sha256').update(JSON.stringify(run[0])).digest('hex'),
      JSON.stringify(run[1]),
    ]);
    expect(own?.apart).toEqual([device.seq - 3]);
    expect(notes.join('\n')).toContain('1 receipts under the same signatures are in quarantine');
    expect(verdict.checks.find(({ code }) => code === 'receipts')?.state).toBe('good');
    expect(cellsOf(files, item)[0]).toMatchObject({ so_lan_phat_du: '2', so_lan_chua_ro: '1', o_ket_qua: 'complete' });
  });

  it('a play that no plan ever told, summoned by a command, counts as in coverage', async () => {
    const item = await shelf('Phát ngay');
    await played('k1', 's1', item);
    const before = await office.ordered(lineId);
    await write(({ manager }) => manager.delete(PlannedPlayRow, { id: plannedPlayId(deviceAt('k1').id, 's1') }));
    const { files, view } = await holds();
    expect(view.receipts).toBe(before.view.receipts);
    expect(statesOf(files, item)[0]).toBe('complete complete');
  });

  it('case 25: a replaced controller keeps its receipts and its record, beside those of the new one', async () => {
    const item = await shelf('Trước và sau khi thay');
    const former = deviceAt('k2');
    await played('k2', 'c1', item);
    station.clock.set(MONDAY_NINE + 3_600_000);
    devices.set('k2', await station.enrol('k2'));
    await told(station, deviceAt('k2'), ['c2'], { cluster: 'k2', itemId: item.id, startMs: MONDAY_NINE + 3_660_000 });
    const startMs = MONDAY_NINE + 3_660_000;
    const receipt = await receiptAt('k2', 'c2', item);
    const planned = { ...receipt.planned, startMs, latestEndMs: startMs + 660_000 };
    await sent('k2', [{ ...receipt, planned, startedAtMs: startMs, endedAtMs: startMs + MINUTE_MS }]);
    const { files } = await holds();
    expect(cellsOf(files, item)[1]).toMatchObject({ so_lan_phat_du: '2', o_ket_qua: 'complete' });
    const record = files.json<DeviceRecord>(`devices/${former.id}/device.json`);
    expect(record.revoked).toEqual({ atMs: MONDAY_NINE + 3_600_000, reason: null });
    expect(files.names).toEqual(
      expect.arrayContaining([`receipts/${former.id}.jsonl`, `receipts/${deviceAt('k2').id}.jsonl`]),
    );
  });

  it('what a revoked key signed while it was in doubt is not in the pack, and the cell says why', async () => {
    const item = await shelf('Khóa bị thu hồi');
    const device = deviceAt('k9');
    await played('k9', 'd1', item);
    const revoked = { revokedAtMs: MONDAY_NINE + 3_600_000, revokedReason: 'Mất trộm' };
    await write(({ manager }) => manager.update(Controller, { id: device.id }, revoked));
    const before = (await office.ordered(lineId)).view.receipts ?? 0;
    await station.get(DoubtService).doubt(station.root, device.id, { fromMs: MONDAY_NINE, reason: 'Mất trộm' });
    const { files, view } = await holds();
    expect(view.receipts).toBeLessThan(before);
    expect(cellsOf(files, item)[2]).toMatchObject({
      ...{ so_lan_phat_du: '0', so_lan_chua_ro: '1', o_ket_qua: 'unknown' },
      nguyen_nhan: 'khóa của thiết bị đã bị thu hồi cho thời gian này',
    });
    const record = files.json<DeviceRecord>(`devices/${device.id}/device.json`);
    expect(record).toMatchObject({ doubtedFromMs: MONDAY_NINE, revoked: { reason: 'Mất trộm' } });
    expect(files.names).not.toContain(`receipts/${device.id}.jsonl`);
  });

  it('after a restored backup the log goes on under a new name, and the pack of the new epoch holds', async () => {
    const before = (await holds()).files.text('log/checkpoint.txt').split('\n')[0];
    await station.get(EpochService).begin(station.root, 'Khôi phục bản sao lưu');
    const { files } = await holds();
    expect(files.text('log/checkpoint.txt').split('\n')[0]).not.toBe(before);
  });
});
