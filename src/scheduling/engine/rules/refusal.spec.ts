import { describe, expect, it } from '@jest/globals';
import {
  type Override,
  type RuleSet,
  refusalOfOverride,
  refusalOfRuleSet,
  refusalOfYearDays,
  type YearDays,
} from './index.js';
import { anOverride, aRuleSet, at, ceiling, EVERY_DAY, hours, someYear } from './rules.spec-support.js';

const blackout = (from: string, until: string, reason = 'Đám tang') => ({
  blackouts: [{ fromMs: at(from), untilMs: at(until), reason, kind: 'funeral' as const }],
});
const window = (...asked: Parameters<typeof hours>) => ({ windows: [hours('05:00–06:00'), hours(...asked)] });

describe('a rule set is refused', () => {
  it.each<[string, Partial<RuleSet>, string | null, (keyof RuleSet)?, number?]>([
    ['one that states nothing', {}, null],
    ['path without end', { areaPath: '/dak-nong' }, 'ruleSet.areaUnknown', 'areaPath'],
    ['no number', { number: ' ' }, 'ruleSet.noNumber', 'number'],
    ['31 February', { date: '2026-02-31' }, 'ruleSet.noSuchDay', 'date'],
    ['a month 13', { validTo: '2026-13-01' }, 'ruleSet.noSuchDay', 'validTo'],
    ['valid for one day', { validFrom: '2026-02-01', validTo: '2026-02-01' }, null],
    [
      'last day before the first',
      { validFrom: '2026-02-02', validTo: '2026-02-01' },
      'ruleSet.validityReversed',
      'validTo',
    ],
    ['an attachment by its name', { attachmentSha256: 'quyche.pdf' }, 'ruleSet.attachmentWrong', 'attachmentSha256'],
    ['an attachment by its hash', { attachmentSha256: 'a'.repeat(64) }, null],
    ['windows, but none', { windows: [] }, 'ruleSet.noWindows', 'windows'],
    ['no ceilings: those from above are lifted', { volumeCeilings: [] }, null],
    ['a window of zero length', window('06:00–06:00'), 'ruleSet.zeroLength', 'windows', 1],
    ['a window that ends before it begins', window('07:00–06:00'), 'ruleSet.reversed', 'windows', 1],
    ['the same, said to run over midnight', window('07:00–06:00', { untilDay: 'next' }), null],
    ['round the clock over midnight', window('06:00–06:00', { untilDay: 'next' }), null],
    ['more than a day', window('06:00–07:00', { untilDay: 'next' }), 'ruleSet.moreThanADay', 'windows', 1],
    ['to the end of the day', window('06:00–24:00'), null],
    ['from the end of the day', window('24:00–24:00'), 'ruleSet.noSuchTime', 'windows', 1],
    ['24:30', window('06:00–24:30'), 'ruleSet.noSuchTime', 'windows', 1],
    ['6 o’clock without its nought', window('6:00–7:00'), 'ruleSet.noSuchTime', 'windows', 1],
    ['no day', window('06:00–07:00', { days: [] }), 'ruleSet.noDays', 'windows', 1],
    ['Sunday as 0', window('06:00–07:00', { days: [0 as 1] }), 'ruleSet.noDays', 'windows', 1],
    ['a season over the end of the year', window('06:00–07:00', { season: { from: '11-15', to: '02-29' } }), null],
    [
      'a season from 31 April',
      window('06:00–07:00', { season: { from: '04-31', to: '05-01' } }),
      'ruleSet.noSuchDate',
      'windows',
      1,
    ],
    [
      'a thousand windows',
      { windows: Array.from({ length: 1_000 }, () => hours('06:00–07:00')) },
      'ruleSet.tooMany',
      'windows',
    ],
    [
      'a volume of 101',
      { volumeCeilings: [ceiling(101, '06:00–07:00')] },
      'ruleSet.volumeOutOfRange',
      'volumeCeilings',
      0,
    ],
    [
      'half a volume',
      { volumeCeilings: [ceiling(0.5, '06:00–07:00')] },
      'ruleSet.volumeOutOfRange',
      'volumeCeilings',
      0,
    ],
    [
      'a ceiling of zero length',
      { volumeCeilings: [ceiling(50, '06:00–06:00')] },
      'ruleSet.zeroLength',
      'volumeCeilings',
      0,
    ],
    ['negative minutes', { maxSessionMinutes: -15 }, 'ruleSet.minutesAbsurd', 'maxSessionMinutes'],
    ['more minutes than a day has', { maxSessionMinutes: 1_441 }, 'ruleSet.minutesAbsurd', 'maxSessionMinutes'],
    ['no session a day', { maxSessionsPerDay: 0 }, 'ruleSet.sessionsAbsurd', 'maxSessionsPerDay'],
    ['a negative gap', { sessionGapMinutes: -1 }, 'ruleSet.gapAbsurd', 'sessionGapMinutes'],
    ['a blackout of a morning', blackout('2026-07-06T05:00', '2026-07-06T12:00'), null],
    [
      'a blackout of zero length',
      blackout('2026-07-06T05:00', '2026-07-06T05:00'),
      'ruleSet.blackoutZeroLength',
      'blackouts',
      0,
    ],
    [
      'a blackout that ends before it begins',
      blackout('2026-07-06T05:00', '2026-07-05T05:00'),
      'ruleSet.blackoutReversed',
      'blackouts',
      0,
    ],
    ['a blackout of a leap year', blackout('2028-01-01T00:00', '2029-01-01T00:00'), null],
    [
      'a blackout of more than a year',
      blackout('2026-07-06T05:00', '2027-07-08T05:00'),
      'ruleSet.blackoutTooLong',
      'blackouts',
      0,
    ],
    ['a blackout at no time', blackout('nonsense', '2027-07-08T05:00'), 'ruleSet.blackoutWrong', 'blackouts', 0],
    [
      'a blackout without a reason',
      blackout('2026-07-06T05:00', '2026-07-06T12:00', ''),
      'ruleSet.noReason',
      'blackouts',
      0,
    ],
  ])('%s', (_, changes, code, ...[part, index = null]) => {
    const expected = code === null ? null : { code, part, index };
    expect(refusalOfRuleSet(aRuleSet(changes))).toEqual(expected);
  });
});

