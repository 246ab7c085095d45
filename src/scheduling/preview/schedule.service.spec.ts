import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { at } from '../engine/engine.spec-support.js';
import { Board, spanOfDays } from '../engine/index.js';
import { entriesWithin } from '../entries/entry.queries.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { previewView } from './preview.api.js';

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
    const { root, areas, entries, schedule, request } = place;
    await entries.createMany(root, [
      request({ areaId: areas.bp.id, itemId: 'item-bp' }),
      request({ areaId: areas.bp.id, itemId: 'item-bp', clusterIds: ['k9'] }),
      request({ recurrence: { kind: 'daily', from: '2026-01-01', until: null, time: '05:05' }, clusterIds: ['k1'] }),
      request({ areaId: areas.ak1.id }),
      request({ areaId: areas.ap.id, itemId: 'item-ap' }),
    ]);
    for (const [id, area] of [
      ['k1', areas.ak],
      ['k2', areas.ak1],
      ['k9', areas.ap],
    ] as const)
      await place.cluster(id, area);
    const span = spanOfDays('2026-01-06', 2, ZONE);
    const told = await database.read(async (reader) =>
      new Board(await schedule.gather(reader, '/', span, ZONE)).planOf('k1'),
    );
    const seen = await preview({ areaId: areas.ak.id, clusterId: 'k1', days: 2 });
    expect(told.plays).toHaveLength(4);
    expect(seen.plays.map(({ play }) => play)).toEqual(told.plays);
    expect(seen.overlaps).toEqual(told.overlaps);
    expect(seen.overlaps).toHaveLength(2);
    // Without a cluster: what clusters at or below the commune are told, and nothing of the neighbours.
    expect(
      (await preview({ areaId: areas.ak.id })).plays.map(({ areaId, clusterIds }) => [areaId, clusterIds]),
    ).toEqual([
      [areas.bp.id, ['k1', 'k2']],
      [areas.ak1.id, ['k2']],
      [areas.ak.id, ['k1']],
    ]);
  });

  it('where no cluster is yet, it shows what one would be told', async () => {
    await place.entries.create(place.operator, place.request());
    expect((await preview({ areaId: place.areas.ak.id })).plays).toMatchObject([
      { starts: '05:00:00', clusterIds: [] },
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
        words: 'Nội dung chưa được duyệt hoặc đã bị thu hồi nên không phát.',
      },
    ]);
  });

  it('invariant 9: of what an office above plays at clusters that it names, nobody learns of those elsewhere', async () => {
    const { root, operator, areas, entries, schedule, request } = place;
    for (const [id, area] of [
      ['k1', areas.ak],
      ['k7', areas.ap],
    ] as const)
      await place.cluster(id, area);
    const named = { areaId: areas.bp.id, itemId: 'item-bp' };
    await entries.create(root, request({ ...named, clusterIds: ['k1', 'k7'], title: 'Tỉnh ở đây' }));
    await entries.create(root, request({ ...named, clusterIds: ['k7'], title: 'Tỉnh ở xã bên' }));
    const seen = await schedule.preview(operator, { areaId: areas.ak.id, from: '2026-01-06', days: 1 });
    expect(seen.plays.map(({ entryTitle, clusterIds }) => [entryTitle, clusterIds])).toEqual([['Tỉnh ở đây', ['k1']]]);
    expect(JSON.stringify(seen)).not.toContain('"k7"');
    const elsewhere = { areaId: areas.ak.id, clusterId: 'k7', from: '2026-01-06', days: 1 };
    await expect(schedule.preview(operator, elsewhere)).rejects.toMatchObject({ code: 'schedule.clusterUnknown' });
  });

  it('a cluster of a hamlet is told what the hamlet plays, one of the commune is not: as dispatch has it', async () => {
    const { root, areas, entries, schedule, request } = place;
    await entries.createMany(root, [
      request({ areaId: areas.bp.id, itemId: 'item-bp' }),
      request(),
      request({ areaId: areas.ak1.id, itemId: 'item-ak1' }),
      request({ areaId: areas.ak1.id, itemId: 'item-ak1', clusterIds: ['k1'] }),
      request({ areaId: areas.ak1.id, itemId: 'item-ak1', clusterIds: ['k2'] }),
    ]);
    const span = spanOfDays('2026-01-06', 1, ZONE);
    for (const [id, area] of [
      ['k0', areas.bp],
      ['k3', areas.ak],
      ['k1', areas.ak1],
    ] as const)
      await place.cluster(id, area);
    for (const [id, area, plays] of [
      ['k0', areas.bp, 1],
      ['k3', areas.ak, 2],
      ['k1', areas.ak1, 4],
    ] as const) {
      const told = await database.read(async (reader) =>
        new Board(await schedule.gather(reader, '/', span, ZONE)).planOf(id),
      );
      const seen = await preview({ areaId: area.id, clusterId: id });
      expect(seen.plays.map(({ play }) => play)).toEqual(told.plays);
      expect(seen.plays).toHaveLength(plays);
    }
  });

  it('a day that is full says so, for the cluster and for its area', async () => {
    const { root, areas, entries, request } = place;
    const nth = (i: number) => {
      const time = new Date(i * 1_000).toISOString().slice(11, 19);
      return request({ recurrence: { kind: 'once', date: '2026-01-06', time } });
    };
    await entries.createMany(
      root,
      Array.from({ length: 2_001 }, (_, i) => nth(i * 40)),
    );
    shortenAll();
    await place.cluster('k1', areas.ak);
    for (const clusterId of ['k1', undefined]) {
      const seen = await preview({ areaId: areas.ak.id, ...(clusterId && { clusterId }) });
      expect(seen.plays).toHaveLength(2_000);
      expect(seen.gaps).toMatchObject([
        {
          starts: '22:13:20',
          reason: 'dayFull',
          words: 'Ngày này đã đủ 2.000 lượt phát nên lượt bắt đầu muộn này không phát.',
        },
      ]);
    }
  });

  /** So that thousands of plays a day do not overlap. */
  const shortenAll = () => {
    for (const [id, item] of place.shelf.items)
      place.shelf.items.set(id, { ...item, audio: { ...item.audio, durationMs: 1_000 } });
  };

  it('nobody previews an area that is not theirs', async () => {
    const query = { areaId: place.areas.ap.id, from: '2026-01-06', days: 1 };
    await expect(place.schedule.preview(place.operator, query)).rejects.toMatchObject({ code: 'area.unknown' });
  });

  it('entries that are over are not looked at', async () => {
    const { root, clock, areas, entries, request } = place;
    const once = (title: string, date: string, time: string) =>
      request({ title, recurrence: { kind: 'once', date, time } });
    const cancelled = await entries.create(root, request({ title: 'cancelled' }));
    clock.set(at('2026-01-05T10:00:00'));
    await entries.cancel(root, cancelled.id);
    await entries.createMany(root, [
      once('over', '2026-01-06', '05:00'),
      once('today', '2026-01-08', '05:00'),
      once('ahead', '2026-01-20', '05:00'),
      request({ title: 'open' }),
    ]);
    const found = await database.read((reader) =>
      entriesWithin(reader, spanOfDays('2026-01-08', 7, ZONE), areas.ak.path),
    );
    expect(found.map(({ title }) => title).sort()).toEqual(['open', 'today']);
  });
});
