import { describe, expect, it } from '@jest/globals';
import { at } from '../engine.spec-support.js';
import { spanOfDays } from '../time/index.js';
import { occurrencesOf, type Recurrence, refusalOf, ruleErrorsOf } from './index.js';

const VN = 'Asia/Ho_Chi_Minh';
const NOW = at('2026-01-05T09:00:00');
const rrule = (rule: string, more: Partial<Extract<Recurrence, { kind: 'rrule' }>> = {}): Recurrence => ({
  kind: 'rrule',
  start: '2026-02-01T05:00',
  rules: [rule],
  dates: [],
  except: [],
  ...more,
});
const lunar = (on: Partial<Extract<Recurrence, { kind: 'lunar' }>['on']>, until: string | null = null): Recurrence => ({
  kind: 'lunar',
  from: '2026-02-01',
  until,
  time: '05:00',
  on: { days: [15], month: null, leap: 'regular', missing30: 'skip', offsetDays: 0, ...on },
});

describe('a rule of RFC 5545 is refused', () => {
  it.each<[string, Recurrence, string | null]>([
    ['a good one', rrule('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'), null],
    ['no text', rrule(''), 'schedule.ruleWrong'],
    ['until before the start', rrule('FREQ=DAILY;UNTIL=20260131'), 'schedule.spanWrong'],
    ['until an hour before the start', rrule('FREQ=DAILY;UNTIL=20260201T040000'), 'schedule.spanWrong'],
    ['until the instant of the start', rrule('FREQ=DAILY;UNTIL=20260131T220000Z'), null],
    ['until one second before it', rrule('FREQ=DAILY;UNTIL=20260131T215959Z'), 'schedule.spanWrong'],
    ['31 February', rrule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31'), 'schedule.never'],
    ['30 February, counted', rrule('FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2;COUNT=5'), 'schedule.never'],
    ['31 February every second', rrule('FREQ=SECONDLY;BYMONTHDAY=31;BYMONTH=2;COUNT=5'), 'schedule.never'],
    ['an odd second of every other second', rrule('FREQ=SECONDLY;INTERVAL=14;BYSECOND=1'), 'schedule.never'],
    [
      'leap days in odd years',
      rrule('FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29', { start: '2027-01-01T05:00' }),
      'schedule.never',
    ],
    ['a position that no week has', rrule('FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3'), 'schedule.never'],
    [
      'every occurrence excluded',
      rrule('FREQ=DAILY;COUNT=2', { except: ['2026-02-01', '2026-02-02T05:00'] }),
      'schedule.never',
    ],
    ['every second', rrule('FREQ=SECONDLY'), 'schedule.tooDense'],
    ['every second, counted', rrule('FREQ=SECONDLY;COUNT=1000000'), 'schedule.tooDense'],
    ['three seconds', rrule('FREQ=SECONDLY;COUNT=3'), null],
    ['288 a day', rrule('FREQ=MINUTELY;INTERVAL=5'), null],
    [
      '289 a day',
      rrule('FREQ=MINUTELY;INTERVAL=5', { rules: ['FREQ=MINUTELY;INTERVAL=5', 'FREQ=DAILY;BYMINUTE=1'] }),
      'schedule.tooDense',
    ],
    ['a million days', rrule('FREQ=DAILY;COUNT=1000000'), 'schedule.tooLong'],
    ['twenty years, counted', rrule('FREQ=YEARLY;COUNT=20'), 'schedule.tooLong'],
    ['ten years, counted', rrule('FREQ=YEARLY;COUNT=11'), null],
    ['more than ten years', rrule('FREQ=DAILY;UNTIL=20360202'), 'schedule.tooLong'],
    ['a date in more than ten years', rrule('FREQ=DAILY;COUNT=1', { dates: ['2036-02-02T05:00'] }), 'schedule.tooLong'],
    ['begins in more than ten years', rrule('FREQ=DAILY', { start: '2036-01-06T05:00' }), 'schedule.tooLong'],
    ['first occurs in more than ten years', rrule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO'), 'schedule.tooLong'],
    ['over', rrule('FREQ=DAILY;COUNT=3', { start: '2026-01-01T05:00' }), 'schedule.past'],
    [
      'its date is still to come',
      rrule('FREQ=DAILY;COUNT=3', { start: '2026-01-01T05:00', dates: ['2026-01-06T05:00'] }),
      null,
    ],
    ['lunar: the full moon', lunar({}), null],
    ['lunar: a 31st', lunar({ days: [1, 31] }), 'schedule.lunarDayWrong'],
    ['lunar: no day', lunar({ days: [] }), 'schedule.lunarDayWrong'],
    ['lunar: a thirteenth month', lunar({ month: 13 }), 'schedule.lunarDayWrong'],
    ['lunar: half a day before', lunar({ offsetDays: -0.5 }), 'schedule.lunarDayWrong'],
    ['lunar: a leap month that the years have not', lunar({ month: 5, leap: 'leap' }, '2027-12-31'), 'schedule.never'],
    ['lunar: last day before the first', lunar({}, '2026-01-31'), 'schedule.spanWrong'],
  ])('%s', (_, rule, code) => {
    const before = performance.now();
    expect(refusalOf(rule, VN, NOW)).toBe(code);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('in an unknown zone', () => {
    expect(refusalOf(rrule('FREQ=DAILY'), 'Asia/Nowhere', NOW)).toBe('schedule.zoneUnknown');
  });
});

describe('what is wrong with a rule is told', () => {
  it.each([
    ['FREQ=FORTNIGHTLY', 'FREQ', 'notReadable'],
    ['INTERVAL=2', 'FREQ', 'missing'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ', 'repeated'],
    ['FREQ=DAILY;BYEASTER=0', 'BYEASTER', 'unknown'],
    ['FREQ=DAILY;', '', 'unknown'],
    ['FREQ=DAILY;COUNT', 'COUNT', 'notReadable'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL', 'outOfRange'],
    ['FREQ=DAILY;COUNT=-1', 'COUNT', 'notReadable'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20260301', 'COUNT', 'notAllowed'],
    ['FREQ=DAILY;UNTIL=20260230', 'UNTIL', 'outOfRange'],
    ['FREQ=DAILY;UNTIL=tomorrow', 'UNTIL', 'notReadable'],
    ['FREQ=DAILY;BYHOUR=24', 'BYHOUR', 'outOfRange'],
    ['FREQ=DAILY;BYHOUR=-1', 'BYHOUR', 'outOfRange'],
    ['FREQ=DAILY;BYMINUTE=5,x', 'BYMINUTE', 'notReadable'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY', 'outOfRange'],
    ['FREQ=YEARLY;BYMONTH=13', 'BYMONTH', 'outOfRange'],
    ['FREQ=YEARLY;BYMONTH=0', 'BYMONTH', 'outOfRange'],
    ['FREQ=MONTHLY;BYDAY=0MO', 'BYDAY', 'outOfRange'],
    ['FREQ=MONTHLY;BYDAY=XX', 'BYDAY', 'notReadable'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY', 'notAllowed'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO', 'BYDAY', 'notAllowed'],
    ['FREQ=MONTHLY;BYWEEKNO=20', 'BYWEEKNO', 'notAllowed'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY', 'notAllowed'],
    ['FREQ=MONTHLY;BYYEARDAY=1', 'BYYEARDAY', 'notAllowed'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'BYSETPOS', 'notAllowed'],
    ['FREQ=DAILY;WKST=1', 'WKST', 'notReadable'],
    [`FREQ=DAILY;BYHOUR=${'1,'.repeat(10_000)}1`, 'RRULE', 'tooMany'],
  ])('%.60s', (rule, part, reason) => {
    expect(ruleErrorsOf(rrule(rule))).toMatchObject([{ at: 0, part, reason }]);
  });

  it('each thing with its place', () => {
    const wrong = rrule('FREQ=DAILY', {
      rules: ['FREQ=DAILY', 'FREQ=NEVER'],
      dates: ['2026-02-30T05:00'],
      except: ['2026-02-01', 'x'],
    });
    expect(ruleErrorsOf(wrong)).toEqual([
      { at: 1, part: 'FREQ', value: 'NEVER', reason: 'notReadable' },
      { at: 0, part: 'RDATE', value: '2026-02-30T05:00', reason: 'notReadable' },
      { at: 1, part: 'EXDATE', value: 'x', reason: 'notReadable' },
    ]);
    expect(ruleErrorsOf(rrule('FREQ=DAILY', { start: '2026-02-01 05:00' }))).toMatchObject([{ part: 'DTSTART' }]);
    expect(ruleErrorsOf(rrule('FREQ=DAILY', { dates: Array(5_000).fill('2026-02-01T05:00') }))).toMatchObject([
      { part: 'RDATE', reason: 'tooMany' },
    ]);
  });

  it('lower case and any order are read', () => {
    expect(ruleErrorsOf(rrule('byday=su;freq=weekly'))).toEqual([]);
  });
});

it('a rule of every second is cut off with an error, not computed for ten years', () => {
  const entry = { id: 'e', zone: VN, createdAtMs: 0, cancelledAtMs: null, recurrence: rrule('FREQ=SECONDLY') };
  expect(() => occurrencesOf(entry, spanOfDays('2026-02-02', 3_000, VN))).toThrow(RangeError);
});
