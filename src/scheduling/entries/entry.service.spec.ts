import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { type Database, schemaDrift } from '../../platform/database/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { at } from '../engine/engine.spec-support.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { entryEdit } from './entry.api.js';
import { Entry } from './entry.entity.js';

describeOnBothDatabases('schedule entries', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  beforeEach(async () => {
    database = await open();
    place = await aProvince(database);
  });

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );
  const rowsOf = (table: string, order: string) =>
    database.read((reader) => reader.query<Record<string, string>[]>(`SELECT * FROM ${table} ORDER BY ${order}`));
  const changes = async () =>
    (await rowsOf('outbox', 'id'))
      .filter(({ topic }) => topic === 'schedule.changed')
      .map(({ payload }) => JSON.parse(payload ?? ''));
  const deeds = async () => (await rowsOf('audit_entry', 'id')).map(({ action, subject }) => `${action} ${subject}`);
  const once = (date: string, time = '05:00') => ({ kind: 'once', date, time });

  it('migrations make exactly the tables of the entities', async () => {
    expect(await schemaDrift(database)).toEqual([]);
  });

  it('is made with what was asked and what was left to us, and comes back so', async () => {
    const weekly = { kind: 'weekly', from: '2026-01-05', until: '2026-03-01', weekdays: [7, 1, 7], time: '17:00' };
    const made = await place.entries.create(
      place.operator,
      place.request({ recurrence: weekly, clusterIds: ['k2', 'k1', 'k2'] }),
    );
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      areaId: place.areas.ak.id,
      title: 'Bản tin An Khương',
      runningOrder: [{ kind: 'item', itemId: 'item-ak' }],
      recurrence: { ...weekly, weekdays: [1, 7] },
      words: { vi: expect.stringContaining('Chủ nhật'), en: expect.stringContaining('Sunday') },
      changes: [],
      slot: null,
      place: null,
      level: 'commune',
      interrupted: 'resume',
      groupIds: null,
      hamletIds: null,
      followsId: null,
      zone: 'Asia/Ho_Chi_Minh',
      class: 'normal',
      late: 'whole',
      graceMs: 900_000,
      volume: 80,
      devices: 'loudspeakers',
      clusterIds: ['k1', 'k2'],
      createdByName: 'Chị Hoa',
      createdAtMs: at('2026-01-05T09:00:00'),
      cancelledAtMs: null,
      revision: 1,
    });
    expect(await place.entries.list(place.monitor, { areaId: place.areas.ak.id })).toEqual([made]);
    const stored = await database.read((reader) => reader.findOneByOrFail(Entry, { id: made.id }));
    expect(stored).toMatchObject({
      areaPath: place.areas.ak.path,
      firstStartMs: at('2026-01-05T17:00:00'),
      lastStartMs: at('2026-03-01T17:00:00'),
      createdBy: 'op',
    });
  });

  it('an edit that says the same rule in other words splits no series', async () => {
    const { entries, operator, request } = place;
    const weekly = (weekdays: number[]) =>
      ({ kind: 'weekly', from: '2026-01-05', until: null, weekdays, time: '17:00' }) as const;
    const lunar = (days: number[]) => {
      const on = { days, month: null, leap: 'both', missing30: 'skip', offsetDays: 0 } as const;
      return { kind: 'lunar', from: '2026-01-05', until: null, time: '17:00', on } as const;
    };
    for (const rule of [weekly, lunar]) {
      const { id } = await entries.create(operator, request({ recurrence: rule([2, 1]) }));
      const edit = entryEdit.parse({ recurrence: rule([2, 1, 2]), title: 'Tên mới' });
      const { entry, ended } = await entries.edit(operator, id, edit);
      expect([entry.id, entry.recurrence, ended]).toEqual([id, rule([1, 2]), null]);
    }
  });

  it('a change is in the audit log and announced, in the same commit', async () => {
    const { id } = await place.entries.create(place.operator, place.request());
    const area = { areaId: place.areas.ak.id, areaPath: place.areas.ak.path };
    expect([await deeds(), await changes()]).toEqual([[`schedule.created ${id}`], [area]]);
    await place.entries.cancel(place.operator, id);
    expect([await deeds(), await changes()]).toEqual([
      [`schedule.created ${id}`, `schedule.cancelled ${id}`],
      [area, area],
    ]);
  });

  it('refuses what cannot be played, says why, and stores nothing', async () => {
    const refused: [string, Record<string, unknown>, string][] = [
      ['a time gone by', { recurrence: once('2026-01-05') }, 'schedule.past'],
      [
        'every day gone by',
        { recurrence: { kind: 'daily', from: '2025-12-01', until: '2026-01-05', time: '05:00' } },
        'schedule.past',
      ],
      [
        'a last day before the first',
        { recurrence: { kind: 'daily', from: '2026-02-02', until: '2026-02-01', time: '05:00' } },
        'schedule.spanWrong',
      ],
      [
        'no weekday',
        { recurrence: { kind: 'weekly', from: '2026-02-02', until: null, weekdays: [], time: '05:00' } },
        'schedule.never',
      ],
      [
        'more than ten years',
        { recurrence: { kind: 'daily', from: '2026-02-02', until: '2036-02-03', time: '05:00' } },
        'schedule.tooLong',
      ],
      ['an unknown zone', { zone: 'Asia/Nowhere' }, 'schedule.zoneUnknown'],
      ['an unknown or unapproved item', { itemId: 'draft' }, 'schedule.itemNotApproved'],
      ['an item of the neighbours', { itemId: 'item-ap' }, 'schedule.itemNotApproved'],
      ['an item of a hamlet below', { itemId: 'item-ak1' }, 'schedule.itemNotApproved'],
    ];
    for (const [what, request, code] of refused)
      expect([what, await codeOf(place.entries.create(place.root, place.request(request)))]).toEqual([what, code]);
    expect([await rowsOf('entry', 'id'), await deeds(), await changes()]).toEqual([[], [], []]);
  });

  it('an item of an office above may be scheduled by the commune', async () => {
    expect(await place.entries.create(place.operator, place.request({ itemId: 'item-bp' }))).toMatchObject({
      title: 'Bản tin Bình Phước',
    });
  });

  it('nobody schedules, cancels or reads where they have no right', async () => {
    const { operator, monitor, root, areas, entries, request } = place;
    expect(await codeOf(entries.create(monitor, request()))).toBe('right.missing');
    expect(await codeOf(entries.create(operator, request({ areaId: areas.ap.id, itemId: 'item-bp' })))).toBe(
      'area.unknown',
    );
    const theirs = await entries.create(root, request({ areaId: areas.ap.id, itemId: 'item-ap' }));
    const ours = await entries.create(root, request());
    expect(await codeOf(entries.cancel(operator, theirs.id))).toBe('schedule.unknown');
    expect(await codeOf(entries.cancel(monitor, ours.id))).toBe('right.missing');
    expect(await codeOf(entries.list(operator, { areaId: areas.ap.id }))).toBe('area.unknown');
    expect(await entries.list(operator, { areaId: areas.ak.id })).toEqual([ours]);
  });

  it('many are made together, or none, with each error by its index', async () => {
    const { operator, areas, entries, request } = place;
    const bad = [
      request(),
      request({ itemId: 'draft' }),
      request({ recurrence: once('2026-01-05') }),
      request({ areaId: areas.ap.id }),
    ];
    const refused = await entries.createMany(operator, bad).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'schedule.bulkRefused',
      errors: [
        { at: 'entries.1', code: 'schedule.itemNotApproved' },
        { at: 'entries.2', code: 'schedule.past' },
        { at: 'entries.3', code: 'area.unknown' },
      ],
    });
    expect([await rowsOf('entry', 'id'), await deeds(), await changes()]).toEqual([[], [], []]);

    const many = Array.from({ length: 500 }, (_, i) =>
      request({ areaId: i % 2 ? areas.ak1.id : areas.ak.id, title: `Mục ${i}` }),
    );
    const made = await entries.createMany(operator, many);
    expect(made.map(({ title }) => title)).toEqual(many.map(({ title }) => title));
    expect(await rowsOf('entry', 'id')).toHaveLength(500);
    expect((await deeds()).sort()).toEqual(
      [`schedule.changedMany ${areas.ak.id}`, `schedule.changedMany ${areas.ak1.id}`].sort(),
    );
    expect((await changes()).map(({ areaId }) => areaId).sort()).toEqual([areas.ak.id, areas.ak1.id].sort());
  });

  it('lists in pages, those below the area too', async () => {
    const { root, areas, entries, request } = place;
    const made = await entries.createMany(root, [request(), request({ areaId: areas.ak1.id }), request()]);
    expect(await entries.list(root, { areaId: areas.ak.id })).toEqual(made);
    expect(await entries.list(root, { areaId: areas.ak.id, after: made[0]?.id })).toEqual(made.slice(1));
    expect(await entries.list(root, { areaId: areas.ak1.id })).toEqual([made[1]]);
  });

  it('cancelled: what started stays, nothing starts any more, and a second time changes nothing', async () => {
    const { operator, areas, clock, entries, schedule, request } = place;
    const { id } = await entries.create(operator, request());
    const days = async () =>
      (await schedule.preview(operator, { areaId: areas.ak.id, from: '2026-01-05', days: 7 })).plays.map(
        ({ localDay }) => localDay.slice(8),
      );
    expect(await days()).toEqual(['06', '07', '08', '09', '10', '11']);
    clock.set(at('2026-01-07T05:03:00'));
    expect(await entries.cancel(operator, id)).toMatchObject({ cancelledAtMs: clock.nowMs(), revision: 2 });
    clock.advance(60_000);
    expect(await entries.cancel(operator, id)).toMatchObject({ cancelledAtMs: clock.nowMs() - 60_000, revision: 2 });
    expect(await days()).toEqual(['06', '07']);
    expect(await changes()).toHaveLength(2);
  });
});
