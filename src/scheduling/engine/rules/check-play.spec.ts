import { describe, expect, it } from '@jest/globals';
import { checkPlay, NO_OVERRIDES, Overrides, RuleBook, type RuledPlay, type RuleSet, type YearDays } from './index.js';
import {
  anOverride,
  aPlay,
  aRuleSet,
  at,
  ceiling,
  HAMLET,
  hours,
  PROVINCE,
  someYear,
  VN,
} from './rules.spec-support.js';

const check = (sets: Partial<RuleSet>, play: RuledPlay, years: YearDays[] = [], overrides = NO_OVERRIDES, zone = VN) =>
  checkPlay(new RuleBook([aRuleSet(sets)], years), play, zone, overrides);
const codes = (...asked: Parameters<typeof check>) => check(...asked).breaches.map(({ code }) => code);

describe('allowed hours', () => {
  const windows = [hours('06:00–07:00'), hours('17:00–18:00')];

  it('case 15: 05:00 in an area with a 06:00 rule is blocked with the reason', () => {
    const play = aPlay('2026-07-06T05:00');
    expect(check({ windows }, play).breaches).toEqual([
      {
        code: 'ruleWindow',
        source: { kind: 'ruleSet', id: 'r1', revision: 1, number: '12/QC-UBND', date: '2026-01-05' },
        play,
        zone: VN,
        passed: null,
        outside: { fromMs: at('2026-07-06T05:00'), untilMs: at('2026-07-06T05:10') },
        allowed: {
          day: '2026-07-06',
          holiday: null,
          hours: [
            { from: '06:00', until: '07:00' },
            { from: '17:00', until: '18:00' },
          ],
        },
      },
    ]);
  });

  it('case 15: an emergency at 05:00 passes, and the pass is reported', () => {
    const { breaches } = check({ windows }, aPlay('2026-07-06T05:00', 10, { class: 'emergency' }));
    expect(breaches).toMatchObject([{ code: 'ruleWindow', passed: { by: 'emergency' } }]);
  });

  it.each([
    ['from the first instant to the last', aPlay('2026-07-06T06:00', 60), []],
    ['a second after the end', aPlay('2026-07-06T06:50', 10 + 1 / 60), ['ruleWindow']],
    ['ends outside', aPlay('2026-07-06T06:55'), ['ruleWindow']],
    ['starts outside', aPlay('2026-07-06T16:55'), ['ruleWindow']],
    ['starts and ends inside, with the noon between', aPlay('2026-07-06T06:30', 660), ['ruleWindow']],
    ['in a hamlet below', aPlay('2026-07-06T05:00', 10, { areaPath: HAMLET }), ['ruleWindow']],
    ['in the province above', aPlay('2026-07-06T05:00', 10, { areaPath: PROVINCE }), []],
    ['of no length at the end', aPlay('2026-07-06T07:00', 0), ['ruleWindow']],
  ])('%s', (_, play, expected) => expect(codes({ windows }, play)).toEqual(expected));

  it('windows that touch or overlap are one', () => {
    const touching = [hours('05:00–06:00'), hours('05:30–06:10'), hours('06:10–07:00')];
    expect(codes({ windows: touching }, aPlay('2026-07-06T05:00', 120))).toEqual([]);
  });

  it('a window over midnight belongs to the day on which it begins', () => {
    const windows = [hours('22:00–02:00', { days: [5], untilDay: 'next' })]; // Friday night
    expect(codes({ windows }, aPlay('2026-07-10T23:50', 20))).toEqual([]);
    expect(codes({ windows }, aPlay('2026-07-11T01:50'))).toEqual([]);
    expect(codes({ windows }, aPlay('2026-07-11T22:00'))).toEqual(['ruleWindow']);
    expect(codes({ windows }, aPlay('2026-07-10T01:00'))).toEqual(['ruleWindow']);
  });

  it('case 2: the last day of validity is ruled to its end, and its window runs on over midnight', () => {
    const last = { validTo: '2026-07-06', windows: [hours('22:00–01:00', { untilDay: 'next' })] };
    expect(codes(last, aPlay('2026-07-06T21:00'))).toEqual(['ruleWindow']);
    expect(codes(last, aPlay('2026-07-06T23:55'))).toEqual([]);
    expect(codes(last, aPlay('2026-07-07T21:00'))).toEqual([]);
  });

  it('a window to 24:00 goes on in one from 00:00', () => {
    expect(codes({ windows: [hours('20:00–24:00'), hours('00:00–01:00')] }, aPlay('2026-07-06T23:55'))).toEqual([]);
    expect(codes({ windows: [hours('20:00–24:00')] }, aPlay('2026-07-06T23:55'))).toEqual(['ruleWindow']);
  });
});

