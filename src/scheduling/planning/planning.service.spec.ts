import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { aStation, at, MINUTE_MS, placesOf } from '../../../test/support/planning-office.js';
import { everyTable, person } from '../../../test/support/station.js';
import { ClusterService } from '../../fleet/index.js';
import { Board, DEFAULT_ZONE, spanOfDays } from '../engine/index.js';
import { ScheduleService } from '../preview/schedule.service.js';
import { campaignRequest, makeUpRequest, proposalsView } from './planning.api.js';
import { PlanningService } from './planning.service.js';

describeOnBothDatabases('planning', everyTable, (open) => {
  let place: Awaited<ReturnType<typeof aStation>>;
  beforeEach(async () => {
    place = await aStation(await open());
  });
  afterEach(() => place.station.close());

  const request = (changes: Record<string, unknown>) =>
    campaignRequest.parse({
      areaId: place.areas.ak.id,
      playsPerHamlet: 3,
      from: '2026-01-06',
      until: '2026-01-31',
      windows: [{ from: '05:00', until: '07:00' }],
      ...changes,
    });
  const campaign = (changes: Record<string, unknown>, actor = place.operator) =>
    place.station.get(PlanningService).campaign(actor, request(changes));
  const makeUps = (changes: Record<string, unknown>) =>
    place.station
      .get(PlanningService)
      .makeUps(
        place.operator,
        makeUpRequest.parse({ areaId: place.areas.ak.id, from: '2026-01-06', until: '2026-01-31', ...changes }),
      );

  it('a campaign of a commune: entries as people make them, in words, counted, stored nowhere', async () => {
    const [first, second] = [await place.item('Vay vốn'), await place.item('Tiêm chủng')];
    const told = await campaign({ itemIds: [first, second, first] });
    expect(proposalsView.parse(told)).toEqual(told);
    expect(told.unplaced).toEqual([]);
    expect(told.summary).toMatchObject({ cells: 4, wanted: 12, placed: 12 });
    expect(told.summary.byDay.reduce((sum, { entries }) => sum + entries, 0)).toBe(6);
    const [batch = []] = told.batches;
    expect(told.batches).toHaveLength(1);
    expect(batch).toHaveLength(6);
    expect(batch[0]).toMatchObject({
      entry: { areaId: place.areas.ak.id, clusterIds: null, recurrence: { kind: 'once', time: '05:00:00' } },
      serves: [place.areas.ak1.id, place.areas.ak2.id].sort(),
    });
    expect(batch[0]?.words.vi).toMatch(
      /^(Thứ \S+|Chủ nhật) \d\d\/01\/2026, 05:00–05:05: “.+”, An Khương, mọi cụm loa, 2 thôn\.$/,
    );
    expect(await campaign({ itemIds: [second, first] })).toEqual(told);
  });

  it('a board is no place for a script: a hamlet with a board alone is not reached', async () => {
    await place.station.importClusters('k2,ak,Cụm loa ấp 2,,,4,\n');
    await place.station
      .get(ClusterService)
      .importCsv(place.station.root, 'code,areaCode,name,hamletCodes,kind\nb1,ak,Bảng tin,ak2,board\n');
    const told = await campaign({ itemIds: [await place.item('Vay vốn')], from: '2026-01-07', playsPerHamlet: 1 });
    expect(told.unplaced.map(({ reason }) => reason)).toEqual(['noCluster']);
    expect(told.batches.flat().map(({ serves }) => serves)).toEqual([[place.areas.ak1.id]]);
  });

  it('what is proposed is what devices are told once it is accepted, beside what they played before', async () => {
    const [news, script] = [await place.item('Thời sự', 30 * MINUTE_MS), await place.item('Vay vốn')];
    await place.daily(news, '05:00');
    const told = await campaign({ itemIds: [script], gapMinutes: 2 });
    expect(new Set(told.batches.flat().map(({ entry }) => entry.recurrence.time))).toEqual(new Set(['05:32:00']));
    await place.accept(told);
    const { station, areas, clusterId } = place;
    const span = spanOfDays('2026-01-06', 26, DEFAULT_ZONE);
    const board = await station.database.read(
      async (reader) => new Board(await station.get(ScheduleService).gather(reader, areas.ak.path, span, DEFAULT_ZONE)),
    );
    for (const code of ['k1', 'k2']) {
      const { plays, gaps, overlaps } = board.planOf(await clusterId(code));
      expect(plays.filter(({ item }) => item.id === script).map(({ startMs }) => startMs)).toEqual(
        told.batches.flat().map(({ startMs }) => startMs),
      );
      expect([gaps, overlaps]).toEqual([[], []]);
    }
    // Asked again, the days that play the script already are left alone.
    const again = await campaign({ itemIds: [script], playsPerHamlet: 1 });
    const days = told.batches.flat().map(({ entry }) => entry.recurrence.date);
    expect(days).not.toContain(again.batches[0]?.[0]?.entry.recurrence.date);
  });

  it('the cut comes first, and what comes too late for it is told', async () => {
    const script = await place.item();
    const told = await campaign({ itemIds: [script], cut: { before: '2026-01-08', atLeast: 2 } });
    expect(placesOf(told).filter((day) => day < '2026-01-08')).toHaveLength(2);
    const late = await campaign({ itemIds: [script], cut: { before: '2026-01-07', atLeast: 2 } });
    expect(late.unplaced).toMatchObject([{ reason: 'cutNotMet', hamlets: [{ missing: 1 }, { missing: 1 }] }]);
    expect(late.unplaced[0]?.words.vi).toContain('07/01/2026');
    expect(late.summary.placed).toBe(6);
  });

  it('nothing is proposed for the next half hour or for days that are over', async () => {
    const script = await place.item();
    const windows = [{ from: '09:00', until: '24:00' }];
    const today = await campaign({
      ...{ itemIds: [script], playsPerHamlet: 1, from: '2026-01-05', until: '2026-01-05', windows },
    });
    expect(placesOf(today)).toEqual(['2026-01-05 09:30:00']);
    const over = await campaign({ itemIds: [script], from: '2025-12-01', until: '2025-12-31' });
    expect(over).toMatchObject({ batches: [], unplaced: [{ reason: 'periodOver' }], summary: { placed: 0 } });
  });

  it('case 23: a hamlet without a cluster is listed, one that shares a cluster is served by it', async () => {
    await place.station.importClusters('k1,ak,Cụm loa chung,,,2,ak1;ak2\nk2,ak,Cụm loa ở chợ,,,2,\n');
    const script = await place.item();
    const next = { from: '2026-01-07', until: '2026-01-31', playsPerHamlet: 1 };
    const shared = await campaign({ itemIds: [script], ...next });
    expect(shared.batches.flat()).toMatchObject([
      {
        entry: { clusterIds: [await place.clusterId('k1')] },
        serves: [place.areas.ak1.id, place.areas.ak2.id].sort(),
      },
    ]);
    place.station.clock.set(at('2026-01-08T09:00'));
    await place.station.importClusters('k1,ak,Cụm loa ấp 1,,,2,ak1\n');
    const one = await campaign({ itemIds: [script], ...next, from: '2026-01-12' });
    expect(one.unplaced).toMatchObject([
      { reason: 'noCluster', hamlets: [{ id: place.areas.ak2.id, name: 'Ấp 2', missing: 1 }] },
    ]);
  });

  it('a script lasts as long as all its language versions together where all are spoken', async () => {
    const script = await place.item('Vay vốn', 5 * MINUTE_MS);
    const other = await place.item('Vay vốn (Xtiêng)', 7 * MINUTE_MS);
    await place.station.database.write(async ({ manager }) => {
      await manager.query(`UPDATE item SET group_id = '${script}', language = 'xtg' WHERE id = '${other}'`);
      await manager.query(
        `INSERT INTO language_profile (area_id, area_path, languages) VALUES ('${place.areas.ak.id}', '${place.areas.ak.path}', '["vi","xtg"]')`,
      );
    });
    const told = await campaign({ itemIds: [script], playsPerHamlet: 1 });
    const [only] = told.batches.flat();
    expect((only?.endMs ?? 0) - (only?.startMs ?? 0)).toBe(12 * MINUTE_MS);
  });

  it('make-up plays: exactly the cells that are missing', async () => {
    const [first, second] = [await place.item(), await place.item()];
    const { ak1, ak2 } = place.areas;
    const cells = [
      { itemId: first, hamletId: ak1.id, missing: 2 },
      { itemId: second, hamletId: ak2.id, missing: 1 },
    ];
    const told = await makeUps({ cells });
    expect(told.summary).toMatchObject({ cells: 2, wanted: 3, placed: 3 });
    expect(
      told.batches
        .flat()
        .map(({ entry, serves }) => `${entry.itemId} ${serves}`)
        .sort(),
    ).toEqual([`${first} ${ak1.id}`, `${first} ${ak1.id}`, `${second} ${ak2.id}`].sort());
    expect(await makeUps({ cells: cells.reverse() })).toEqual(told);
  });

  it('what cannot be planned is refused with its place in the request', async () => {
    const script = await place.item();
    const draft = await place.draft();
    const ofOthers = await place.item('Tin của An Phú', MINUTE_MS, 'ap');
    const refused = (answer: Promise<unknown>) =>
      answer.then(
        () => null,
        ({ code, errors }) => ({
          code,
          errors: errors.map(({ at: where, code: why }: Record<string, string>) => `${where} ${why}`),
        }),
      );
    const code = (name: string, ...errors: string[]) => ({ code: name, errors });
    expect(await refused(campaign({ itemIds: [script, draft, ofOthers, 'nothing'] }))).toEqual(
      code('planning.refused', ...[1, 2, 3].map((index) => `itemIds.${index} schedule.itemNotApproved`)),
    );
    const cell = { itemId: script, hamletId: place.areas.ak1.id, missing: 1 };
    const ap1 = (await place.station.area('ap1')).id;
    expect(await refused(makeUps({ cells: [cell, { ...cell, hamletId: ap1 }] }))).toEqual(
      code('planning.refused', 'cells.1.hamletId planning.hamletUnknown'),
    );
    expect(await refused(makeUps({ cells: [{ ...cell, itemId: draft }] }))).toEqual(
      code('planning.refused', 'cells.0.itemId schedule.itemNotApproved'),
    );
    expect(await refused(makeUps({ cells: [cell, cell] }))).toEqual(code('planning.cellTwice'));
    for (const [changes, name] of [
      [{ from: '2026-02-01', until: '2026-01-31' }, 'schedule.spanWrong'],
      [{ from: '2026-01-06', until: '2027-01-07' }, 'planning.periodTooLong'],
      [{ windows: [{ from: '07:00', until: '05:00' }] }, 'planning.windowWrong'],
      [{ cut: { before: '2026-01-10', atLeast: 4 } }, 'planning.cutWrong'],
      [{ areaId: place.areas.ak1.id }, 'planning.noOffice'],
      [{ areaId: place.areas.ap.id }, 'area.unknown'],
      [{ areaId: 'nowhere' }, 'area.unknown'],
    ] as const)
      expect(await refused(campaign({ itemIds: [script], ...changes }))).toEqual(code(name));
    expect(await refused(campaign({ itemIds: [script] }, place.monitor))).toEqual(code('right.missing'));
    const empty = await place.commune('none', 0);
    const root = person('Quản trị', 'administrator', '/');
    expect(await refused(campaign({ itemIds: [script], areaId: empty.id }, root))).toEqual(code('planning.noHamlet'));
  });

  it('a year is planned a slice at a time, and more than 500 entries come in batches', async () => {
    const items = await Promise.all(Array.from({ length: 12 }, (_, index) => place.item(`Bài ${index}`)));
    const told = await campaign({ itemIds: items, playsPerHamlet: 50, until: '2027-01-06' });
    expect(told.batches.map(({ length }) => length)).toEqual([500, 100]);
    expect(told.unplaced).toEqual([]);
  });

  it('20 scripts × 95 hamlets × 3 plays beside a day of bulletins, through the service', async () => {
    const area = await place.commune('lon', 95);
    const items = await Promise.all(Array.from({ length: 20 }, (_, index) => place.item(`Bài ${index}`)));
    for (let hour = 5; hour < 20; hour++)
      await place.daily(items[0] ?? '', `${String(hour).padStart(2, '0')}:10`, 'lon');
    const asked = { areaId: area.id, itemIds: items.slice(1), from: '2026-10-26', until: '2026-12-31' };
    const cut = { before: '2026-11-25', atLeast: 1 };
    const root = person('Quản trị', 'administrator', '/');
    const startedMs = performance.now();
    const told = await campaign({ ...asked, itemIds: [...asked.itemIds, await place.item('Bài 20')], cut }, root);
    const tookMs = performance.now() - startedMs;
    expect(told.summary).toMatchObject({ cells: 1_900, wanted: 5_700, placed: 5_700 });
    expect(told.unplaced).toEqual([]);
    // Half a second on a quiet machine; a busy one may need four times as long.
    expect(tookMs).toBeLessThan(2_000);
  });
});
