import { describe, expect, it } from '@jest/globals';
import { aListener, anEntry, anItem, at, daily, itemsOf, planFor } from '../engine.spec-support.js';
import { Board, type Listener, type Plan, type ScheduleEntry, spanOfDays } from '../index.js';
import { type Override, Overrides, RuleBook, type RuleSet } from '../rules/index.js';
import { anOverride, aRuleSet, ceiling, hours } from '../rules/rules.spec-support.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const items = itemsOf(anItem(), anItem('long', 1_800_000));
const span = spanOfDays('2026-01-05', 1, ZONE);
const rule = (changes: Partial<RuleSet>): RuleSet =>
  aRuleSet({ areaPath: '/p/an-khuong/', validFrom: '2026-01-01', ...changes });
const plan = (entries: ScheduleEntry[], changes: Partial<RuleSet>, overrides: Override[] = []): Plan =>
  planFor({ entries, items, span, rules: new RuleBook([rule(changes)], []), overrides: new Overrides(overrides) });
const from6 = { windows: [hours('06:00–21:00')] };
const ids = ({ slices }: Plan) => slices.map(({ entryId }) => entryId);

describe('case 15: 05:00 in an area with a 06:00 rule', () => {
  it('is blocked, with the rule set that forbids it and what it allows', () => {
    const { plays, gaps } = plan([anEntry(daily('05:00'))], from6);
    expect(plays).toEqual([]);
    expect(gaps).toMatchObject([
      {
        entryId: 'e1',
        part: 0,
        reason: 'ruleWindow',
        breach: {
          source: { kind: 'ruleSet', id: 'r1', number: '12/QC-UBND' },
          allowed: { hours: [{ from: '06:00', until: '21:00' }] },
        },
      },
    ]);
  });

  it('an emergency passes, at its own volume, and is logged as such', () => {
    const emergency = anEntry(daily('05:00'), { class: 'emergency', volume: 100 });
    const { plays, gaps, remarks } = plan([emergency], {
      ...from6,
      volumeCeilings: [ceiling(40, '00:00–24:00')],
      blackouts: [
        { fromMs: at('2026-01-05T00:00:00'), untilMs: at('2026-01-06T00:00:00'), kind: 'funeral', reason: 'Tang lễ' },
      ],
    });
    expect(plays).toMatchObject([{ class: 'emergency', volume: 100 }]);
    expect(gaps).toEqual([]);
    expect(remarks.map((remark) => [remark.code, 'breach' in remark && remark.breach.code])).toEqual([
      ['rulePassed', 'ruleBlackout'],
      ['rulePassed', 'ruleVolume'],
      ['rulePassed', 'ruleWindow'],
    ]);
  });

  it('the same hour in the commune next to it, which has no rule, is heard', () => {
    const entries = [anEntry(daily('05:00'), { areaPath: '/p/' })];
    const listeners = [aListener('k1'), aListener('k2', { areaPath: '/p/thanh-an/' })];
    const board = new Board({ entries, listeners, items, span, zone: ZONE, rules: new RuleBook([rule(from6)], []) });
    expect(listeners.map(({ id }) => board.planOf(id).plays.length)).toEqual([0, 1]);
  });

  it('one that begins inside the hours and ends outside is blocked too', () => {
    expect(plan([anEntry(daily('20:55'))], from6).gaps).toMatchObject([{ reason: 'ruleWindow' }]);
    expect(ids(plan([anEntry(daily('20:50'))], from6))).toEqual(['e1']);
  });
});

describe('an override with a reason and a person', () => {
  it('lets the entry pass and is named in the remark', () => {
    const made = plan([anEntry(daily('05:00')), anEntry(daily('05:00'), { id: 'e2' })], from6, [anOverride()]);
    expect(ids(made)).toEqual(['e1']);
    expect(made.remarks).toMatchObject([
      { code: 'rulePassed', play: 'e1-20260105T0500-p0', breach: { passed: { by: 'override' } } },
    ]);
    expect(made.gaps).toMatchObject([{ entryId: 'e2', reason: 'ruleWindow' }]);
  });

  it('for one occurrence does not open the others', () => {
    const rules = new RuleBook([rule(from6)], []);
    const overrides = new Overrides([anOverride({ occurrence: 'e1-20260106T0500' })]);
    const days = spanOfDays('2026-01-05', 3, ZONE);
    const made = planFor({ entries: [anEntry(daily('05:00'))], items, span: days, rules, overrides });
    expect(made.slices.map(({ occurrence }) => occurrence)).toEqual(['e1-20260106T0500']);
    expect(made.gaps).toHaveLength(2);
  });

  it('without a reason lets nothing pass', () => {
    expect(plan([anEntry(daily('05:00'))], from6, [anOverride({ reason: ' ' })]).plays).toEqual([]);
  });
});

