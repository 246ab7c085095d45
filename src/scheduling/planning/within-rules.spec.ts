import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { aStation, at, MINUTE_MS } from '../../../test/support/planning-office.js';
import { everyTable } from '../../../test/support/station.js';
import { Board, DEFAULT_ZONE, spanOfDays } from '../engine/index.js';
import { ScheduleService } from '../preview/schedule.service.js';
import { newRuleSet } from '../rules/rule-set.api.js';
import { RuleSetService } from '../rules/rule-set.service.js';
import { campaignRequest } from './planning.api.js';
import { PlanningService } from './planning.service.js';

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

describeOnBothDatabases('planning within the rules', everyTable, (open) => {
  let place: Awaited<ReturnType<typeof aStation>>;
  beforeEach(async () => {
    place = await aStation(await open());
  });
  afterEach(() => place.station.close());

  const rule = (parts: Record<string, unknown>) =>
    place.station.get(RuleSetService).create(
      place.station.root,
      newRuleSet.parse({
        ...{ areaId: place.areas.ak.id, number: '12/QC-UBND', date: '2026-01-05', validFrom: '2026-01-05' },
        windows: [
          { days: EVERY_DAY, from: '05:00', until: '06:00' },
          { days: EVERY_DAY, from: '17:00', until: '18:00' },
        ],
        ...parts,
      }),
    );
  const campaign = async (changes: Record<string, unknown>) =>
    place.station.get(PlanningService).campaign(
      place.operator,
      campaignRequest.parse({
        ...{ areaId: place.areas.ak.id, playsPerHamlet: 1, from: '2026-01-06', until: '2026-01-08', ...changes },
      }),
    );
  /** Everything that is not played at k1 in those days once the proposals are accepted. */
  const gapsAfter = async (told: Awaited<ReturnType<typeof campaign>>) => {
    await place.accept(told);
    const { station, areas } = place;
    const span = spanOfDays('2026-01-06', 3, DEFAULT_ZONE);
    const gathered = await station.database.read((reader) =>
      station.get(ScheduleService).gather(reader, areas.ak.path, span, DEFAULT_ZONE),
    );
    return new Board(gathered).planOf(await place.clusterId('k1')).gaps;
  };
  const items = (count: number) => Promise.all(Array.from({ length: count }, (_, index) => place.item(`Bài ${index}`)));
  const timesOf = (told: Awaited<ReturnType<typeof campaign>>) =>
    told.batches.flat().map(({ entry }) => entry.recurrence.time);

  it('allowed hours and days of mourning or funerals', async () => {
    const blackouts = [
      { fromMs: at('2026-01-06T00:00'), untilMs: at('2026-01-08T05:20'), reason: 'Tang lễ', kind: 'funeral' },
    ];
    await rule({ blackouts });
    const told = await campaign({ itemIds: await items(2), windows: [{ from: '03:00', until: '05:30' }] });
    expect(told.batches.flat().map(({ entry }) => `${entry.recurrence.date} ${entry.recurrence.time}`)).toEqual([
      '2026-01-08 05:20:00',
      '2026-01-08 05:25:00',
    ]);
    expect(await gapsAfter(told)).toEqual([]);
  });

  it('no session is made longer than the rules allow: the rest is heard in another one', async () => {
    await place.daily(await place.item('Thời sự', 10 * MINUTE_MS), '05:00');
    await rule({ maxSessionMinutes: 15, sessionGapMinutes: 5 });
    const told = await campaign({ itemIds: await items(9) });
    expect(told.summary).toMatchObject({ wanted: 18, placed: 18 });
    expect(await gapsAfter(told)).toEqual([]);
  });

  it('on a day that has all its sessions, scripts join one of them', async () => {
    const news = await place.item('Thời sự', 10 * MINUTE_MS);
    await place.daily(news, '05:20');
    await place.daily(news, '17:30');
    await rule({ maxSessionsPerDay: 2, sessionGapMinutes: 5 });
    const told = await campaign({ itemIds: await items(3) });
    expect(told.summary).toMatchObject({ wanted: 6, placed: 6 });
    expect(await gapsAfter(told)).toEqual([]);
    for (const time of timesOf(told)) expect(time >= '05:10:00' && time <= '17:50:00').toBe(true);
  });

  it('where the rules leave no session, nothing is proposed, and it is told why', async () => {
    const news = await place.item('Thời sự', 20 * MINUTE_MS);
    await place.daily(news, '05:20');
    await rule({ maxSessionsPerDay: 1, maxSessionMinutes: 20 });
    const told = await campaign({ itemIds: await items(1) });
    expect(told).toMatchObject({ batches: [], unplaced: [{ reason: 'rulesLeaveNoTime' }], summary: { placed: 0 } });
    expect(told.unplaced[0]?.hamlets).toHaveLength(2);
  });
});
