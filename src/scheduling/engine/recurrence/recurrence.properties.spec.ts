import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textOfWall } from '../time/index.js';
import { MOST_STARTS_A_DAY, seriesOf } from './index.js';
import { type PlainRule, reference, textOf } from './reference.spec-support.js';

const DAY_S = 86_400;
const list = (min: number, max: number, signed = false) => {
  const number = fc.integer({ min, max });
  const value = signed
    ? fc.oneof(
        number,
        number.map((n) => -n),
      )
    : number;
  return fc.oneof(
    fc.constant<number[]>([]),
    fc.constant<number[]>([]),
    fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
  );
};
const none = fc.constant<number[]>([]);
const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
const nthWeekday = (most: number) =>
  fc
    .tuple(fc.integer({ min: -most, max: most }), weekday)
    .map(([nth, name]) => (nth === 0 ? name : `${nth > 0 ? '+' : ''}${nth}${name}`));
const days = (value: fc.Arbitrary<string>) =>
  fc.oneof(fc.constant<string[]>([]), fc.uniqueArray(value, { minLength: 1, maxLength: 3 }));

const LARGEST_INTERVAL = { YEARLY: 4, MONTHLY: 5, WEEKLY: 5, DAILY: 5, HOURLY: 30, MINUTELY: 200, SECONDLY: 9_000 };

/** Rules that the table of 3.3.10 allows. */
const ruleOf = (freq: PlainRule['freq']): fc.Arbitrary<PlainRule> =>
  fc
    .record({
      freq: fc.constant(freq),
      interval: fc.integer({ min: 1, max: LARGEST_INTERVAL[freq] }),
      count: fc.option(fc.integer({ min: 1, max: 40 })),
      wkst: weekday,
      bymonth: list(1, 12),
      byweekno: freq === 'YEARLY' ? list(1, 53, true) : none,
      byyearday: freq === 'DAILY' || freq === 'WEEKLY' || freq === 'MONTHLY' ? none : list(1, 366, true),
      bymonthday: freq === 'WEEKLY' ? none : list(1, 31, true),
      byday: days(freq === 'YEARLY' ? nthWeekday(53) : freq === 'MONTHLY' ? nthWeekday(5) : weekday),
      byhour: list(0, 23),
      byminute: list(0, 59),
      bysecond: list(0, 59),
      bysetpos: list(1, 10, true),
    })
    .map((rule) => ({
      ...rule,
      byday: rule.byweekno.length > 0 ? rule.byday.map((said) => said.slice(-2)) : rule.byday,
      bysetpos: textOf({ ...rule, bysetpos: [] }).includes(';BY') ? rule.bysetpos : [],
    }));
/** From 1995 to 2015, on any second. */
const start = fc.integer({ min: 788_918_400, max: 1_420_070_400 });

const check = (freq: PlainRule['freq'], days: number, numRuns: number) =>
  fc.assert(
    fc.property(ruleOf(freq), start, fc.double({ min: 0, max: 1, noNaN: true }), (rule, wall, part) => {
      const until = wall + days * DAY_S;
      const recurrence = {
        kind: 'rrule' as const,
        start: textOfWall(wall),
        rules: [textOf(rule)],
        dates: [],
        except: [],
      };
      const series = seriesOf(recurrence, 'UTC');
      fc.pre(series.mostADay <= MOST_STARTS_A_DAY);
      const expected = reference(rule, wall * 1_000, until * 1_000).map((ms) => ms / 1_000);
      expect(series.between(wall - 400 * DAY_S, until - 1)).toEqual(expected);
      // Looking at the end only is the end of the whole: it jumps rightly.
      const middle = Math.floor(wall + part * days * DAY_S);
      expect(series.between(middle, until - 1)).toEqual(expected.filter((each) => each >= middle));
      if (expected.length > 0) expect(series.first()).toBe(expected[0]);
    }),
    { numRuns },
  );

describe('any rule equals the slow, obvious reading of the RFC', () => {
  it('YEARLY', () => check('YEARLY', 1_500, 40));
  it('MONTHLY', () => check('MONTHLY', 500, 80));
  it('WEEKLY', () => check('WEEKLY', 250, 80));
  it('DAILY', () => check('DAILY', 120, 120));
  it('HOURLY', () => check('HOURLY', 10, 80));
  it('MINUTELY', () => check('MINUTELY', 2, 40));
  it('SECONDLY', () => check('SECONDLY', 1, 6));
});