describe('volume', () => {
  it('is lowered to the ceiling in what the device is told, and the remark names the rule', () => {
    const made = plan([anEntry(daily('05:00'), { volume: 80 })], { volumeCeilings: [ceiling(45, '04:00–06:00')] });
    expect(made.plays).toMatchObject([{ volume: 45 }]);
    expect(made.slices).toMatchObject([{ volume: 45 }]);
    expect(made.remarks).toMatchObject([
      { code: 'volumeLowered', play: 'e1-20260105T0500-p0', breach: { allowed: { max: 45 }, play: { volume: 80 } } },
    ]);
    expect(made.gaps).toEqual([]);
  });

  it('of what gave way in a clash is that of the time at which it is heard', () => {
    const quiet = { volumeCeilings: [ceiling(45, '05:00–05:05'), ceiling(60, '05:10–06:00')] };
    const first = anEntry(daily('05:00'), {
      id: 'p',
      areaPath: '/p/',
      class: 'priority',
      level: 'province',
      volume: 30,
    });
    const made = plan([first, anEntry(daily('05:00'), { id: 'a', class: 'priority', volume: 80 })], quiet);
    expect(made.slices.map(({ entryId, volume }) => [entryId, volume])).toEqual([
      ['p', 30],
      ['a', 60],
    ]);
    expect(made.remarks).toMatchObject([{ play: 'a-20260105T0500-p0', breach: { allowed: { max: 60 } } }]);
  });
});

describe('sessions', () => {
  const at3 = ['05:00', '11:00', '17:00'].map((time, n) => anEntry(daily(time), { id: `s${n}` }));

  it('one session too many is not played', () => {
    const made = plan(at3, { maxSessionsPerDay: 2 });
    expect(ids(made)).toEqual(['s0', 's1']);
    expect(made.gaps).toMatchObject([{ entryId: 's2', reason: 'ruleTooManySessions', breach: { nth: 3 } }]);
  });

  it('the part of a session that is too long is not played; all that one cluster hears counts, whoever scheduled it', () => {
    const province = anEntry(daily('05:10'), { id: 'p', areaPath: '/p/' });
    const made = plan([anEntry(daily('05:00')), province], { maxSessionMinutes: 15 });
    expect(ids(made)).toEqual(['e1']);
    expect(made.gaps).toMatchObject([{ entryId: 'p', reason: 'ruleSessionTooLong' }]);
  });

  it('what breaks both is missing once', () => {
    const crowd = [...at3, anEntry(daily('17:10'), { id: 't' })];
    const made = plan(crowd, { maxSessionsPerDay: 2, maxSessionMinutes: 15 });
    expect(made.gaps.map(({ entryId }) => entryId)).toEqual(['s2', 't']);
  });

  it('what a clash has replaced takes no room', () => {
    const two = ['a', 'b'].map((id) => anEntry(daily('05:00'), { id, class: 'priority' }));
    const [a, b] = ['a-20260105T0500', 'b-20260105T0500'] as const;
    const decision = {
      ...{ key: `${a} ${b}`, areaPath: '/p/an-khuong/', goesFirst: b, other: 'replace' as const },
      ...{ automatic: false, byName: 'Chị Hoa', atMs: 0 },
    };
    const rules = new RuleBook([rule({ maxSessionMinutes: 10 })], []);
    expect(ids(planFor({ entries: two, items, span, rules, decisions: [decision] }))).toEqual(['b']);
  });
});

it('areas under one rule share what is laid, and each hears what it would hear alone', () => {
  const rules = new RuleBook(
    [rule({ areaPath: '/p/', ...from6 }), rule({ id: 'r2', windows: [hours('04:00–21:00')] })],
    [],
  );
  const entries = [
    anEntry(daily('05:00'), { areaPath: '/p/' }),
    anEntry(daily('07:00'), { id: 'e2', areaPath: '/p/' }),
  ];
  const listeners: Listener[] = ['/p/an-khuong/', '/p/an-khuong/ap-1/', '/p/thanh-an/', '/p/tan-hung/'].map(
    (areaPath, n) => aListener(`k${n}`, { areaPath }),
  );
  const board = new Board({ entries, listeners, items, span, zone: ZONE, rules });
  for (const listener of listeners)
    expect(board.planOf(listener.id)).toEqual(planFor({ entries, items, span, rules, listener }));
  expect(board.planOf('k0').plays).toHaveLength(2);
  expect(board.planOf('k3').plays).toHaveLength(1);
});
