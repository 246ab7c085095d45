import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { planWithLine, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { ClusterService } from '../../fleet/index.js';
import { ReceiptIntake } from '../intake.service.js';
import { findReceipts, type ReceiptFilter } from '../ledger.queries.js';
import { PlayOutcome } from '../receipt.entity.js';
import { ReceptionService } from '../reception/reception.service.js';
import { wrongTallies } from '../tallies/recount.queries.js';
import { type CoverageView, coverageView } from './coverage.api.js';
import { CoverageService } from './coverage.service.js';

describeOnBothDatabases('coverage of a plan line', everyTable, (open) => {
  let station: Station;
  let devices: { readonly k1: PoleDevice; readonly k2: PoleDevice; readonly k9: PoleDevice };
  let lineId = '';
  const view = (): Promise<CoverageView> => station.get(CoverageService).ofLine(station.root, lineId);

  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
    devices = { k1: await station.enrol('k1'), k2: await station.enrol('k2'), k9: await station.enrol('k9') };
    lineId = await planWithLine(station);
  });
  afterAll(() => station.close());

  const hears = async (device: PoleDevice, play: string, itemId: string) => {
    const item = { id: itemId, version: 1, title: 'Vay vốn nuôi dê', language: 'vi' };
    await device.send('receipts', device.batch([device.receipt(play, MONDAY_NINE, { item })]));
    await device.acked(station.platform.keys, device.seq);
  };

  it('a line without content names nothing and is not done', async () => {
    expect(await view()).toMatchObject({ items: [], cells: [], required: 3, reached: 0, done: false, demo: false });
  });

  it('case 22: every hamlet but one is not done, and the missing one is named; silence is unknown', async () => {
    const item = await shelve(station, { planLineId: lineId, title: 'Vay vốn nuôi dê' });
    expect((await view()).cells).toEqual([['notPlanned', 'notPlanned', 'notPlanned']]);
    for (const [cluster, device] of Object.entries(devices))
      await told(station, device, ['p1'], { cluster, itemId: item.id });
    expect((await view()).cells).toEqual([['unknown', 'unknown', 'unknown']]);
    await hears(devices.k1, 'p1', item.id);
    await hears(devices.k9, 'p1', item.id);
    const short = await view();
    expect(coverageView.parse(short)).toEqual(short);
    expect(short).toMatchObject({
      hamlets: [{ communeName: 'An Khương' }, { communeName: 'An Khương' }, { communeName: 'An Phú' }],
      cells: [['complete', 'unknown', 'complete']],
      counts: { complete: 2, unknown: 1, partial: 0, notPlayed: 0, notPlanned: 0 },
      required: 3,
      reached: 2,
      done: false,
      missing: [{ item: 'Vay vốn nuôi dê', hamlet: 'Ấp 2', commune: 'An Khương', state: 'unknown' }],
    });
    await hears(devices.k2, 'p1', item.id);
    expect(await view()).toMatchObject({ reached: 3, done: true, missing: [] });
    // What is not approved is no row, and what lies outside the plan's area is none of its content.
    const [draft, foreign] = [
      await shelve(station, { planLineId: lineId }),
      await shelve(station, { planLineId: lineId }),
    ];
    await station.database.write(async ({ manager }) => {
      await manager.query(`UPDATE item SET approved_version = NULL WHERE id = '${draft.id}'`);
      await manager.query(`UPDATE item SET area_path = '/elsewhere/' WHERE id = '${foreign.id}'`);
    });
    expect(await view()).toMatchObject({ items: [{ id: item.id }], required: 3, done: true });
  });

  it('case 25: a replaced controller keeps what its cluster has played', async () => {
    const before = await view();
    await station.enrol('k1');
    expect(await view()).toEqual(before);
  });

  it('invariant 9: receipts are listed for the areas of the one who asks, newest first', async () => {
    const list = async (filter: Partial<ReceiptFilter>) =>
      (await station.database.read((reader) => findReceipts(reader, { scopes: ['/'], limit: 10, ...filter })))
        .map(({ receipt }) => receipt.controllerId)
        .sort();
    const { k1, k2, k9 } = devices;
    const monitor = person('Anh Nam', 'monitor', (await station.area('ap')).path);
    expect(await list({})).toEqual([k1.id, k2.id, k9.id].sort());
    expect(await list({ scopes: monitor.scopes('coverage.read') })).toEqual([k9.id]);
    expect(await list({ scopes: [] })).toEqual([]);
    expect(await list({ clusterId: (await station.cluster('k2')).id })).toEqual([k2.id]);
    expect(await list({ outcome: 'partial' })).toEqual([]);
    expect(await list({ limit: 2 })).toHaveLength(2);
  });

  it('invariant 9: nobody sees the coverage of a plan above their area', async () => {
    const monitor = person('Anh Nam', 'monitor', (await station.area('ap')).path);
    await expect(station.get(CoverageService).ofLine(monitor, lineId)).rejects.toMatchObject({ code: 'plan.unknown' });
    await expect(station.get(CoverageService).ofLine(station.root, 'nothing')).rejects.toMatchObject({
      code: 'plan.unknown',
    });
  });

  it('a relay that sounded whole proves a part at most: nobody verified what its source sent', async () => {
    const line = await planWithLine(station);
    const item = await shelve(station, { planLineId: line, title: 'Thời sự VOV' });
    await told(station, devices.k9, ['relayed'], { cluster: 'k9', itemId: item.id });
    const said = { id: item.id, version: 1, title: 'Thời sự VOV', language: 'vi' };
    const receipt = devices.k9.receipt('relayed', MONDAY_NINE, { item: said, relay: { heardMs: 58_000 } });
    await devices.k9.send('receipts', devices.k9.batch([receipt]));
    await devices.k9.acked(station.platform.keys, devices.k9.seq);
    expect((await station.get(CoverageService).ofLine(station.root, line)).cells).toEqual([
      ['notPlanned', 'notPlanned', 'partial'],
    ]);
    const kept = await station.database.read((reader) =>
      reader.findOneBy(PlayOutcome, { receiptId: `${devices.k9.id}.1.${devices.k9.seq}` }),
    );
    expect(kept).toMatchObject({ outcome: 'complete', grade: 'completed', relayHeardMs: 58_000 });
    const listed = await station.database.read((reader) =>
      findReceipts(reader, { scopes: ['/'], limit: 10, itemId: item.id }),
    );
    expect(listed.map(({ contentVerified }) => contentVerified)).toEqual([false]);
    const reception = await station.get(ReceptionService).ofItem(station.root, item.id);
    expect(reception.communes.filter(({ planned }) => planned > 0)).toMatchObject([{ complete: 0, partial: 1 }]);
    const others = await station.database.read((reader) => findReceipts(reader, { scopes: ['/'], limit: 10 }));
    expect(others.filter(({ contentVerified }) => contentVerified).length).toBe(others.length - 1);
  });

  it('a hamlet served by a transmitter only is never complete; a board beside a loudspeaker keeps nothing from being complete', async () => {
    const line = await planWithLine(station);
    const item = await shelve(station, { planLineId: line, title: 'Phòng chống cháy rừng' });
    const board = 'code,areaCode,name,latitude,longitude,horns,hamletCodes,kind\nb1,ak,Bảng tin ấp 2,,,0,ak2,board\n';
    await station.get(ClusterService).importCsv(station.root, board);
    const { id: fm } = await station.cluster('k9');
    await station.database.write(({ manager }) => manager.update('cluster', { id: fm }, { reach: 'transmitter' }));
    for (const cluster of ['k2', 'k9'] as const) {
      await told(station, devices[cluster], ['p3'], { cluster, itemId: item.id });
      const said = { id: item.id, version: 1, title: 'Phòng chống cháy rừng', language: 'vi' };
      const { [cluster]: device } = devices;
      await device.send('receipts', device.batch([device.receipt('p3', MONDAY_NINE, { item: said })]));
      await device.acked(station.platform.keys, device.seq);
    }
    expect(await station.get(CoverageService).ofLine(station.root, line)).toMatchObject({
      cells: [['notPlanned', 'complete', 'partial']],
      hamlets: [{ byTransmitter: false }, { byTransmitter: false }, { byTransmitter: true }],
      done: false,
    });
    const { communes } = await station.get(ReceptionService).ofItem(station.root, item.id);
    expect(communes).toMatchObject([
      { name: 'An Khương', complete: 1, partial: 0, toTransmitter: 0 },
      { name: 'An Phú', complete: 0, partial: 1, toTransmitter: 1 },
    ]);
    const found = await station.database.read((reader) =>
      findReceipts(reader, { scopes: ['/'], limit: 10, itemId: item.id }),
    );
    expect(found.map(({ reach }) => reach).sort()).toEqual(['horn', 'transmitter']);
  });

  it('all this while every play was counted once', async () => {
    expect(await station.database.read(wrongTallies)).toEqual([]);
  });
});
