import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import type { Database } from '../platform/database/index.js';
import { at } from './engine/engine.spec-support.js';
import { concerns, spanOfDays, timeline } from './engine/index.js';
import { previewView } from './scheduling.api.js';
import { aProvince, tables } from './scheduling.spec-support.js';

const ZONE = 'Asia/Ho_Chi_Minh';

describeOnBothDatabases('schedule', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  beforeEach(async () => {
    database = await open();
    place = await aProvince(database);
  });

  const preview = (query: { areaId: string; clusterId?: string; from?: string; days?: number }) =>
    place.schedule.preview(place.root, { from: '2026-01-06', days: 1, ...query });

  it('a preview says in words when what is played, and is what its schema says', async () => {
    await place.entries.create(place.operator, place.request({ title: 'Bản tin sáng' }));
    const seen = await place.schedule.preview(place.monitor, {
      areaId: place.areas.ak.id,
      from: '2026-01-06',
      days: 1,
    });
    expect(previewView.parse(seen)).toEqual(seen);
    expect(seen).toMatchObject({
      zone: ZONE,
      fromMs: at('2026-01-06T00:00:00'),
      untilMs: at('2026-01-07T00:00:00'),
      plays: [
        {
          entryTitle: 'Bản tin sáng',
          localDay: '2026-01-06',
          starts: '05:00:00',
          ends: '05:12:00',
          words: 'Thứ Ba 06/01/2026, 05:00–05:12',
          play: { startMs: at('2026-01-06T05:00:00'), volume: 80, item: { title: 'Bản tin An Khương' } },
        },
      ],
      gaps: [],
      overlaps: [],
    });
  });

  it('the preview of a cluster is what its device is told, from offices above as well', async () => {
    const { root, areas, entries, shelf, schedule, request } = place;
    await entries.createMany(root, [
      request({ areaId: areas.bp.id, itemId: 'item-bp' }),
      request({ areaId: areas.bp.id, itemId: 'item-bp', clusterIds: ['k9'] }),
      request({ recurrence: { kind: 'daily', from: '2026-01-01', until: null, time: '05:05' }, clusterIds: ['k1'] }),
      request({ areaId: areas.ak1.id }),
      request({ areaId: areas.ap.id, itemId: 'item-ap' }),
    ]);
    const cluster = { id: 'k1', areaPath: areas.ak.path };
    const span = spanOfDays('2026-01-06', 2, ZONE);
    const told = await database.read(async (reader) => {
      const active = (await schedule.activeEntries(reader, span.untilMs)).filter((entry) => concerns(entry, cluster));
      return timeline({ entries: active, items: shelf.items, span, zone: ZONE });
    });
    const seen = await preview({ areaId: areas.ak.id, clusterId: 'k1', days: 2 });
    expect(told.plays).toHaveLength(4);
    expect(seen.plays.map(({ play }) => play)).toEqual(told.plays);
    expect(seen.overlaps).toEqual(told.overlaps);
    expect(seen.overlaps).toHaveLength(2);
    // Without a cluster: everything that some cluster at or below the commune is told, and nothing of the neighbours.
    expect(
      (await preview({ areaId: areas.ak.id })).plays.map(({ areaId, clusterIds }) => [areaId, clusterIds]),
    ).toEqual([
      [areas.bp.id, null],
      [areas.bp.id, ['k9']],
      [areas.ak1.id, null],
      [areas.ak.id, ['k1']],
    ]);
  });

  it('withdrawn content leaves a gap with its reason', async () => {
    const { id } = await place.entries.create(place.operator, place.request());
    place.shelf.items.delete('item-ak');
    const { plays, gaps } = await preview({ areaId: place.areas.ak.id });
    expect(plays).toEqual([]);
    expect(gaps).toMatchObject([
      {
        entryId: id,
        entryTitle: 'Bản tin An Khương',
        localDay: '2026-01-06',
        starts: '05:00:00',
        reason: 'notApproved',
      },
    ]);
  });

  it('nobody previews an area that is not theirs', async () => {
    const query = { areaId: place.areas.ap.id, from: '2026-01-06', days: 1 };
    await expect(place.schedule.preview(place.operator, query)).rejects.toMatchObject({ code: 'area.unknown' });
  });

  it('active entries: those of today and ahead, not those that are over', async () => {
    const { root, clock, entries, schedule, request } = place;
    const titles = (untilMs: number) =>
      database.read(async (reader) => (await schedule.activeEntries(reader, untilMs)).map(({ title }) => title).sort());
    const once = (title: string, date: string, time: string) =>
      request({ title, recurrence: { kind: 'once', date, time } });
    const cancelled = await entries.create(root, request({ title: 'cancelled' }));
    await entries.cancel(root, cancelled.id);
    await entries.createMany(root, [
      once('tomorrow', '2026-01-06', '05:00'),
      once('today', '2026-01-08', '05:00'),
      once('ahead', '2026-01-12', '05:00'),
      request({ title: 'open' }),
    ]);
    clock.set(at('2026-01-08T09:00:00'));
    expect(await titles(at('2026-01-13T00:00:00'))).toEqual(['ahead', 'open', 'today']);
    expect(await titles(at('2026-01-12T05:00:00'))).toEqual(['open', 'today']);
  });
});
