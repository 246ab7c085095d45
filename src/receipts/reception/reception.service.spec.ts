import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { schedule, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { AcceptanceService } from '../../library/index.js';
import { ReceiptIntake } from '../intake.service.js';
import { receptionView } from './reception.api.js';
import { ReceptionService } from './reception.service.js';

describeOnBothDatabases('an office above sees what communes did with its content', everyTable, (open) => {
  let station: Station;
  let device: PoleDevice;
  let itemId = '';
  const view = async () => receptionView.parse(await station.get(ReceptionService).ofItem(station.root, itemId));
  const rowOf = async (name: string) => (await view()).communes.find((commune) => commune.name === name);

  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
    device = await station.enrol('k1');
    ({ id: itemId } = await shelve(station, { area: 'bp', title: 'Vay vốn nuôi dê' }));
  });
  afterAll(() => station.close());

  it('before anybody decided: every commune, by name, with nothing', async () => {
    expect(await view()).toMatchObject({
      title: 'Vay vốn nuôi dê',
      communes: [
        { name: 'An Khương', decision: null, scheduled: false, planned: 0, complete: 0, lastPlayedAtMs: null },
        { name: 'An Phú', decision: null, scheduled: false },
      ],
      counts: { communes: 2, accepted: 0, scheduled: 0, played: 0 },
    });
  });

  it('đã nhận: accepted or declined by the commune, with who and why', async () => {
    const operator = person('Anh Phú', 'operator', (await station.area('ap')).path);
    const areaId = (await station.area('ap')).id;
    const request = { areaId, decision: 'declined', reason: 'Đã phát tuần trước' } as const;
    await station.get(AcceptanceService).decide(operator, itemId, request);
    expect(await rowOf('An Phú')).toMatchObject({
      decision: 'declined',
      reason: 'Đã phát tuần trước',
      decidedByName: 'Anh Phú',
    });
  });

  it('đã xếp lịch: a commune that schedules it has accepted it', async () => {
    await schedule(station, itemId, '17:00', { area: 'ak' });
    expect(await rowOf('An Khương')).toMatchObject({ decision: 'accepted', scheduled: true, complete: 0 });
    expect((await view()).counts).toEqual({ communes: 2, accepted: 1, scheduled: 1, played: 0 });
  });

  it('đã phát: told to devices, and proved by a receipt', async () => {
    await told(station, device, ['p1', 'p2'], { cluster: 'k1', itemId });
    expect(await rowOf('An Khương')).toMatchObject({ planned: 2, complete: 0, lastPlayedAtMs: null });
    const item = { id: itemId, version: 1, title: 'Vay vốn nuôi dê', language: 'vi' };
    await device.send('receipts', device.batch([device.receipt('p1', MONDAY_NINE, { item })]));
    await device.acked(station.platform.keys, device.seq);
    expect(await rowOf('An Khương')).toMatchObject({ planned: 2, complete: 1, lastPlayedAtMs: expect.any(Number) });
    expect((await view()).counts).toMatchObject({ played: 1 });
  });

  it('is no business of a neighbour', async () => {
    const stranger = person('Người lạ', 'operator', (await station.area('ap')).path);
    const own = await shelve(station, { area: 'ak' });
    await expect(station.get(ReceptionService).ofItem(stranger, own.id)).rejects.toMatchObject({
      code: 'library.itemUnknown',
    });
  });
});
