import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { ReceiptIntake } from '../intake.service.js';
import { dayView } from './day.api.js';
import { DayService } from './day.service.js';

describeOnBothDatabases('a day of a commune', everyTable, (open) => {
  let station: Station;
  let areaId: string;
  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
    areaId = (await station.area('ak')).id;
  });
  afterAll(() => station.close());

  it('tells of each cluster what was planned and what came of it; what nobody speaks of is unknown', async () => {
    const [first, second] = [await station.enrol('k1'), await station.enrol('k2')];
    await told(station, first, ['p1', 'p2', 'p3']);
    await told(station, second, ['p1'], { cluster: 'k2' });
    await told(station, second, ['gone'], { cluster: 'k2', startMs: MONDAY_NINE + 1, withdrawnAtMs: MONDAY_NINE });
    // The day before, by a minute of local time.
    await told(station, second, ['before'], { cluster: 'k2', startMs: Date.parse('2026-01-04T23:59:00+07:00') });
    const missed = {
      ...({ outcome: 'notPlayed', cause: 'assetMissing', grade: 'received' } as const),
      ...{ startedAtMs: null, endedAtMs: null, playedMs: 0 },
    };
    const receipts = [
      first.receipt('p1', MONDAY_NINE, { sensed: false }),
      first.receipt('p2', MONDAY_NINE + 60_000, missed),
    ];
    await first.send('receipts', first.batch(receipts));
    await first.acked(station.platform.keys, 2);

    const day = await station.get(DayService).ofArea(station.root, { areaId, day: '2026-01-05' });
    expect(dayView.parse(day)).toEqual(day);
    expect(day.counts).toEqual({ complete: 0, partial: 1, notPlayed: 1, unknown: 2 });
    const plays = day.clusters.map(({ name, plays }) => [
      name,
      plays.map(({ outcome, cause, remark }) => [outcome, cause, remark]),
    ]);
    expect(plays).toEqual([
      [
        'Cụm loa ấp 1',
        [
          ['partial', null, 'lineSilent'],
          ['notPlayed', 'assetMissing', null],
          ['unknown', null, 'noReceipt'],
        ],
      ],
      ['Cụm loa ấp 2', [['unknown', null, 'noReceipt']]],
    ]);
  });

  it('invariant 9: a neighbour sees nothing of it', async () => {
    const neighbour = person('Mai', 'monitor', (await station.area('ap')).path);
    await expect(station.get(DayService).ofArea(neighbour, { areaId, day: '2026-01-05' })).rejects.toMatchObject({
      code: expect.stringMatching(/unknown|forbidden/i),
    });
  });
});
