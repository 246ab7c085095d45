import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { plannedPlayId } from '../../dispatch/index.js';
import { Controller } from '../../fleet/index.js';
import { DayService } from '../day/day.service.js';
import { ReceiptIntake } from '../intake.service.js';
import { ReceiptRow } from '../receipt.entity.js';
import { wrongTallies } from '../tallies/recount.queries.js';
import { DoubtService } from './doubt.service.js';

const MINUTE_MS = 60_000;

describeOnBothDatabases('receipts of a key that was in other hands', everyTable, (open) => {
  let station: Station;
  let areaId: string;
  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
    areaId = (await station.area('ak')).id;
  });
  afterAll(() => station.close());

  const counts = async () => (await station.get(DayService).ofArea(station.root, { areaId, day: '2026-01-05' })).counts;
  const read: Station['database']['read'] = (work) => station.database.read(work);

  it('grades can fall: what it signed since then is unknown again, its receipts and its history stay', async () => {
    const device = await station.enrol('k1');
    await told(station, device, ['p1', 'p2', 'p3', 'p4']);
    const receipts = ['p1', 'p2', 'p3'].map((play, n) => device.receipt(play, MONDAY_NINE + n * MINUTE_MS));
    await device.send('receipts', device.batch(receipts));
    await device.acked(station.platform.keys, 3);
    expect(await counts()).toMatchObject({ complete: 3, unknown: 1 });

    const doubts = station.get(DoubtService);
    const since = { fromMs: MONDAY_NINE + MINUTE_MS, reason: 'Bộ điều khiển bị mất trộm' };
    await expect(doubts.doubt(station.root, device.id, since)).rejects.toMatchObject({ code: 'receipt.doubtInUse' });
    // Revoked in the database only: its connection is what sends the late receipt below.
    await station.database.write(({ manager }) =>
      manager.update(Controller, { id: device.id }, { revokedAtMs: MONDAY_NINE + 60 * MINUTE_MS }),
    );
    expect(await doubts.doubt(station.root, device.id, since)).toMatchObject({ plays: 2 });
    expect(await counts()).toMatchObject({ complete: 1, unknown: 3 });
    expect(await read((reader) => reader.countBy(ReceiptRow, { controllerId: device.id }))).toBe(3);
    expect(await doubts.historyOf(station.root, plannedPlayId(device.id, 'p2'))).toMatchObject([
      { outcomeBefore: 'complete', outcomeAfter: 'unknown', reason: since.reason },
    ]);
    // What comes late is kept, and believed no more than that.
    await device.send('receipts', device.batch([device.receipt('p4', MONDAY_NINE + 3 * MINUTE_MS)]));
    await device.acked(station.platform.keys, 4);
    expect(await counts()).toMatchObject({ complete: 1, unknown: 3 });
    // Less far back than before: nothing rises again. Further back: the rest falls too.
    expect(await doubts.doubt(station.root, device.id, { ...since, fromMs: MONDAY_NINE + 9 * MINUTE_MS })).toEqual({
      ...{ controllerId: device.id, fromMs: since.fromMs, plays: 0 },
    });
    expect(await doubts.doubt(station.root, device.id, { ...since, fromMs: 0 })).toMatchObject({ plays: 1 });
    expect(await counts()).toMatchObject({ complete: 0, unknown: 4 });
    expect(await read(wrongTallies)).toEqual([]);
  });

  it('invariant 9: who has nothing to say about the device neither doubts nor reads', async () => {
    const device = await station.enrol('k2');
    await told(station, device, ['q1'], { cluster: 'k2' });
    const neighbour = person('Mai', 'technician', (await station.area('ap')).path);
    const doubts = station.get(DoubtService);
    await expect(doubts.doubt(neighbour, device.id, { fromMs: 0, reason: 'mất trộm' })).rejects.toMatchObject({
      code: expect.stringContaining('controller.'),
    });
    await expect(doubts.historyOf(neighbour, plannedPlayId(device.id, 'q1'))).rejects.toMatchObject({
      code: 'receipt.playUnknown',
    });
  });
});