describe('days and seasons', () => {
  const years = [
    someYear({
      holidays: [{ day: '2026-09-02', name: 'Quốc khánh' }],
      swapped: [{ worked: '2026-08-22', standsFor: '2026-08-31' }],
    }),
  ];
  const onWeekdays = [hours('05:00–06:00', { days: [1, 2, 3, 4, 5] })];
  const onWorkdays = [hours('05:00–06:00', { days: ['workday'] })];
  const withHolidays = [...onWeekdays, hours('07:00–08:00', { days: ['holiday'] })];

  it.each([
    ['Sunday is not among Monday to Friday', onWeekdays, '2026-08-23T05:00', ['ruleWindow']],
    ['Sunday is 7', [hours('05:00–06:00', { days: [7] })], '2026-08-23T05:00', []],
    ['a worked Saturday is the weekday it stands for', onWeekdays, '2026-08-22T05:00', []],
    ['the weekday it stands for is a Saturday', onWeekdays, '2026-08-31T05:00', ['ruleWindow']],
    ['a worked Saturday is a workday', onWorkdays, '2026-08-22T05:00', []],
    ['a holiday is no workday', onWorkdays, '2026-09-02T05:00', ['ruleWindow']],
    ['a holiday is its weekday where holidays have no hours of their own', onWeekdays, '2026-09-02T05:00', []],
    ['a holiday has only its own hours where there are some', withHolidays, '2026-09-02T05:00', ['ruleWindow']],
    ['the hours of holidays on a holiday', withHolidays, '2026-09-02T07:00', []],
    ['the hours of holidays on a plain day', withHolidays, '2026-09-03T07:00', ['ruleWindow']],
  ])('%s', (_, windows, start, expected) => expect(codes({ windows }, aPlay(start), years)).toEqual(expected));

  it.each([
    ['first day of winter', '2026-11-15T06:30', []],
    ['31 December', '2026-12-31T06:30', []],
    ['1 January', '2027-01-01T06:30', []],
    ['last day of winter', '2027-02-28T06:30', []],
    ['day after', '2027-03-01T06:30', ['ruleWindow']],
    ['29 February is none of it', '2028-02-29T06:30', ['ruleWindow']],
    ['summer', '2026-07-06T05:00', []],
  ])('a season over the end of the year: %s', (_, start, expected) => {
    const windows = [
      hours('06:30–07:00', { season: { from: '11-15', to: '02-28' } }),
      hours('05:00–05:30', { season: { from: '03-01', to: '11-14' } }),
    ];
    expect(codes({ windows }, aPlay(start))).toEqual(expected);
  });

  it('on a day without any window nothing is allowed, and the breach says so', () => {
    const { breaches } = check({ windows: onWeekdays }, aPlay('2026-08-23T05:00'), years);
    expect(breaches).toMatchObject([{ allowed: { day: '2026-08-23', hours: [] } }]);
  });
});

describe('a zone that changes its clocks', () => {
  const berlin = 'Europe/Berlin';
  const play = (instant: string, minutes: number) => ({
    ...aPlay('2026-01-10T00:00', minutes),
    ...spanOf(instant, minutes),
  });
  const spanOf = (instant: string, minutes: number) => ({
    startMs: Date.parse(instant),
    endMs: Date.parse(instant) + minutes * 60_000,
  });
  const breaches = (windows: RuleSet['windows'], instant: string, minutes: number) =>
    codes({ windows }, play(instant, minutes), [], NO_OVERRIDES, berlin);

  it('hours are those of the wall on both sides of the change', () => {
    const morning = [hours('06:00–07:00')];
    expect(breaches(morning, '2026-03-28T05:00:00Z', 60)).toEqual([]);
    expect(breaches(morning, '2026-03-29T04:00:00Z', 60)).toEqual([]);
    expect(breaches(morning, '2026-03-29T05:00:00Z', 1)).toEqual(['ruleWindow']);
    expect(breaches(morning, '2026-10-25T05:00:00Z', 60)).toEqual([]);
    expect(breaches(morning, '2026-10-25T04:00:00Z', 1)).toEqual(['ruleWindow']);
  });

  it('a window inside the hour that is left out is moved on, a night of 25 hours is allowed whole', () => {
    expect(breaches([hours('02:15–02:45')], '2026-03-29T01:20:00Z', 5)).toEqual([]);
    expect(breaches([hours('00:00–24:00')], '2026-10-24T22:00:00Z', 25 * 60)).toEqual([]);
  });
});

