import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { auditsOf } from '../../test/support/audits.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable, person, Station } from '../../test/support/station.js';
import type { Database } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { newPlan, planView, ruleChange } from './plan.api.js';
import { PlanService } from './plan.service.js';

describeOnBothDatabases('communication plans', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let plans: PlanService;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database);
    await station.settle();
    plans = station.get(PlanService);
  });
  afterEach(() => station.close());

  const request = async (area: string, changes: object = {}) =>
    newPlan.parse({
      areaId: (await station.area(area)).id,
      number: '288/KH-UBND',
      title: 'Truyền thông giảm nghèo về thông tin',
      issuer: 'UBND huyện Hớn Quản',
      issuedOn: '2023-10-26',
      periodFrom: '2026-01-01',
      periodTo: '2026-12-31',
      reportDeadline: '2026-11-25',
      audiences: ['hộ nghèo', 'hộ cận nghèo'],
      lines: [
        {
          kind: 'radioScript',
          title: 'Bài viết truyền thanh',
          target: 20,
          unit: 'bài',
          criterion: 'playedEveryHamlet',
        },
        { kind: 'leaflet', title: 'Tờ rơi', target: 10_000, unit: 'tờ', criterion: 'produced' },
      ],
      ...changes,
    });

  it('a plan is kept with its lines, in their order', async () => {
    const made = await plans.create(station.root, await request('bp'));
    expect(planView.parse(made)).toEqual(made);
    expect(made.lines.map(({ kind, target, criterion }) => [kind, target, criterion])).toEqual([
      ['radioScript', 20, 'playedEveryHamlet'],
      ['leaflet', 10_000, 'produced'],
    ]);
    expect(await plans.list(station.root)).toEqual([made]);
  });

  it.each([
    ['2026-12-31', '2026-01-01', 'plan.periodWrong'],
    ['2026-01-01', '2026-01-01', 'made'],
  ])('a period from %s to %s: %s', async (periodFrom, periodTo, expected) => {
    const answer = await plans.create(station.root, await request('bp', { periodFrom, periodTo })).then(
      () => 'made',
      (problem: { code: string }) => problem.code,
    );
    expect(answer).toBe(expected);
    expect(await plans.list(station.root)).toHaveLength(expected === 'made' ? 1 : 0);
  });

  it.each([
    ['a day that is not in the calendar', { issuedOn: '2023-02-30' }],
    ['no lines', { lines: [] }],
    [
      'a criterion that nobody knows',
      { lines: [{ kind: 'x', title: 'x', target: 1, unit: 'x', criterion: 'mostly' }] },
    ],
    ...(
      [
        ['no play at all', { plays: 0 }],
        ['101 plays', { plays: 101 }],
        ['half a play', { plays: 1.5 }],
        ['some of the clusters', { clusters: 'most' }],
        ['a grade that nobody knows', { leastGrade: 'sent' }],
        ['no language', { languages: [] }],
        ['a language that is none', { languages: ['=cmd()'] }],
      ] as const
    ).map(([what, rule]): [string, object] => [
      what,
      { lines: [{ kind: 'x', title: 'x', target: 1, unit: 'x', criterion: 'produced', ...rule }] },
    ]),
    ['a negative target', { lines: [{ kind: 'x', title: 'x', target: -1, unit: 'x', criterion: 'produced' }] }],
  ])('%s does not come in', async (_what, changes) => {
    await expect(request('bp', changes)).rejects.toThrow();
  });

  it('invariant 9: an office makes and sees plans of its own area and below', async () => {
    const office = person('Phòng VH-XH', 'contentOffice', (await station.area('ak')).path);
    const own = await plans.create(office, await request('ak'));
    const neighbours = await plans.create(station.root, await request('ap'));
    const above = await plans.create(station.root, await request('bp'));
    expect((await plans.list(office)).map(({ id }) => id)).toEqual([own.id]);
    expect((await plans.list(station.root)).map(({ id }) => id).sort()).toEqual(
      [own.id, neighbours.id, above.id].sort(),
    );
    await expect(plans.create(office, await request('ap'))).rejects.toMatchObject({ code: 'area.unknown' });
    await expect(plans.create(office, await request('bp'))).rejects.toMatchObject({ code: 'area.unknown' });
    await expect(plans.create(person('Anh Nam', 'monitor', '/'), await request('ak'))).rejects.toMatchObject({
      code: 'right.missing',
    });
  });

  it('invariant 9: a line is found by whoever may see its plan', async () => {
    const office = person('Phòng VH-XH', 'contentOffice', (await station.area('ak')).path);
    const lineOf = async (area: string) => (await plans.create(station.root, await request(area))).lines[0]?.id ?? '';
    const [own, foreign] = [await lineOf('ak'), await lineOf('ap')];
    const look = (id: string) => database.read((reader) => plans.line(reader, office, 'coverage.read', id));
    expect((await look(own)).line.id).toBe(own);
    for (const id of [foreign, 'nothing']) await expect(look(id)).rejects.toMatchObject({ code: 'plan.unknown' });
  });

  const PLAIN = { plays: 1, clusters: 'all', leastGrade: 'completed', languages: null };

  it('a line has a rule of its own, by default one complete play at every cluster', async () => {
    const strict = { plays: 3, clusters: 'any', leastGrade: 'heard', languages: ['xtg', 'vi', 'xtg'] };
    const line = { kind: 'radioScript', title: 'Bài', target: 1, unit: 'bài', criterion: 'playedEveryHamlet' };
    const { lines } = await plans.create(station.root, await request('bp', { lines: [line, { ...line, ...strict }] }));
    expect(lines).toMatchObject([PLAIN, { ...strict, languages: ['vi', 'xtg'] }]);
  });

  it('a rule is changed in part, recorded with what it was, and read again; the same again is nothing', async () => {
    const office = person('Phòng VH-XH', 'contentOffice', (await station.area('ak')).path);
    const [line] = (await plans.create(office, await request('ak'))).lines;
    const change = (rule: object, actor = office) => plans.changeRule(actor, line?.id ?? '', ruleChange.parse(rule));
    expect(await change({ plays: 2, leastGrade: 'sensed' })).toEqual({ ...line, plays: 2, leastGrade: 'sensed' });
    expect(await change({ plays: 2 })).toMatchObject({ plays: 2, leastGrade: 'sensed' });
    const after = await change({ languages: ['xtg', 'vi'], clusters: 'any' });
    expect((await plans.list(office))[0]?.lines[0]).toEqual(after);
    expect(await change({ languages: null, clusters: 'all', plays: 1, leastGrade: 'completed' })).toEqual(line);
    const audits = await auditsOf(database, 'plan.ruleChanged');
    expect(audits.map(({ actorName, detail }) => [actorName, detail])).toEqual(
      expect.arrayContaining([
        ['Phòng VH-XH', { plan: '288/KH-UBND', before: PLAIN, after: { ...PLAIN, plays: 2, leastGrade: 'sensed' } }],
      ]),
    );
    expect(audits).toHaveLength(3);
  });

  it('invariant 9: a rule is changed by who manages the plan, and foreign lines are unknown', async () => {
    const [line] = (await plans.create(station.root, await request('ak'))).lines;
    const { path } = await station.area('ak');
    const change = (actor: Actor, id = line?.id ?? '') => plans.changeRule(actor, id, { plays: 2 });
    await expect(change(person('Anh Nam', 'monitor', path))).rejects.toMatchObject({ code: 'right.missing' });
    const neighbour = person('An Phú', 'contentOffice', (await station.area('ap')).path);
    await expect(change(neighbour)).rejects.toMatchObject({ code: 'plan.unknown' });
    await expect(change(station.root, 'nothing')).rejects.toMatchObject({ code: 'plan.unknown' });
  });

  it.each([{ plays: 0 }, { plays: 101 }, { clusters: 'most' }, { leastGrade: 'sent' }, { languages: [] }])(
    'a change to %p does not come in',
    (change) => expect(() => ruleChange.parse(change)).toThrow(),
  );
});
