import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { at } from '../engine/engine.spec-support.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { newPublication } from './publication.api.js';

const DAY_MS = 86_400_000;

describeOnBothDatabases('publications', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  beforeEach(async () => {
    database = await open();
    place = await aProvince(database);
  });

  const daily = (time: string) => ({ kind: 'daily', from: '2026-01-05', until: null, time });
  const entry = (changes: Record<string, unknown> = {}) => ({
    areaId: place.areas.ak.id,
    itemId: 'item-ak',
    recurrence: daily('05:00'),
    ...changes,
  });
  const publication = (...changes: unknown[]) => newPublication.parse({ changes });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );
  const startsOf = async (from = '2026-01-06', days = 1) =>
    (await place.schedule.preview(place.root, { areaId: place.areas.ak.id, from, days })).plays.map(
      ({ localDay, starts }) => `${localDay} ${starts}`,
    );

  it('publishes several changes as one, all or none', async () => {
    const { publications, operator } = place;
    const wrong = publication(
      { kind: 'make', entry: entry() },
      { kind: 'cancel', id: 'nothing' },
      { kind: 'make', entry: entry({ itemId: 'draft' }) },
    );
    const refused = await publications.publish(operator, wrong).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'schedule.bulkRefused',
      errors: [
        { at: 'changes.1', code: 'schedule.unknown' },
        { at: 'changes.2', code: 'schedule.itemNotApproved' },
      ],
    });
    expect(await startsOf()).toEqual([]);
    const made = await publications.publish(
      operator,
      publication({ kind: 'make', entry: entry() }, { kind: 'make', entry: entry({ recurrence: daily('17:00') }) }),
    );
    expect(made).toMatchObject({ made: 2, changed: 0, cancelled: 0, byName: 'Chị Hoa', titles: ['Bản tin An Khương'] });
    expect(await startsOf()).toEqual(['2026-01-06 05:00:00', '2026-01-06 17:00:00']);
    expect(await publications.list(operator, { areaId: place.areas.ak.id })).toEqual([made]);
  });

  it('an entry is named once in a publication, and something must change', async () => {
    const { publications, entries, operator } = place;
    const { id } = await entries.create(operator, place.request());
    const twice = publication({ kind: 'cancel', id }, { kind: 'edit', id, edit: { volume: 40 } });
    expect(await codeOf(publications.publish(operator, twice))).toBe('schedule.namedTwice');
    await entries.cancel(operator, id);
    expect(await codeOf(publications.publish(operator, publication({ kind: 'cancel', id })))).toBe(
      'schedule.nothingChanges',
    );
  });

  it('a change of rule goes on with a linked entry; cancelled and moved days ahead are carried over, or listed', async () => {
    const { entries, operator } = place;
    const { id } = await entries.create(operator, place.request());
    await entries.changeOccurrence(operator, id, { original: '2026-01-07T05:00', to: null });
    await entries.changeOccurrence(operator, id, { original: '2026-01-08T05:00', to: '2026-01-08T06:30' });
    await entries.changeOccurrence(operator, id, { original: '2026-01-10T05:00', to: null });
    expect(await startsOf('2026-01-06', 5)).toEqual([
      '2026-01-06 05:00:00',
      '2026-01-08 06:30:00',
      '2026-01-09 05:00:00',
    ]);
    const edited = await entries.edit(operator, id, {
      recurrence: { kind: 'weekly', from: '2026-01-05', until: null, weekdays: [1, 2, 3, 4, 5], time: '05:15' },
    });
    expect(edited.entry).toMatchObject({ followsId: id, revision: 1 });
    expect(edited.ended).toMatchObject({ id, cancelledAtMs: place.clock.nowMs() });
    // Saturday the 10th has no counterpart in the new rule: a person decides.
    expect(edited.orphans).toEqual([{ original: '2026-01-10T05:00:00', to: null }]);
    expect(await startsOf('2026-01-06', 5)).toEqual([
      '2026-01-06 05:15:00',
      '2026-01-08 06:30:00',
      '2026-01-09 05:15:00',
    ]);
  });

  it('what a publication cannot carry over is told before and after, never dropped in silence', async () => {
    const { entries, publications, operator } = place;
    const { id } = await entries.create(operator, place.request());
    await entries.changeOccurrence(operator, id, { original: '2026-01-10T05:00', to: null });
    const recurrence = { kind: 'weekly', from: '2026-01-05', until: null, weekdays: [1, 2], time: '05:15' };
    const change = publication({ kind: 'edit', id, edit: { recurrence } });
    const orphan = { entryId: expect.any(String), original: '2026-01-10T05:00:00', to: null };
    expect((await publications.summary(operator, change)).orphans).toEqual([orphan]);
    expect((await publications.publish(operator, change)).orphans).toEqual([orphan]);
  });

  it('an edit of anything else keeps the identity of every occurrence', async () => {
    const { entries, operator, schedule, areas, root } = place;
    const { id } = await entries.create(operator, place.request());
    const ids = async () =>
      (await schedule.preview(root, { areaId: areas.ak.id, from: '2026-01-06', days: 3 })).plays.map((play) => play.id);
    const before = await ids();
    const { entry: renamed, ended } = await entries.edit(operator, id, { title: 'Bản tin sáng', volume: 60 });
    expect([renamed.id, renamed.revision, ended]).toEqual([id, 2, null]);
    expect(await ids()).toEqual(before);
  });

  it('what has begun cannot be moved, and a day that the rule does not have is no occurrence', async () => {
    const { entries, operator, clock } = place;
    const { id } = await entries.create(operator, place.request());
    clock.set(at('2026-01-07T09:00:00'));
    const move = (original: string, to: string | null) =>
      codeOf(entries.changeOccurrence(operator, id, { original, to }));
    expect(await move('2026-01-07T05:00', null)).toBe('schedule.past');
    expect(await move('2026-01-08T05:00', '2026-01-07T08:00')).toBe('schedule.past');
    expect(await move('2026-01-08T05:01', null)).toBe('schedule.noOccurrence');
    expect(await move('2026-01-08T05:00', '2026-01-08T05:30')).toBe('done');
    expect(await move('2026-01-08T05:00', '2026-01-08T05:00')).toBe('done');
    expect(await startsOf('2026-01-08')).toEqual(['2026-01-08 05:00:00']);
  });

  it('a day can be cancelled though the content was withdrawn, and none is moved to where the entry is over', async () => {
    const { entries, operator, shelf } = place;
    const { id } = await entries.create(operator, place.request());
    const next = at('2026-01-09T00:00:00');
    const later = { kind: 'daily', from: '2026-01-05', until: null, time: '17:00' } as const;
    const { entry: going } = await entries.edit(operator, id, { recurrence: later }, next);
    const move = (entryId: string, original: string, to: string | null) =>
      codeOf(entries.changeOccurrence(operator, entryId, { original, to }));
    expect(await move(id, '2026-01-08T05:00', '2026-01-09T06:00')).toBe('schedule.outsideEntry');
    expect(await move(going.id, '2026-01-09T17:00', '2026-01-08T17:00')).toBe('schedule.outsideEntry');
    shelf.items.delete('item-ak');
    expect(await move(id, '2026-01-08T05:00', null)).toBe('done');
    expect(await codeOf(entries.edit(operator, id, { volume: 40 }))).toBe('schedule.over');
    expect(await codeOf(entries.edit(operator, going.id, { volume: 40 }))).toBe('done');
  });

  it('the last publication is taken back: what was made is cancelled, what was cancelled goes on under its name', async () => {
    const { publications, entries, operator, areas } = place;
    const { id } = await entries.create(operator, place.request());
    const done = await publications.publish(
      operator,
      publication({ kind: 'cancel', id }, { kind: 'make', entry: entry({ recurrence: daily('06:00') }) }),
    );
    expect(await startsOf()).toEqual(['2026-01-06 06:00:00']);
    const undone = await publications.undo(operator, done.id);
    expect(undone).toMatchObject({ undoesId: done.id, cancelled: 1, changed: 1 });
    expect(await startsOf()).toEqual(['2026-01-06 05:00:00']);
    expect(await codeOf(publications.undo(operator, done.id))).toBe('schedule.undoneAlready');
    const [last, before] = await publications.list(operator, { areaId: areas.ak.id });
    expect([last?.id, before?.undoneById]).toEqual([undone.id, undone.id]);
    // Taking back is a publication like others.
    await publications.undo(operator, undone.id);
    expect(await startsOf()).toEqual(['2026-01-06 06:00:00']);
  });

  it('what did not occur between cancelling and taking back stays so: the series goes on with a linked entry', async () => {
    const { publications, entries, operator, clock } = place;
    const { id } = await entries.create(operator, place.request());
    const done = await publications.publish(operator, publication({ kind: 'cancel', id }));
    clock.advance(3 * DAY_MS);
    await publications.undo(operator, done.id);
    expect(await startsOf('2026-01-05', 7)).toEqual([
      '2026-01-09 05:00:00',
      '2026-01-10 05:00:00',
      '2026-01-11 05:00:00',
    ]);
  });

  it('is not taken back over something later, nor by somebody without the right', async () => {
    const { publications, entries, operator, monitor } = place;
    const made = await publications.publish(operator, publication({ kind: 'make', entry: entry() }));
    expect(await codeOf(publications.undo(monitor, made.id))).toBe('right.missing');
    expect(await codeOf(publications.undo(operator, 'nothing'))).toBe('schedule.publicationUnknown');
    const [only] = await entries.list(operator, { areaId: place.areas.ak.id });
    await entries.edit(operator, only?.id ?? '', { volume: 10 });
    expect(await codeOf(publications.undo(operator, made.id))).toBe('schedule.changedSince');
  });

  it('says beforehand what would change, for whom, and how many bytes it costs, and stores nothing', async () => {
    const { publications, entries, operator, areas, shelf } = place;
    for (const [id, area] of [
      ['k1', areas.ak],
      ['k2', areas.ak1],
      ['k3', areas.ap],
    ] as const)
      await place.cluster(id, area);
    const item = shelf.items.get('item-ak')!;
    shelf.items.set('new', {
      ...item,
      id: 'new',
      groupId: 'new',
      audio: { ...item.audio, sha256: 'd'.repeat(64), bytes: 250_000 },
    });
    const { id } = await entries.create(operator, place.request());
    const summary = await publications.summary(
      operator,
      publication(
        { kind: 'make', entry: entry({ itemId: 'new', clusterIds: ['k1'], recurrence: daily('17:00') }) },
        { kind: 'edit', id, edit: { volume: 50 } },
      ),
    );
    expect(summary).toMatchObject({
      clusters: [
        { clusterId: 'k1', name: 'Cụm k1', added: 7, removed: 0, changed: 6, newBytes: 250_000 },
        { clusterId: 'k2', added: 0, removed: 0, changed: 6, newBytes: 0 },
      ],
      untouched: 0,
      totalNewBytes: 250_000,
      words: { vi: '2 cụm loa có thay đổi trong 7 ngày tới: thêm 7, bớt 0, đổi 12 lượt phát; tải mới khoảng 0,3 MB.' },
    });
    expect(await startsOf()).toEqual(['2026-01-06 05:00:00']);
  });

  it('the summary of changes in two provinces looks at the areas of the changes, not at everything between', async () => {
    const { areaService, root, areas, publications } = place;
    const header = 'code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority\n';
    await areaService.importCsv(
      root,
      `${header}dn,,province,Đắk Nông,2020-01-01,,,,\nqt,dn,commune,Quảng Tín,2020-01-01,,,,\n`,
    );
    const elsewhere = (await areaService.list(root, {})).find(({ code }) => code === 'qt');
    const far = await areaService.get(root, elsewhere?.id ?? '');
    const item = place.shelf.items.get('item-ak');
    if (item) place.shelf.items.set('item-qt', { ...item, id: 'item-qt', groupId: 'item-qt', areaId: far.id });
    await place.cluster('k1', areas.ak);
    await place.cluster('k2', areas.ap);
    await place.cluster('k3', far);
    const summary = (...entries: Record<string, unknown>[]) =>
      publications.summary(root, publication(...entries.map((each) => ({ kind: 'make', entry: entry(each) }))));
    const both = await summary({}, { areaId: far.id, itemId: 'item-qt' });
    expect(both.clusters.map(({ clusterId, added }) => [clusterId, added])).toEqual([
      ['k1', 6],
      ['k3', 6],
    ]);
    expect(both.untouched).toBe(0);
    // What lies in an area that is looked at already is looked at once.
    const within = await summary({ areaId: areas.bp.id, itemId: 'item-bp' }, {}, { areaId: far.id, itemId: 'item-qt' });
    expect(within.clusters.map(({ clusterId, added }) => [clusterId, added])).toEqual([
      ['k1', 12],
      ['k2', 6],
      ['k3', 6],
    ]);
  });
});
