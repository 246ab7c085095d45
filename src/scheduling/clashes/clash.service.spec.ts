import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { at } from '../engine/engine.spec-support.js';
import { clashView } from './clash.api.js';
import { aClash, clashSuite } from './clashes.spec-support.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIVE = at('2026-01-06T05:00:00');
const THREE = FIVE - 2 * HOUR_MS;
const BY_DEFAULT = ['bp 05:00', 'ak 05:12'];

describeOnBothDatabases('case 14: a clash of priorities waits for the commune', clashSuite, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aClash>>;
  beforeEach(async () => {
    database = await open();
    place = await aClash(database);
    await place.note();
    await place.announced();
  });

  const list = (state: 'waiting' | 'decided' | 'all' = 'waiting', area: 'bp' | 'ak' | 'ap' = 'ak') =>
    place.clashes.list(place.root, { areaId: place.areas[area].id, state });
  const theClash = async () => (await list('all'))[0]?.id ?? '';
  const ownFirst = () => ({ goesFirst: place.ofCommune, other: 'append' as const });
  const decide = async (actor = place.operator, decision: Parameters<typeof place.clashes.decide>[2] = ownFirst()) =>
    place.clashes.decide(actor, await theClash(), decision);
  const cancelOwn = () => place.entries.cancel(place.operator, place.entryOfCommune);

  it('it is listed with what people need to know, and is theirs alone', async () => {
    const found = await list();
    expect(clashView.array().parse(found)).toEqual(found);
    expect(found).toHaveLength(1);
    const [clash] = found;
    const named = [clash?.first, clash?.second].sort((a, b) => ((a?.areaName ?? '') < (b?.areaName ?? '') ? -1 : 1));
    expect(named).toEqual([
      { occurrence: place.ofCommune, title: 'Bản tin An Khương', areaName: 'An Khương' },
      { occurrence: place.ofProvince, title: 'Bản tin Bình Phước', areaName: 'Bình Phước' },
    ]);
    expect(clash).toMatchObject({
      areaId: place.areas.ak.id,
      fromMs: FIVE,
      deadlineMs: THREE,
      byDefault: place.ofProvince,
      state: 'waiting',
      decision: null,
    });
    expect(await list('decided')).toEqual([]);
    expect(await list('all', 'ap')).toEqual([]);
    expect(await list('waiting', 'bp')).toEqual(found);
  });

  it('before anybody decides the default holds, and people of the commune are told', async () => {
    expect(await place.heard('k1')).toEqual(BY_DEFAULT);
    expect(await place.heard('k2')).toEqual(BY_DEFAULT);
    const told = await place.notices();
    expect(told).toMatchObject([
      {
        kind: 'schedule.clashSoon',
        to: { action: 'schedule.write', areaPath: place.areas.ak.path },
        params: { from: '06/01/2026, 05:00', byDefault: 'Bản tin Bình Phước' },
        dueAtMs: THREE,
        open: true,
      },
    ]);
  });

  it('a clash whose deadline is days away is told without haste', async () => {
    for (const area of ['bp', 'ap'] as const) await place.priority(area, '2026-01-09', '17:00');
    await place.note();
    expect((await place.notices()).map(({ kind }) => kind)).toEqual(['schedule.clashSoon', 'schedule.clash']);
  });

  it('noting again, of the province or of the commune, writes nothing', async () => {
    const before = [await list('all'), await place.notices()];
    place.clock.advance(HOUR_MS);
    await place.note();
    await place.note(place.areas.ak.path);
    expect([await list('all'), await place.notices()]).toEqual(before);
  });

  it('the decision changes preview and plan of the commune, is signed with a name, and closes the notice', async () => {
    expect(await decide()).toMatchObject({
      state: 'decided',
      decision: { ...ownFirst(), automatic: false, byName: 'Chị Hoa', atMs: place.clock.nowMs() },
    });
    expect(await place.heard('k1')).toEqual(['ak 05:00', 'bp 05:12']);
    expect(await place.heard('k9')).toEqual(['bp 05:00']);
    const preview = { areaId: place.areas.ak.id, from: '2026-01-06', days: 1 };
    expect((await place.schedule.preview(place.operator, preview)).plays.map(({ starts }) => starts)).toEqual([
      '05:00:00',
      '05:12:00',
    ]);
    expect((await place.schedule.preview(place.operator, preview)).plays[0]?.areaId).toBe(place.areas.ak.id);
    expect(await place.announced()).toEqual([place.areas.ak.path]);
    expect(await place.deeds()).toMatchObject([
      { by: 'Chị Hoa', accountId: 'op', detail: { ...ownFirst(), automatic: false, before: null } },
    ]);
    expect((await place.notices()).map((notice) => notice.open)).toEqual([false]);
    expect(await list()).toEqual([]);
    expect(await list('decided')).toHaveLength(1);
  });

  it('people may change their mind until the earlier of the two begins; saying it again is no deed', async () => {
    await decide();
    await decide();
    place.clock.set(FIVE - 1);
    const decision = { goesFirst: place.ofProvince, other: 'replace' as const };
    await decide(place.operator, decision);
    expect(await place.heard('k1')).toEqual(['bp 05:00']);
    const deeds = await place.deeds();
    expect(deeds.map(({ detail }) => detail.before)).toEqual([null, { ...ownFirst(), byName: 'Chị Hoa' }]);
    place.clock.set(FIVE);
    await expect(decide()).rejects.toMatchObject({ code: 'schedule.clashBegun' });
  });

  it('to decide that it stays as it is troubles no device', async () => {
    await decide(place.operator, { goesFirst: place.ofProvince, other: 'append' });
    expect(await place.announced()).toEqual([]);
    expect(await place.heard('k1')).toEqual(BY_DEFAULT);
  });

  it('two communes decide differently about the same bulletin of the province', async () => {
    await place.priority('ap');
    await place.note();
    const [other] = await list('waiting', 'ap');
    await decide();
    await place.clashes.decide(place.hung, other?.id ?? '', { goesFirst: place.ofProvince, other: 'replace' });
    expect(await place.heard('k1')).toEqual(['ak 05:00', 'bp 05:12']);
    expect(await place.heard('k9')).toEqual(['bp 05:00']);
  });

  it('who has no right in the commune does not decide: neighbours, and watchers of the province', async () => {
    await expect(decide(place.hung)).rejects.toMatchObject({ code: 'schedule.clashUnknown' });
    await expect(decide(place.watcher)).rejects.toMatchObject({ code: 'right.missing' });
    await expect(decide(place.monitor)).rejects.toMatchObject({ code: 'right.missing' });
    expect(await decide(place.officer)).toMatchObject({ decision: { byName: 'Chị Mai' } });
  });

  it('an occurrence that is not one of the two is refused', async () => {
    const decision = { goesFirst: `${place.entryOfCommune}-20260107T0500`, other: 'append' as const };
    await expect(decide(place.operator, decision)).rejects.toMatchObject({ code: 'schedule.clashOccurrenceWrong' });
  });

  it('a clash that the schedule no longer has is gone, its notice closed, and a decision refused', async () => {
    await cancelOwn();
    await place.note(place.areas.ak.path);
    expect(await list()).toEqual([]);
    expect(await list('all')).toMatchObject([{ state: 'gone' }]);
    expect((await place.notices()).map((notice) => notice.open)).toEqual([false]);
    await expect(decide()).rejects.toMatchObject({ code: 'schedule.clashGone' });
    place.clock.set(FIVE);
    expect(await place.clashClock.tick()).toBe(0);
  });

  const moveOwn = (time: string) =>
    place.entries.changeOccurrence(place.operator, place.entryOfCommune, {
      original: '2026-01-06T05:00',
      to: `2026-01-06T${time}`,
    });

  it.each([
    ['by a person, stands', true],
    ['by default, waits again', false],
  ])('what was decided %s when the clash comes back', async (_, byPerson) => {
    if (byPerson) await decide();
    else {
      place.clock.set(THREE);
      await place.clashClock.tick();
    }
    await moveOwn('09:00');
    await place.note();
    expect(await list('all')).toMatchObject([{ state: 'gone' }]);
    await moveOwn('05:00');
    await place.note();
    expect((await list('all')).map(({ state }) => state)).toEqual([byPerson ? 'decided' : 'waiting']);
    expect((await place.notices()).some((notice) => notice.open)).toBe(!byPerson);
  });

  it('at the deadline the default is recorded as automatic, by the service itself; plans stay', async () => {
    place.clock.set(THREE - 1);
    expect(await place.clashClock.tick()).toBe(0);
    place.clock.set(THREE);
    expect(await place.clashClock.tick()).toBe(1);
    expect(await list('decided')).toMatchObject([
      {
        state: 'decided',
        decision: { goesFirst: place.ofProvince, other: 'append', automatic: true, byName: null, atMs: THREE },
      },
    ]);
    expect(await place.heard('k1')).toEqual(BY_DEFAULT);
    expect(await place.announced()).toEqual([]);
    expect(await place.deeds()).toMatchObject([{ by: 'Vang', accountId: null, detail: { automatic: true } }]);
    expect((await place.notices()).map((notice) => notice.open)).toEqual([false]);
    // The commune may still decide otherwise.
    expect(await decide()).toMatchObject({ decision: { automatic: false, byName: 'Chị Hoa' } });
    expect(await place.heard('k1')).toEqual(['ak 05:00', 'bp 05:12']);
  });

  it('several processes that tick at the same moment record it once; a person who was faster is not overruled', async () => {
    await place.priority('ap');
    await place.note();
    await decide();
    place.clock.set(THREE);
    const taken = await Promise.all([place.clashClock.tick(), place.clashClock.tick(), place.clashClock.tick()]);
    expect(taken.reduce((all, each) => all + each, 0)).toBe(1);
    expect(await list('decided')).toMatchObject([{ decision: { automatic: false } }]);
    expect(await list('decided', 'ap')).toMatchObject([{ decision: { automatic: true } }]);
    expect(await place.deeds()).toHaveLength(2);
  });

  it('started, it records at once what became due while nothing ran', async () => {
    place.clock.set(FIVE + HOUR_MS);
    await place.clashClock.start();
    await place.clashClock.stop();
    expect(await list('decided')).toMatchObject([{ decision: { automatic: true, atMs: FIVE + HOUR_MS } }]);
  });

  it('what is scheduled too late to decide in time leaves the commune ten minutes; what has begun is not asked about', async () => {
    place.clock.set(at('2026-01-07T05:00:00'));
    for (const time of ['06:00', '05:05']) {
      await place.priority('bp', '2026-01-07', time);
      await place.priority('ap', '2026-01-07', time);
    }
    place.clock.set(at('2026-01-07T05:30:00'));
    await place.note();
    expect((await list('waiting', 'ap')).map(({ deadlineMs }) => deadlineMs)).toEqual([at('2026-01-07T05:40:00')]);
  });

  it('a clash that moves has another deadline, and people are told anew', async () => {
    await moveOwn('04:55');
    await place.note();
    expect(await list()).toMatchObject([{ fromMs: FIVE - 5 * MINUTE_MS, deadlineMs: THREE - 5 * MINUTE_MS }]);
    expect((await place.notices()).map((notice) => [notice.params.from, notice.open])).toEqual([
      ['06/01/2026, 05:00', false],
      ['06/01/2026, 04:55', true],
    ]);
  });

  it('what a person decided of a clash holds at its new time, and plans are looked at again', async () => {
    await decide();
    await moveOwn('04:55');
    await place.announced();
    await place.note();
    expect(await place.heard('k1')).toEqual(['ak 04:55', 'bp 05:07']);
    expect(await place.announced()).toEqual([place.areas.ak.path]);
    await place.note();
    expect(await place.announced()).toEqual([]);
  });
});