describe('blackouts', () => {
  const exam = {
    fromMs: at('2026-06-11T06:00'),
    untilMs: at('2026-06-12T18:00'),
    reason: 'Thi tốt nghiệp THPT',
    kind: 'exam' as const,
  };
  const blackouts = [exam];

  it.each([
    ['before', aPlay('2026-06-11T05:50'), []],
    ['runs into it', aPlay('2026-06-11T05:55'), ['ruleBlackout']],
    ['inside', aPlay('2026-06-12T05:00'), ['ruleBlackout']],
    ['over midnight inside: named once', aPlay('2026-06-11T23:55'), ['ruleBlackout']],
    ['at its end', aPlay('2026-06-12T18:00'), []],
    ['a day on which the rule set is valid no more', aPlay('2026-06-12T05:00'), [], '2026-06-11'],
  ])('%s', (_, play, expected, validTo: string | null = null) =>
    expect(codes({ blackouts, validTo }, play)).toEqual(expected),
  );

  it('each that is hit is named, with its rule set', () => {
    const upper = aRuleSet({
      id: 'upper',
      areaPath: PROVINCE,
      blackouts: [{ ...exam, reason: 'Bão số 5', kind: 'other' }],
    });
    const book = new RuleBook([aRuleSet({ blackouts }), upper], []);
    expect(checkPlay(book, aPlay('2026-06-12T05:00')).breaches).toMatchObject([
      { source: { id: 'upper' }, blackout: { reason: 'Bão số 5' } },
      { source: { id: 'r1' }, blackout: { reason: 'Thi tốt nghiệp THPT' } },
    ]);
  });

  it('national mourning is silence everywhere on all its days, last one included', () => {
    const years = [someYear({ mourning: [{ from: '2026-07-25', to: '2026-07-26', reason: 'Quốc tang' }] })];
    expect(codes({}, aPlay('2026-07-24T23:50'), years)).toEqual([]);
    expect(codes({}, aPlay('2026-07-25T00:00', 10, { areaPath: '/ha-noi/' }), years)).toEqual(['ruleBlackout']);
    expect(check({}, aPlay('2026-07-26T23:50'), years).breaches).toMatchObject([
      { source: { kind: 'yearDays', year: 2026 }, blackout: { reason: 'Quốc tang', kind: 'mourning' } },
    ]);
    expect(codes({}, aPlay('2026-07-27T00:00'), years)).toEqual([]);
  });
});

describe('volume ceilings', () => {
  const volumeCeilings = [ceiling(60, '05:00–06:00'), ceiling(40, '20:00–05:30', { untilDay: 'next' })];

  it.each([
    ['under no ceiling', aPlay('2026-07-06T12:00'), 80],
    ['lowered to the ceiling', aPlay('2026-07-06T05:40'), 60],
    ['lowered to the lowest within the play', aPlay('2026-07-06T05:25', 30), 40],
    ['after midnight by the night before', aPlay('2026-07-06T01:00'), 40],
    ['already below', aPlay('2026-07-06T05:40', 10, { volume: 55 }), 55],
    ['exactly at it', aPlay('2026-07-06T05:40', 10, { volume: 60 }), 60],
  ])('%s', (_, play, volume) => expect(check({ volumeCeilings }, play).volume).toBe(volume));

  it('a lowered play is reported, not blocked', () => {
    expect(check({ volumeCeilings }, aPlay('2026-07-06T05:25', 30)).breaches).toMatchObject([
      { code: 'ruleVolume', passed: null, allowed: { max: 40, hours: { from: '00:00', until: '05:30' } } },
    ]);
  });

  it('an emergency keeps its volume, and the pass is reported', () => {
    const checked = check({ volumeCeilings }, aPlay('2026-07-06T05:40', 10, { class: 'emergency', volume: 100 }));
    expect(checked).toMatchObject({ volume: 100, breaches: [{ code: 'ruleVolume', passed: { by: 'emergency' } }] });
  });

  it('the ceilings of weekdays hold on holidays too, beside those of holidays', () => {
    const years = [someYear({ holidays: [{ day: '2026-09-02', name: 'Quốc khánh' }] })];
    const both = [ceiling(50, '05:00–06:00'), ceiling(70, '05:00–09:00', { days: ['holiday'] })];
    expect(check({ volumeCeilings: both }, aPlay('2026-09-02T05:00'), years).volume).toBe(50);
    expect(check({ volumeCeilings: both }, aPlay('2026-09-02T08:00'), years).volume).toBe(70);
    expect(check({ volumeCeilings: both }, aPlay('2026-09-03T08:00'), years).volume).toBe(80);
  });
});