describe('an override is refused', () => {
  it.each<[string, Partial<Override>, string | null]>([
    ['complete', {}, null],
    ['without a reason', { reason: ' \n' }, 'override.noReason'],
    ['without a person', { byName: '' }, 'override.noPerson'],
    ['for no entry', { entryId: '' }, 'override.noEntry'],
    ['of no rule', { codes: [] }, 'override.noCodes'],
    ['of a rule that does not exist', { codes: ['everything' as 'ruleWindow'] }, 'override.noCodes'],
  ])('%s', (_, changes, code) => expect(refusalOfOverride(anOverride(changes))).toBe(code));
});

describe('the days of a year are refused', () => {
  const swap = (worked: string, standsFor: string) => ({ worked, standsFor });
  const mourning = (from: string, to: string, reason = 'Quốc tang') => ({ mourning: [{ from, to, reason }] });
  it.each<[string, Partial<YearDays>, string | null]>([
    ['empty', {}, null],
    ['a swap over the year’s end', { swapped: [swap('2027-01-09', '2026-12-31')] }, null],
    ['mourning over the year’s end', mourning('2026-12-31', '2027-01-01'), null],
    ['a holiday on 31 June', { holidays: [{ day: '2026-06-31', name: 'x' }] }, 'yearDays.noSuchDay'],
    ['a holiday of another year', { holidays: [{ day: '2027-09-02', name: 'Quốc khánh' }] }, 'yearDays.otherYear'],
    ['a holiday without a name', { holidays: [{ day: '2026-09-02', name: '' }] }, 'yearDays.nameless'],
    ['a swap of a day with itself', { swapped: [swap('2026-08-22', '2026-08-22')] }, 'yearDays.swapOfOneDay'],
    [
      'a day swapped twice',
      { swapped: [swap('2026-08-22', '2026-08-31'), swap('2026-08-29', '2026-08-31')] },
      'yearDays.swappedTwice',
    ],
    ['mourning that ends before it begins', mourning('2026-07-26', '2026-07-25'), 'yearDays.mourningReversed'],
    ['mourning of a year', mourning('2026-01-01', '2026-12-31'), 'yearDays.mourningTooLong'],
  ])('%s', (_, changes, code) => expect(refusalOfYearDays(someYear(changes))).toBe(code));

  it('every choice of days is one that the rules know', () => {
    expect(
      refusalOfRuleSet(aRuleSet(window('06:00–07:00', { days: [...EVERY_DAY, 'holiday', 'workday'] }))),
    ).toBeNull();
  });
});
