import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { SchedulableItem } from '../../library/index.js';
import { ConflictService } from '../conflicts/conflict.service.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { newEntry } from './entry.api.js';

const VISUALS = {
  picture: { kind: 'picture', durationMs: null },
  video: { kind: 'video', durationMs: 30_000 },
  text: { kind: 'text', durationMs: null },
} as const;

describeOnBothDatabases('a schedule for boards', tables, (open) => {
  let place: Awaited<ReturnType<typeof aProvince>>;
  let conflicts: ConflictService;
  beforeEach(async () => {
    const database = await open();
    place = await aProvince(database);
    const { areaService, clusters, boards, entries, clock } = place;
    conflicts = new ConflictService(database, areaService, clusters, boards, entries, clock);
    const { audio: _audio, ...said } = place.shelf.items.get('item-ak')!;
    for (const [id, visual] of Object.entries(VISUALS))
      place.shelf.visuals.set(id, { ...said, id, groupId: id, title: `Nội dung ${id}`, visual } as SchedulableItem);
  });

  const show = (itemId: string, durationMs = 20_000) => ({ kind: 'show', itemId, durationMs }) as const;
  const forBoards = (changes: Record<string, unknown> = {}) =>
    place.request({ itemId: undefined, runningOrder: [show('picture')], devices: 'boards', ...changes });
  const make = (changes: Record<string, unknown> = {}) => place.entries.create(place.operator, forBoards(changes));
  const day = () => ({ areaId: place.areas.ak.id, from: '2026-01-06', days: 1 });
  const preview = () => place.schedule.preview(place.operator, day());
  const seen = async () => (await preview()).plays.map(({ kind, clusterIds }) => [kind, clusterIds]);

  it('who says nothing means loudspeakers: a bulletin of an area is not on its boards', async () => {
    await place.cluster('k1', place.areas.ak);
    await place.cluster('b1', place.areas.ak, 'board');
    expect(await place.entries.create(place.operator, place.request())).toMatchObject({ devices: 'loudspeakers' });
    expect(await seen()).toEqual([['sound', ['k1']]]);
  });

  it('all boards of the commune, and single ones by id', async () => {
    await place.cluster('k1', place.areas.ak);
    for (const id of ['b1', 'b2']) await place.cluster(id, place.areas.ak, 'board');
    await make();
    await make({ runningOrder: [{ kind: 'item', itemId: 'video' }, show('text')], clusterIds: ['b2'] });
    const { plays } = await preview();
    expect(
      plays.map(({ startMs, endMs, kind, clusterIds, play }) => [endMs - startMs, kind, clusterIds, play]),
    ).toEqual([
      [20_000, 'show', ['b1', 'b2'], null],
      [30_000, 'show', ['b2'], null],
      [20_000, 'show', ['b2'], null],
    ]);
  });

  it('is changed like any other setting, in place', async () => {
    const { id } = await make();
    const { entry, ended } = await place.entries.edit(place.operator, id, { devices: 'all' });
    expect([entry.devices, entry.id, ended]).toEqual(['all', id, null]);
  });

  it.each([
    ['a picture that nobody gave a time', [{ kind: 'item', itemId: 'picture' }], 'schedule.showingTimeMissing'],
    ['a text that nobody gave a time', [{ kind: 'item', itemId: 'text' }], 'schedule.showingTimeMissing'],
    ['sound as if it were a picture', [show('item-ak')], 'schedule.notShown'],
    ['a video, which has its own length', [show('video')], 'schedule.notShown'],
    ['what nobody approved', [show('draft')], 'schedule.itemNotApproved'],
  ])('%s is refused', async (_, runningOrder, code) => {
    await expect(make({ runningOrder })).rejects.toMatchObject({ code });
  });

  it.each([
    ['other devices', { devices: 'televisions' }],
    ['no devices', { devices: null }],
    ['a picture for no time', { runningOrder: [show('picture', 0)] }],
  ])('%s: not let in', (_, changes) => {
    const request = { ...forBoards(), ...changes };
    expect(newEntry.safeParse(request).success).toBe(false);
    expect(newEntry.safeParse(forBoards()).success).toBe(true);
  });

  it('where nobody is yet a board is imagined; where there are loudspeakers only, people are told', async () => {
    await make();
    expect(await seen()).toEqual([['show', []]]);
    await place.cluster('k1', place.areas.ak);
    expect(await seen()).toEqual([]);
    expect((await conflicts.list(place.operator, day())).conflicts).toMatchObject([
      { code: 'noListener', vi: expect.stringContaining('không có bảng tin') as unknown },
    ]);
  });

  it('why a board shows one thing and not the other', async () => {
    await place.cluster('b1', place.areas.ak, 'board');
    const [picture, bulletin] = [await make(), await place.entries.create(place.operator, place.request())];
    const why = (entryId: string) =>
      conflicts.why(place.operator, { clusterId: 'b1', at: '2026-01-06T05:00', entryId });
    expect(await why(picture.id)).toMatchObject({ plays: true, sounds: null });
    expect(await why(bulletin.id)).toMatchObject({ plays: false, reasons: [{ code: 'otherDevices' }] });
  });
});
