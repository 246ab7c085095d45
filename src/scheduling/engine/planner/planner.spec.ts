import { describe, expect, it } from '@jest/globals';
import {
  type Campaign,
  type CampaignHamlet,
  type PlanningGround,
  type ProposedSchedule,
  planCampaign,
  planMakeUps,
} from './index.js';
import { aGround, aHamlet, aScript, at, clustersOf, daily, MINUTE_MS } from './planner.spec-support.js';

const campaign = (changes: Partial<Campaign> = {}): Campaign => ({ ...aGround(changes), playsPerCell: 3, ...changes });

function planned(changes: Partial<Campaign> = {}): ProposedSchedule {
  const answer = planCampaign(campaign(changes));
  if (!answer.ok) throw new Error(answer.refusal);
  return answer;
}

const daysOf = ({ proposals }: ProposedSchedule) => proposals.map(({ day }) => day);
const reasonsOf = ({ unplaced }: ProposedSchedule) =>
  unplaced.map(({ itemId, hamletId, missing, reason }) => `${itemId} ${hamletId} ${missing} ${reason}`);

describe('a campaign of a commune', () => {
  it('is one entry for the whole commune where all clusters can take it at the same moment', () => {
    const { proposals, unplaced } = planned();
    expect(unplaced).toEqual([]);
    expect(proposals).toHaveLength(3);
    expect(proposals[0]).toEqual({
      itemId: 's1',
      areaPath: '/p/an-khuong/',
      clusterIds: null,
      day: '2026-11-06',
      time: '05:00:00',
      startMs: at('2026-11-06T05:00'),
      endMs: at('2026-11-06T05:05'),
      hamletIds: ['a1', 'a2'],
    });
  });

  it('names the clusters where the commune has one more, which no hamlet of the campaign hears', () => {
    const ground = aGround();
    const clusters = [...ground.clusters, { id: 'at-the-market', areaPath: '/p/an-khuong/' }];
    const { proposals } = planned({ clusters });
    expect(proposals[0]?.clusterIds).toEqual(['cluster-a1', 'cluster-a2']);
  });

  it('plays the others together where one cluster is taken, and that one when it is free', () => {
    const hamlets = [aHamlet('a1'), aHamlet('a2'), aHamlet('a3')];
    const busy = (id: string) => (id === 'cluster-a2' ? daily('2026-10-26', '2026-12-31', '04:00', '17:30') : []);
    const only = daily('2026-10-26', '2026-12-31', '17:30', '20:00');
    const { proposals, unplaced } = planned({
      hamlets,
      playsPerCell: 1,
      busy: (id) => (id === 'cluster-a2' ? busy(id) : only),
    });
    expect(unplaced).toEqual([]);
    expect(proposals.map(({ clusterIds, time }) => [clusterIds, time])).toEqual([
      [['cluster-a1', 'cluster-a3'], '05:00:00'],
      [['cluster-a2'], '17:30:00'],
    ]);
  });

  it('takes the evening where the morning is full, and keeps the silence between plays', () => {
    const { proposals } = planned({
      gapMs: 2 * MINUTE_MS,
      busy: () => [
        ...daily('2026-10-26', '2026-12-31', '05:00', '05:55'),
        ...daily('2026-10-26', '2026-12-31', '17:10', '17:40'),
      ],
    });
    expect(new Set(proposals.map(({ time }) => time))).toEqual(new Set(['17:00:00']));
  });

  it('starts on full minutes, and on a full second where only that fits', () => {
    const busy = () => daily('2026-10-26', '2026-12-31', '05:00', '05:54:59.500');
    const { proposals } = planned({ busy, playsPerCell: 1 });
    expect(proposals[0]?.time).toBe('05:55:00');
    const tight = planned({
      playsPerCell: 1,
      busy: () => [...busy(), ...daily('2026-10-26', '2026-12-31', '17:00', '19:00')],
      scripts: [aScript('s1', { durationMs: 5 * MINUTE_MS })],
      allowed: (_area, day) => [{ fromMs: at(`${day}T05:54:20.250`), untilMs: at(`${day}T06:00:00.900`) }],
    });
    expect(tight.proposals[0]?.time).toBe('05:55:00');
    const second = planned({
      playsPerCell: 1,
      allowed: (_area, day) => [{ fromMs: at(`${day}T05:54:20.250`), untilMs: at(`${day}T05:59:30`) }],
    });
    expect(second.proposals[0]?.time).toBe('05:54:21');
  });

  it('does not count a day on which the script is played anyway', () => {
    const busy = () => daily('2026-10-26', '2026-12-30', '12:00', '12:05', 's1');
    const answer = planned({ busy });
    expect(daysOf(answer)).toEqual(['2026-12-31']);
    expect(reasonsOf(answer)).toEqual(['s1 a1 2 tooFewDays', 's1 a2 2 tooFewDays']);
  });
});

