import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { conflictList, whyView } from './conflict.api.js';
import { ConflictService } from './conflict.service.js';

describeOnBothDatabases('conflicts and why', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  let conflicts: ConflictService;
  beforeEach(async () => {
    database = await open();
    place = await aProvince(database);
    conflicts = new ConflictService(
      database,
      place.areaService,
      place.clusters,
      place.boards,
      place.entries,
      place.clock,
    );
    await place.cluster('k1', place.areas.ak);
  });

  const daily = (time: string) => ({ kind: 'daily', from: '2026-01-05', until: null, time });
  const query = (changes: Record<string, unknown> = {}) => ({
    areaId: place.areas.ak.id,
    from: '2026-01-06',
    days: 1,
    ...changes,
  });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );
  const why = (changes: Record<string, unknown>) =>
    conflicts.why(place.operator, { clusterId: 'k1', at: '2026-01-06T05:00', ...changes });

  it('an overlap is told with its parties, what happens otherwise and what can be done; a solution is done in one step', async () => {
    const first = await place.entries.create(place.operator, place.request({ title: 'Bản tin sáng' }));
    const second = await place.entries.create(
      place.operator,
      place.request({ title: 'Nông vụ', recurrence: daily('05:05') }),
    );
    const seen = await conflicts.list(place.operator, query());
    expect(conflictList.parse(seen)).toEqual(seen);
    expect(seen).toMatchObject({ leftOut: 0, conflicts: [{ code: 'overlap', clusterIds: ['k1'] }] });
    const [overlap] = seen.conflicts;
    expect([...(overlap?.entryIds ?? [])].sort()).toEqual([first.id, second.id].sort());
    expect(overlap?.ifNothing.vi).not.toBe('');
    const append = overlap?.solutions.findIndex(({ kind }) => kind === 'append') ?? -1;
    const left = await conflicts.solve(place.operator, { ...query(), key: overlap?.key ?? '', solution: append });
    expect(left.conflicts).toEqual([]);
    const { plays } = await place.schedule.preview(place.operator, query());
    expect(plays.map(({ entryTitle, starts }) => `${entryTitle} ${starts}`)).toEqual([
      'Bản tin sáng 05:00:00',
      'Nông vụ 05:12:00',
    ]);
    expect(
      await codeOf(conflicts.solve(place.operator, { ...query(), key: overlap?.key ?? '', solution: append })),
    ).toBe('schedule.conflictGone');
  });

  it('what an office above scheduled is not changed from below: no such solution is offered', async () => {
    await place.entries.create(place.root, place.request({ areaId: place.areas.bp.id, itemId: 'item-bp' }));
    const own = await place.entries.create(place.operator, place.request({ recurrence: daily('05:05') }));
    const [overlap] = (await conflicts.list(place.operator, query())).conflicts;
    const touched = (overlap?.solutions ?? []).flatMap((solution) =>
      'entryId' in solution
        ? [solution.entryId]
        : 'cancel' in solution
          ? [(solution.cancel as { entryId: string }).entryId]
          : [],
    );
    expect(touched.length).toBeGreaterThan(0);
    expect(new Set(touched)).toEqual(new Set([own.id]));
  });

  it('withdrawn content is a conflict whose solution lies elsewhere, and an entry that nobody hears is told', async () => {
    await place.entries.create(place.operator, place.request());
    await place.entries.create(place.operator, place.request({ clusterIds: ['gone'], recurrence: daily('07:00') }));
    place.shelf.items.delete('item-ak');
    const { conflicts: found } = await conflicts.list(place.operator, query());
    expect(found.map(({ code }) => code).sort()).toEqual(expect.arrayContaining(['noListener', 'notApproved']));
    const withdrawn = found.find(({ code }) => code === 'notApproved');
    const approve = withdrawn?.solutions.findIndex(({ kind }) => kind === 'approve') ?? -1;
    expect(
      await codeOf(conflicts.solve(place.operator, { ...query(), key: withdrawn?.key ?? '', solution: approve })),
    ).toBe('schedule.solvedElsewhere');
  });

  it('why it plays: the entry, its rule in words; why not: the day, the cancelling, the place', async () => {
    const { id } = await place.entries.create(place.operator, place.request({ title: 'Bản tin sáng' }));
    const playing = await why({ itemId: 'item-ak' });
    expect(whyView.parse(playing)).toEqual(playing);
    expect(playing).toMatchObject({ plays: true, sounds: true });
    expect(playing.reasons[0]).toMatchObject({ vi: expect.stringContaining('Bản tin sáng'), cites: { entryId: id } });
    expect(await why({ itemId: 'item-ak', at: '2026-01-06T06:00' })).toMatchObject({ plays: false });
    await place.entries.changeOccurrence(place.operator, id, { original: '2026-01-06T05:00', to: null });
    const cancelled = await why({ entryId: id });
    expect([cancelled.plays, cancelled.reasons.map(({ code }) => code)]).toEqual([false, ['occurrenceCancelled']]);
    await place.entries.cancel(place.operator, id);
    expect((await why({ itemId: 'item-ak' })).plays).toBe(false);
    expect((await why({ itemId: 'item-ap' })).reasons.map(({ code }) => code)).toEqual(['itemNowhere']);
  });

  it('asks about one thing, at a cluster that the asker may see', async () => {
    expect(await codeOf(why({}))).toBe('schedule.whyWhat');
    expect(await codeOf(why({ itemId: 'item-ak', entryId: 'x' }))).toBe('schedule.whyWhat');
    await place.cluster('k9', place.areas.ap);
    expect(await codeOf(why({ clusterId: 'k9', itemId: 'item-ap' }))).toBe('cluster.unknown');
    expect(await codeOf(conflicts.list(place.operator, query({ clusterId: 'k9' })))).toBe('schedule.clusterUnknown');
  });
});
