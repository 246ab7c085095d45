import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { aStation } from '../../../test/support/planning-office.js';
import { everyTable } from '../../../test/support/station.js';
import { Cluster } from '../../fleet/index.js';
import { newId } from '../../platform/database/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { ConflictService } from '../conflicts/conflict.service.js';
import { newEntry } from '../entries/entry.api.js';
import { ForecastService } from '../planning/forecast.service.js';
import { NeighboursService } from '../planning/neighbours.service.js';
import { campaignRequest, makeUpRequest } from '../planning/planning.api.js';
import { PlanningService } from '../planning/planning.service.js';
import { newPublication } from '../publications/publication.api.js';
import { PublicationService } from '../publications/publication.service.js';
import { previewQuery } from './preview.api.js';
import { ScheduleService } from './schedule.service.js';

/** With the three of the station, a large province. */
const CLUSTERS = 3_597;
const AT_ONCE = 500;

describeOnBothDatabases('how much is worked out at once', everyTable, (open) => {
  let place: Awaited<ReturnType<typeof aStation>>;
  let itemId: string;
  let areas: Record<'bp' | 'ak' | 'ap' | 'ak1', { readonly id: string; readonly path: string }>;
  beforeEach(async () => {
    place = await aStation(await open());
    itemId = await place.item();
    const bp = await place.station.area('bp');
    areas = { ...place.areas, bp };
    const clusters = Array.from({ length: CLUSTERS }, () => {
      const id = newId();
      return {
        ...{
          id,
          code: id,
          name: `Cụm ${id}`,
          kind: 'loudspeakers' as const,
          reach: 'horn' as const,
          areaId: bp.id,
          areaPath: bp.path,
        },
        ...{ latitude: null, longitude: null, horns: 2, createdAtMs: 0 },
      };
    });
    await place.station.database.write(async ({ manager }) => {
      for (let from = 0; from < CLUSTERS; from += AT_ONCE)
        await manager.insert(Cluster, clusters.slice(from, from + AT_ONCE));
    });
  });
  afterEach(() => place.station.close());

  const told = (work: Promise<unknown>) =>
    work.then(
      () => 'answered',
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );
  const root = () => place.station.root;
  const asked = (area: 'bp' | 'ak', days: number) =>
    previewQuery.parse({ areaId: areas[area].id, from: '2026-01-06', days });
  const lastOf = (days: number) => new Date(Date.UTC(2026, 0, 5 + days)).toISOString().slice(0, 10);

  it('a preview shows a province for a day, and a commune for a month', async () => {
    const preview = (area: 'bp' | 'ak', days: number) =>
      place.station.get(ScheduleService).preview(root(), asked(area, days));
    expect(await told(preview('bp', 1))).toBe('answered');
    expect(await told(preview('ak', 31))).toBe('answered');
    const refused = await preview('bp', 7).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'schedule.tooManyListenerDays' });
    expect((refused as Problem).title('vi')).toBe(
      'Địa bàn có 3600 cụm loa; 3600 × 7 ngày là quá nhiều để xem một lần (tối đa 25000). Chọn địa bàn nhỏ hơn hoặc ít ngày hơn.',
    );
  });

  it('so do the lists of conflicts, of what neighbours hear, and the forecast', async () => {
    const { station } = place;
    const conflicts = (area: 'bp' | 'ak', days: number) =>
      told(station.get(ConflictService).list(root(), asked(area, days)));
    expect(await conflicts('bp', 1)).toBe('answered');
    expect(await conflicts('ak', 31)).toBe('answered');
    expect(await conflicts('bp', 7)).toBe('schedule.tooManyListenerDays');
    const neighbours = (area: 'bp' | 'ak', days: number) =>
      told(station.get(NeighboursService).neighbours(root(), asked(area, days)));
    expect(await neighbours('bp', 1)).toBe('answered');
    expect(await neighbours('ak', 7)).toBe('answered');
    expect(await neighbours('bp', 7)).toBe('planning.tooLarge');
    const forecast = (area: 'bp' | 'ak', days: number) =>
      told(station.get(ForecastService).forecast(root(), asked(area, days)));
    expect(await forecast('ak', 31)).toBe('answered');
    expect(await forecast('bp', 7)).toBe('planning.tooLarge');
  });

  it('what a publication changes is reckoned for communes, not for more than a province at once', async () => {
    const summary = (...concerned: ('bp' | 'ak' | 'ap')[]) => {
      const entry = (area: 'bp' | 'ak' | 'ap') =>
        newEntry.parse({
          ...{ areaId: areas[area].id, itemId, title: area },
          recurrence: { kind: 'daily', from: '2026-01-06', until: null, time: '05:00' },
        });
      const changes = concerned.map((area) => ({ kind: 'make' as const, entry: entry(area) }));
      return told(place.station.get(PublicationService).summary(root(), newPublication.parse({ changes })));
    };
    expect(await summary('ak', 'ap')).toBe('answered');
    expect(await summary('bp')).toBe('schedule.summaryTooLarge');
  });

  it('campaigns and make-up plays: a province for weeks, a commune for a year', async () => {
    const planning = place.station.get(PlanningService);
    const request = (area: 'bp' | 'ak', days: number) => ({
      ...{ areaId: areas[area].id, from: '2026-01-06', until: lastOf(days) },
    });
    const campaign = (area: 'bp' | 'ak', days: number) =>
      told(
        planning.campaign(
          root(),
          campaignRequest.parse({ ...request(area, days), itemIds: [itemId], playsPerHamlet: 1 }),
        ),
      );
    const cells = [{ itemId, hamletId: areas.ak1.id, missing: 1 }];
    const makeUps = (area: 'bp' | 'ak', days: number) =>
      told(planning.makeUps(root(), makeUpRequest.parse({ ...request(area, days), cells })));
    expect(await campaign('ak', 366)).toBe('answered');
    expect(await campaign('bp', 21)).toBe('answered');
    expect(await campaign('bp', 28)).toBe('planning.tooLarge');
    expect(await makeUps('ak', 366)).toBe('answered');
    expect(await makeUps('bp', 28)).toBe('planning.tooLarge');
  });
});