describe('days', () => {
  const everyDay = { preferences: [], firstDay: '2026-12-29', lastDay: '2026-12-31' };

  it('case 2: first and last day are both used', () => {
    expect(daysOf(planned(everyDay))).toEqual(['2026-12-29', '2026-12-30', '2026-12-31']);
  });

  it('case 3: a play over midnight belongs to the day of its start, and is taken from the next one', () => {
    const { proposals } = planned({
      ...everyDay,
      oncePerDay: false,
      scripts: [aScript('s1', { durationMs: 40 * MINUTE_MS })],
      playsPerCell: 2,
      lastDay: '2026-12-30',
      allowed: (_area, day) => [{ fromMs: at(`${day}T23:50`), untilMs: at(`${day}T23:50`) + 50 * MINUTE_MS }],
    });
    expect(proposals.map(({ day, time }) => `${day} ${time}`)).toEqual(['2026-12-29 23:50:00', '2026-12-30 23:50:00']);
  });

  it('nothing starts before now', () => {
    const answer = planned({ ...everyDay, notBeforeMs: at('2026-12-30T17:20:10') });
    expect(answer.proposals.map(({ day, time }) => `${day} ${time}`)).toEqual([
      '2026-12-30 17:21:00',
      '2026-12-31 05:00:00',
    ]);
    expect(reasonsOf(answer)).toEqual(['s1 a1 1 tooFewDays', 's1 a2 1 tooFewDays']);
  });

  it('plays lie evenly: 20 scripts three times in 67 days are at most one a day, and no week is empty', () => {
    const scripts = Array.from({ length: 20 }, (_, index) => aScript(`s${String(index).padStart(2, '0')}`));
    const answer = planned({ scripts, cut: { before: '2026-11-25', atLeast: 1 } });
    const counts = new Map<string, number>();
    for (const day of daysOf(answer)) counts.set(day, (counts.get(day) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBe(1);
    expect(counts.size).toBe(60);
  });

  it('what has to be before the cut is before it, evenly, and the rest after it', () => {
    const scripts = Array.from({ length: 20 }, (_, index) => aScript(`s${String(index).padStart(2, '0')}`));
    const answer = planned({ scripts, cut: { before: '2026-11-05', atLeast: 2 } });
    expect(answer.unplaced).toEqual([]);
    const early = answer.proposals.filter(({ day }) => day < '2026-11-05');
    expect(early).toHaveLength(40);
    const ofDay = (day: string) => early.filter((proposal) => proposal.day === day).length;
    expect(new Set(early.map(({ day }) => ofDay(day)))).toEqual(new Set([4]));
  });

  it('a cut that cannot be met is said, and the plays come after it', () => {
    const busy = () => daily('2026-10-26', '2026-11-24', '00:00', '23:59');
    const answer = planned({ busy, cut: { before: '2026-11-25', atLeast: 2 } });
    expect(reasonsOf(answer)).toEqual(['s1 a1 2 cutNotMet', 's1 a2 2 cutNotMet']);
    expect(answer.proposals).toHaveLength(3);
    expect(answer.unplaced[0]?.words.vi).toContain('25/11/2026');
  });

  it('a script is placed on the days of its validity only', () => {
    const scripts = [aScript('s1', { validFrom: '2026-11-10', validTo: '2026-11-12' })];
    expect(daysOf(planned({ scripts }))).toEqual(['2026-11-10', '2026-11-11', '2026-11-12']);
  });
});

describe('what cannot be placed', () => {
  it('case 23: a hamlet with three clusters, two that share one, and one with none each count rightly', () => {
    const hamlets: CampaignHamlet[] = [
      aHamlet('three', ['k1', 'k2', 'k3']),
      aHamlet('shares', ['k4']),
      aHamlet('shares-too', ['k4']),
      aHamlet('none', []),
    ];
    const answer = planned({ hamlets, clusters: clustersOf(hamlets) });
    expect(reasonsOf(answer)).toEqual(['s1 none 3 noCluster']);
    expect(answer.proposals).toHaveLength(3);
    for (const { clusterIds, hamletIds } of answer.proposals)
      expect({ clusterIds, hamletIds }).toEqual({ clusterIds: null, hamletIds: ['shares', 'shares-too', 'three'] });
  });

  it('case 4: a script of unknown length is never placed', () => {
    const scripts = [aScript('s1', { durationMs: null }), aScript('s2', { durationMs: 0 })];
    const answer = planned({ scripts, hamlets: [aHamlet('a1')] });
    expect(answer.proposals).toEqual([]);
    expect(reasonsOf(answer)).toEqual(['s1 a1 3 unknownDuration', 's2 a1 3 unknownDuration']);
  });

  it.each<[string, Partial<Campaign>]>([
    ['notValid', { scripts: [aScript('s1', { validTo: '2026-10-25' })] }],
    ['periodOver', { notBeforeMs: at('2027-01-01T00:00') }],
    ['rulesLeaveNoTime', { scripts: [aScript('s1', { durationMs: 100 * MINUTE_MS })] }],
    ['noFreePlace', { busy: () => daily('2026-10-26', '2026-12-31', '00:00', '23:59') }],
    ['dayLimit', { mostPerDay: { plays: null, durationMs: 4 * MINUTE_MS } }],
  ])('%s', (reason, changes) => {
    const answer = planned({ ...changes, hamlets: [aHamlet('a1')] });
    expect(reasonsOf(answer)).toEqual([`s1 a1 3 ${reason}`]);
    for (const { words } of answer.unplaced) expect(words.vi.length * words.en.length).toBeGreaterThan(0);
  });

  it('case 15: 05:00 is not proposed where the rules begin at 06:00', () => {
    const allowed = (_area: string, day: string) => [{ fromMs: at(`${day}T06:00`), untilMs: at(`${day}T07:00`) }];
    expect(planned({ allowed }).proposals[0]?.time).toBe('06:00:00');
  });

  it('a cluster shared over a commune border gets an entry of the area above, with names', () => {
    const hamlets = [aHamlet('a1', ['shared']), aHamlet('b1', ['shared', 'own'], 'tan-khai')];
    const { proposals } = planned({ hamlets, clusters: clustersOf(hamlets) });
    expect(proposals.map(({ areaPath, clusterIds }) => [areaPath, clusterIds])[0]).toEqual(['/p/', ['own', 'shared']]);
  });
});

describe('make-up plays', () => {
  it('are proposed for the missing cells only, and together where that serves several', () => {
    const ground: PlanningGround = aGround({ firstDay: '2026-12-28' });
    const answer = planMakeUps({
      ...ground,
      missing: [
        { itemId: 's1', hamletId: 'a1', missing: 2 },
        { itemId: 's1', hamletId: 'a2', missing: 1 },
      ],
    });
    expect(answer.ok && answer.proposals.map(({ clusterIds, hamletIds }) => [clusterIds, hamletIds])).toEqual([
      [null, ['a1', 'a2']],
      [['cluster-a1'], ['a1']],
    ]);
  });
});

describe('bad input is refused with a code', () => {
  it.each<[string, Partial<Campaign>]>([
    ['planner.dayWrong', { firstDay: '2026-02-31' }],
    ['planner.periodWrong', { firstDay: '2027-01-01' }],
    ['planner.periodTooLong', { lastDay: '2036-12-31' }],
    ['planner.playsWrong', { playsPerCell: 1_000_000 }],
    ['planner.playsWrong', { playsPerCell: 0.5 }],
    ['planner.cutWrong', { cut: { before: '2026-11-25', atLeast: 4 } }],
    ['planner.windowWrong', { preferences: [{ from: '11:00', until: '11:00' }] }],
    ['planner.gapWrong', { gapMs: -1 }],
    ['planner.limitWrong', { mostPerDay: { plays: -1, durationMs: null } }],
    ['planner.sameTwice', { scripts: [aScript('s1'), aScript('s1')] }],
    ['planner.clusterUnknown', { clusters: [] }],
    ['planner.tooLarge', { playsPerCell: 400, scripts: Array.from({ length: 2_000 }, (_, at) => aScript(`s${at}`)) }],
  ])('%s', (refusal, changes) => {
    expect(planCampaign(campaign(changes))).toEqual({ ok: false, refusal });
  });

  it('a make-up for a cell that the ground does not know', () => {
    const missing = [{ itemId: 's1', hamletId: 'elsewhere', missing: 1 }];
    expect(planMakeUps({ ...aGround(), missing })).toEqual({ ok: false, refusal: 'planner.cellUnknown' });
  });
});

describe('size', () => {
  const large = (communes: number, hamlets: number): Partial<Campaign> => {
    const all = Array.from({ length: communes * hamlets }, (_, index) =>
      aHamlet(`h${index}`, [`k${index}`], `x${index % communes}`),
    );
    const plays = new Map(
      all.map(({ id }, index) => {
        const minute = String(index % 50).padStart(2, '0');
        return [`k${id.slice(1)}`, daily('2026-10-26', '2026-12-31', `05:${minute}`, `05:${minute}:59`)];
      }),
    );
    return {
      hamlets: all,
      clusters: clustersOf(all),
      scripts: Array.from({ length: 20 }, (_, index) => aScript(`s${String(index).padStart(2, '0')}`)),
      cut: { before: '2026-11-25', atLeast: 1 },
      busy: (id) => plays.get(id) ?? [],
    };
  };

  it('20 scripts × 95 hamlets × 3 plays within two seconds', () => {
    const input = large(12, 8);
    const before = performance.now();
    const { unplaced } = planned({ ...input, hamlets: input.hamlets!.slice(0, 95) });
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(unplaced).toEqual([]);
  });

  it('and 3,000 hamlets of 150 communes in bounded time', () => {
    const input = large(150, 20);
    const before = performance.now();
    const { unplaced } = planned(input);
    expect(performance.now() - before).toBeLessThan(20_000);
    expect(unplaced).toEqual([]);
  });
});