describe('an override', () => {
  const windows = [hours('06:00–07:00')];
  const passed = (override: Parameters<typeof anOverride>[0]) =>
    check({ windows }, aPlay('2026-07-06T05:00'), [], new Overrides([anOverride(override)])).breaches[0]?.passed;

  it('lets the entry pass and is named in the breach', () => {
    expect(passed({})).toEqual({ by: 'override', override: anOverride() });
    expect(passed({ occurrence: 'e1-2026-07-06T05:00' })).toMatchObject({ override: { id: 'o1' } });
  });

  it.each([
    ['of another entry', { entryId: 'e2' }],
    ['of another occurrence', { occurrence: 'e1-2026-07-07T05:00' }],
    ['of another rule', { codes: ['ruleBlackout' as const] }],
    ['of rules that stood no longer or not yet', { passes: ['r1@2', 'r2@1', 'year 2026'] }],
    ['of one silence of these rules', { passes: ['r1@1: 1-2'] }],
    ['without a reason', { reason: '  ' }],
    ['without a person', { byName: '' }],
  ])('%s lets nothing pass', (_, changes) => expect(passed(changes)).toBeNull());

  it('of one silence lets no other pass', () => {
    const [first, second] = [at('2026-07-06T04:00'), at('2026-07-06T05:05')];
    const silence = (fromMs: number) => ({
      ...{ fromMs, untilMs: fromMs + 3_600_000, reason: 'Tang lễ' },
      kind: 'funeral' as const,
    });
    const blackouts = [silence(first), silence(second)];
    const override = anOverride({ codes: ['ruleBlackout'], passes: [`r1@1: ${first}-${first + 3_600_000}`] });
    const play = aPlay('2026-07-06T04:55', 20);
    expect(check({ blackouts }, play, [], new Overrides([override])).breaches).toMatchObject([
      { blackout: { fromMs: first }, passed: { override: { id: 'o1' } } },
      { blackout: { fromMs: second }, passed: null },
    ]);
  });

  it('of several the earliest is named, in whatever order they come', () => {
    const [first, second] = [anOverride({ id: 'o2', atMs: 1 }), anOverride({ id: 'o1', atMs: 2 })];
    for (const all of [
      [first, second],
      [second, first],
    ])
      expect(check({ windows }, aPlay('2026-07-06T05:00'), [], new Overrides(all)).breaches).toMatchObject([
        { passed: { override: { id: 'o2' } } },
      ]);
  });

  it('of the volume keeps the volume', () => {
    const overrides = new Overrides([anOverride({ codes: ['ruleVolume'] })]);
    const volumeCeilings = [ceiling(60, '05:00–06:00')];
    expect(check({ volumeCeilings }, aPlay('2026-07-06T05:00'), [], overrides).volume).toBe(80);
  });
});

describe('bad input is refused in bounded time', () => {
  it.each([
    ['a play of ten years', aPlay('2026-07-06T05:00', 10 * 366 * 1_440)],
    ['no time at all', aPlay('2026-07-06T05:00', 10, { startMs: Number.NaN, endMs: Number.NaN })],
    ['a time beyond all calendars', aPlay('2026-07-06T05:00', 10, { startMs: 9e15, endMs: 9e15 + 1 })],
    ['a time before 1970', aPlay('2026-07-06T05:00', 10, { startMs: -1, endMs: 1 })],
  ])('%s', (_, play) => expect(() => check({}, play)).toThrow(RangeError));

  it('an unknown zone', () => {
    expect(() => check({}, aPlay('2026-07-06T05:00'), [], NO_OVERRIDES, 'Asia/Nowhere')).toThrow(RangeError);
  });
});
