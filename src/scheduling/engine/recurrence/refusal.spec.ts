import { describe, expect, it } from '@jest/globals';
import { at } from '../engine.spec-support.js';
import { type Recurrence, refusalOf } from './index.js';

const VN = 'Asia/Ho_Chi_Minh';
const NOW = at('2026-01-05T09:00:00');
const daily = (from: string, until: string | null): Recurrence => ({ kind: 'daily', from, until, time: '05:00' });
const once = (date: string, time: string): Recurrence => ({ kind: 'once', date, time });

describe('a rule is refused', () => {
  it.each<[string, Recurrence, string | null]>([
    ['today, later', once('2026-01-05', '09:00:01'), null],
    ['today, gone by', once('2026-01-05', '05:00'), 'schedule.past'],
    ['at this very moment', once('2026-01-05', '09:00'), 'schedule.past'],
    ['until today, gone by', daily('2025-12-01', '2026-01-05'), 'schedule.past'],
    ['until tomorrow', daily('2025-12-01', '2026-01-06'), null],
    ['open end, long begun', daily('1990-01-01', null), null],
    ['last day before the first', daily('2026-02-02', '2026-02-01'), 'schedule.spanWrong'],
    ['ten years', daily('2026-02-01', '2036-02-01'), null],
    ['more than ten years', daily('2026-02-01', '2036-02-02'), 'schedule.tooLong'],
    ['begins in more than ten years', daily('2036-01-06', null), 'schedule.tooLong'],
    ['once in more than ten years', once('9999-12-31', '05:00'), 'schedule.tooLong'],
    ['no weekday', { kind: 'weekly', from: '2026-02-01', until: null, weekdays: [], time: '05:00' }, 'schedule.never'],
    [
      'no Sunday in it',
      { kind: 'weekly', from: '2026-02-02', until: '2026-02-07', weekdays: [7], time: '05:00' },
      'schedule.never',
    ],
  ])('%s', (_, rule, code) => expect(refusalOf(rule, VN, NOW)).toBe(code));

  it.each(['Asia/Nowhere', '+07:00', '', 'Asia/Ho_Chi_Minh; DROP'])('zone %j', (zone) => {
    expect(refusalOf(once('2026-02-01', '05:00'), zone, NOW)).toBe('schedule.zoneUnknown');
  });

  it('today is the day of the zone', () => {
    // 09:00 in Viet Nam is 21:00 of the day before in New York.
    expect(refusalOf(once('2026-01-04', '21:30'), 'America/New_York', NOW)).toBeNull();
    expect(refusalOf(once('2026-01-04', '21:30'), VN, NOW)).toBe('schedule.past');
  });
});
