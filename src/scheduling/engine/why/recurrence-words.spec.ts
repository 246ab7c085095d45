import { describe, expect, it } from '@jest/globals';
import type { LunarDays, Recurrence } from '../recurrence/index.js';
import { recurrenceWords } from './index.js';

const rrule = (
  rule: string,
  start = '2026-01-05T05:00',
  more: { dates?: string[]; except?: string[] } = {},
): Recurrence => ({
  kind: 'rrule',
  start,
  rules: rule === '' ? [] : [rule],
  dates: more.dates ?? [],
  except: more.except ?? [],
});
const lunar = (on: Partial<LunarDays>): Recurrence => ({
  kind: 'lunar',
  from: '2026-01-01',
  until: null,
  time: '05:00',
  on: { days: [1], month: null, leap: 'both', missing30: 'skip', offsetDays: 0, ...on },
});

describe('recurrences in words', () => {
  it.each<[Recurrence, string, string]>([
    [
      { kind: 'once', date: '2026-01-05', time: '05:00' },
      'một lần, lúc 05:00 ngày 05/01/2026',
      'once, at 05:00 on 05/01/2026',
    ],
    [
      { kind: 'daily', from: '2026-01-01', until: '2026-01-31', time: '05:00:30' },
      'hằng ngày lúc 05:00:30, từ 01/01/2026 đến hết 31/01/2026',
      'every day at 05:00:30, from 01/01/2026 to the end of 31/01/2026',
    ],
    [
      { kind: 'weekly', from: '2026-01-01', until: null, weekdays: [7, 1, 3], time: '17:00' },
      'thứ Hai, thứ Tư và Chủ nhật hằng tuần lúc 17:00, từ 01/01/2026',
      'every Monday, Wednesday and Sunday at 17:00, from 01/01/2026',
    ],
  ])('simple: %j', (recurrence, vi, en) => {
    expect([recurrenceWords(recurrence, 'vi'), recurrenceWords(recurrence, 'en')]).toEqual([vi, en]);
  });

  it.each<[Partial<LunarDays>, string, string]>([
    [{ days: [15, 1] }, 'mùng 1 và rằm hằng tháng âm lịch', 'on the 1st and 15th of every lunar month'],
    [
      { days: [1, 2, 3], month: 1, leap: 'regular' },
      'mùng 1, mùng 2 và mùng 3 tháng Giêng âm lịch hằng năm',
      'on the 1st, 2nd and 3rd of lunar month 1 every year',
    ],
    [
      { days: [1], month: 1, leap: 'regular', offsetDays: -1 },
      '1 ngày trước mùng 1 tháng Giêng âm lịch hằng năm',
      '1 day before the 1st of lunar month 1 every year',
    ],
    [
      { days: [30], missing30: 'lastDay', leap: 'regular' },
      'ngày 30 hằng tháng âm lịch (không kể tháng nhuận; tháng thiếu thì ngày 29)',
      'on the 30th of every lunar month (leap months left out; the 29th in a month of 29 days)',
    ],
  ])('lunar: %j', (on, vi, en) => {
    expect(recurrenceWords(lunar(on), 'vi')).toBe(`${vi} lúc 05:00, từ 01/01/2026`);
    expect(recurrenceWords(lunar(on), 'en')).toBe(`${en} at 05:00, from 01/01/2026`);
  });

  it.each([
    ['FREQ=DAILY', 'hằng ngày lúc 05:00, từ 05/01/2026', 'every day at 05:00, from 05/01/2026'],
    [
      'FREQ=DAILY;INTERVAL=3;COUNT=10',
      'cứ 3 ngày một lần lúc 05:00, từ 05/01/2026, tổng cộng 10 lượt',
      'every 3 days at 05:00, from 05/01/2026, 10 times in all',
    ],
    [
      'FREQ=WEEKLY;BYDAY=SU,MO;UNTIL=20260331',
      'thứ Hai và Chủ nhật hằng tuần lúc 05:00, từ 05/01/2026 đến hết 31/03/2026',
      'Monday and Sunday every week at 05:00, from 05/01/2026 to the end of 31/03/2026',
    ],
    [
      'FREQ=WEEKLY;INTERVAL=2',
      'thứ Hai cứ 2 tuần một lần lúc 05:00, từ 05/01/2026',
      'Monday every 2 weeks at 05:00, from 05/01/2026',
    ],
    [
      'FREQ=MONTHLY;BYMONTHDAY=1,-1',
      'ngày cuối tháng và ngày 1 hằng tháng lúc 05:00, từ 05/01/2026',
      'the last day and day 1 every month at 05:00, from 05/01/2026',
    ],
    [
      'FREQ=MONTHLY;BYDAY=1MO',
      'thứ Hai đầu tiên hằng tháng lúc 05:00, từ 05/01/2026',
      'Monday no. 1 every month at 05:00, from 05/01/2026',
    ],
    [
      'FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2;BYHOUR=5,17',
      'ngày 2 tháng 9 hằng năm lúc 05:00 và 17:00, từ 05/01/2026',
      'day 2 of month 9 every year at 05:00 and 17:00, from 05/01/2026',
    ],
    [
      'FREQ=MINUTELY;INTERVAL=30;UNTIL=20260105T220000Z',
      'cứ 30 phút một lần, từ 05/01/2026 đến hết 06/01/2026',
      'every 30 minutes, from 05/01/2026 to the end of 06/01/2026',
    ],
  ])('of RFC 5545: %s', (rule, vi, en) => {
    expect([recurrenceWords(rrule(rule), 'vi'), recurrenceWords(rrule(rule), 'en')]).toEqual([vi, en]);
  });

  it('a complicated rule is read out part by part', () => {
    const rule = rrule('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYMONTH=1,7');
    expect(recurrenceWords(rule, 'vi')).toBe(
      'hằng tháng; tháng: 1, 7; thứ: thứ Hai, thứ Ba, thứ Tư, thứ Năm và thứ Sáu; chỉ lấy lần thứ (số âm: từ cuối): -1, từ 05:00 ngày 05/01/2026',
    );
    expect(recurrenceWords(rule, 'en')).toContain('only no. (negative: from the end): -1');
  });

  it('single dates are named as far as a sentence carries them, exceptions too', () => {
    const dates = ['2026-01-07T05:00', '2026-01-09T17:30'];
    expect(recurrenceWords(rrule('', '2026-01-05T05:00', { dates }), 'vi')).toBe(
      'lúc 05:00 ngày 05/01/2026, 05:00 ngày 07/01/2026 và 17:30 ngày 09/01/2026',
    );
    const except = ['2026-01-06', '2026-01-07', '2026-01-08', '2026-01-09', '2026-01-10'];
    expect(recurrenceWords(rrule('FREQ=DAILY', '2026-01-05T05:00', { except }), 'vi')).toMatch(
      /; trừ ngày 06\/01\/2026, ngày 07\/01\/2026, ngày 08\/01\/2026 và 2 ngày giờ khác$/,
    );
  });
});
