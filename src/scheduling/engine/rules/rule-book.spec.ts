import { describe, expect, it } from '@jest/globals';
import { overlappingRuleSets, RuleBook } from './index.js';
import { aRuleSet, at, COMMUNE, COUNTRY, HAMLET, hours, PROVINCE, someYear } from './rules.spec-support.js';

const DAY = '2026-07-06';

describe('what holds in an area', () => {
  const country = aRuleSet({ id: 'country', areaPath: COUNTRY, windows: [hours('05:00–22:00')], sessionGapMinutes: 3 });
  const province = aRuleSet({ id: 'province', areaPath: PROVINCE, maxSessionsPerDay: 2, maxSessionMinutes: 30 });
  const commune = aRuleSet({ id: 'commune', areaPath: COMMUNE, maxSessionMinutes: 15 });
  const hamlet = aRuleSet({ id: 'hamlet', areaPath: HAMLET, windows: [hours('06:00–07:00')], volumeCeilings: [] });
  const book = new RuleBook([hamlet, country, commune, province], []);
  const told = (areaPath: string) => {
    const { windows, maxSessionMinutes, maxSessionsPerDay, sessionGapMinutes, volumeCeilings } = book.at(areaPath, DAY);
    const by = (part: { source: object } | null) => part && (part.source as { id: string }).id;
    return [by(windows), by(maxSessionsPerDay), by(maxSessionMinutes), sessionGapMinutes, by(volumeCeilings)];
  };

  it.each([
    ['the country', COUNTRY, ['country', null, null, 3, null]],
    ['a province', PROVINCE, ['country', 'province', 'province', 3, null]],
    ['a commune', COMMUNE, ['country', 'province', 'commune', 3, null]],
    ['a hamlet', HAMLET, ['hamlet', 'province', 'commune', 3, 'hamlet']],
    ['a hamlet without rules of its own', '/dak-nong/an-khuong/thon-2/', ['country', 'province', 'commune', 3, null]],
    ['a commune whose name only begins alike', '/dak-nong/an-khuong-2/', ['country', 'province', 'province', 3, null]],
    ['another province', '/lam-dong/', ['country', null, null, 3, null]],
  ])('%s: each part from the nearest that states it', (_, areaPath, parts) => expect(told(areaPath)).toEqual(parts));

  it('names number and date of the paper for each part', () => {
    expect(book.at(HAMLET, DAY).maxSessionMinutes).toEqual({
      value: 15,
      source: { kind: 'ruleSet', id: 'commune', revision: 1, number: '12/QC-UBND', date: '2026-01-05' },
    });
  });

  it('says nothing where nobody has ruled, and takes plays less than 5 minutes apart as one session', () => {
    expect(new RuleBook([], []).at(HAMLET, DAY)).toMatchObject({ windows: null, blackouts: [], sessionGapMinutes: 5 });
  });

  it('blackouts add up from the country down', () => {
    const blackout = (reason: string) => [
      { fromMs: at('2026-07-06T07:00'), untilMs: at('2026-07-06T12:00'), reason, kind: 'exam' as const },
    ];
    const sets = [
      { ...country, blackouts: blackout('a') },
      { ...commune, blackouts: blackout('b') },
      { ...hamlet, blackouts: blackout('c') },
    ];
    expect(new RuleBook(sets, []).at(HAMLET, DAY).blackouts.map(({ value }) => value.reason)).toEqual(['a', 'b', 'c']);
    expect(new RuleBook(sets, []).at(COMMUNE, DAY).blackouts.map(({ value }) => value.reason)).toEqual(['a', 'b']);
  });
});

describe('validity', () => {
  const book = new RuleBook([aRuleSet({ validFrom: '2026-01-10', validTo: '2026-06-30', maxSessionsPerDay: 2 })], []);

  it.each([
    ['the day before the first', '2026-01-09', undefined],
    ['the first day', '2026-01-10', 2],
    ['case 2: the last day', '2026-06-30', 2],
    ['the day after the last', '2026-07-01', undefined],
  ])('%s', (_, day, sessions) => expect(book.at(COMMUNE, day).maxSessionsPerDay?.value).toBe(sessions));
});

describe('two rule sets of one area valid on one day', () => {
  const old = aRuleSet({
    id: 'old',
    date: '2025-03-01',
    validFrom: '2025-04-01',
    maxSessionsPerDay: 2,
    maxSessionMinutes: 15,
  });
  const amendment = aRuleSet({
    id: 'new',
    date: '2026-02-01',
    validFrom: '2026-03-01',
    validTo: '2026-12-31',
    maxSessionMinutes: 20,
  });

  it('the later paper wins in what it states, the older one still holds in the rest', () => {
    for (const sets of [
      [old, amendment],
      [amendment, old],
    ]) {
      const rules = new RuleBook(sets, []).at(COMMUNE, DAY);
      expect(rules.maxSessionMinutes).toMatchObject({ value: 20, source: { id: 'new' } });
      expect(rules.maxSessionsPerDay).toMatchObject({ value: 2, source: { id: 'old' } });
    }
  });

  it('of papers of one day, the one in force later wins', () => {
    const later = { ...old, id: 'later', validFrom: '2025-05-01', maxSessionsPerDay: 3 };
    expect(new RuleBook([later, old], []).at(COMMUNE, DAY).maxSessionsPerDay?.source).toMatchObject({ id: 'later' });
  });

  it('are reported, with the days and who wins', () => {
    const elsewhere = { ...old, id: 'elsewhere', areaPath: HAMLET };
    const overlap = { code: 'ruleSetsOverlap', areaPath: COMMUNE, winner: 'new', loser: 'old' };
    const expected = [{ ...overlap, from: '2026-03-01', to: '2026-12-31' }];
    expect(overlappingRuleSets([old, amendment, elsewhere])).toEqual(expected);
    expect(overlappingRuleSets([elsewhere, amendment, old])).toEqual(expected);
  });

  it('case 2: overlap on one day already when the last day of one is the first of the other', () => {
    const until = (validTo: string) => overlappingRuleSets([{ ...old, validTo }, amendment]);
    expect(until('2026-03-01')).toMatchObject([{ from: '2026-03-01', to: '2026-03-01' }]);
    expect(until('2026-02-28')).toEqual([]);
  });
});

describe('what a day counts as', () => {
  const book = new RuleBook(
    [],
    [
      someYear({
        holidays: [{ day: '2026-09-02', name: 'Quốc khánh' }],
        swapped: [{ worked: '2026-08-22', standsFor: '2026-08-31' }],
      }),
    ],
  );

  it.each([
    ['a plain Monday', '2026-08-24', { weekday: 1, workday: true, holiday: null }],
    ['a plain Sunday', '2026-08-23', { weekday: 7, workday: false, holiday: null }],
    ['a holiday on a Wednesday', '2026-09-02', { weekday: 3, workday: false, holiday: { name: 'Quốc khánh' } }],
    ['a Saturday that is worked is the Monday it stands for', '2026-08-22', { weekday: 1, workday: true }],
    ['that Monday is a Saturday', '2026-08-31', { weekday: 6, workday: false }],
  ])('%s', (_, day, nature) => expect(book.at(COMMUNE, day).day).toMatchObject(nature));
});
