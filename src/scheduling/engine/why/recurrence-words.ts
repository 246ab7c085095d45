import type { LunarDays, LunarRecurrence, Recurrence } from '../recurrence/index.js';
import type { WordsLanguage } from '../rules/index.js';
import { DEFAULT_ZONE } from '../time/index.js';
import { icalWords } from './ical-words.js';
import { weekdayWords } from './names.js';
import { dayWords, listed, timeWords, type Words } from './when.js';

/**
 * When an entry is played, as people say it. Both ends of a range are included (case 2), and it is said so.
 * @param zone in which an end given as an instant is told
 */
export function recurrenceWords(recurrence: Recurrence, language: WordsLanguage, zone = DEFAULT_ZONE): string {
  switch (recurrence.kind) {
    case 'once': {
      const [day, time] = [dayWords(recurrence.date), timeWords(recurrence.time)];
      return language === 'vi' ? `một lần, lúc ${time} ngày ${day}` : `once, at ${time} on ${day}`;
    }
    case 'daily':
      return said(language === 'vi' ? 'hằng ngày' : 'every day', recurrence, language);
    case 'weekly': {
      const days = listed(
        [...recurrence.weekdays].sort().map((weekday) => weekdayWords(weekday, language)),
        language,
      );
      return said(language === 'vi' ? `${days} hằng tuần` : `every ${days}`, recurrence, language);
    }
    case 'lunar':
      return said(lunarWords(recurrence, language), recurrence, language);
    case 'rrule':
      return icalWords(recurrence, language, zone);
  }
}

export const recurrenceInWords = (recurrence: Recurrence, zone: string): Words => ({
  vi: recurrenceWords(recurrence, 'vi', zone),
  en: recurrenceWords(recurrence, 'en', zone),
});

interface Ranged {
  readonly from: string;
  readonly until: string | null;
  readonly time: string;
}

function said(days: string, { from, until, time }: Ranged, language: WordsLanguage): string {
  const end =
    until === null ? '' : language === 'vi' ? ` đến hết ${dayWords(until)}` : ` to the end of ${dayWords(until)}`;
  return language === 'vi'
    ? `${days} lúc ${timeWords(time)}, từ ${dayWords(from)}${end}`
    : `${days} at ${timeWords(time)}, from ${dayWords(from)}${end}`;
}

function lunarWords({ on }: LunarRecurrence, language: WordsLanguage): string {
  const { days, month, offsetDays } = on;
  const inOrder = [...days].sort((a, b) => a - b);
  if (language === 'vi') {
    const named = listed(inOrder.map(lunarDayVi), 'vi');
    const whole = month === null ? `${named} hằng tháng âm lịch` : `${named} ${lunarMonthVi(month)} âm lịch hằng năm`;
    const before = offsetDays === 0 ? '' : `${Math.abs(offsetDays)} ngày ${offsetDays < 0 ? 'trước' : 'sau'} `;
    return `${before}${whole}${asides(on, 'vi')}`;
  }
  const named = listed(inOrder.map(ordinal), 'en');
  const whole =
    month === null ? `the ${named} of every lunar month` : `the ${named} of lunar month ${month} every year`;
  const count = Math.abs(offsetDays);
  const before =
    offsetDays === 0 ? 'on ' : `${count} day${count === 1 ? '' : 's'} ${offsetDays < 0 ? 'before' : 'after'} `;
  return `${before}${whole}${asides(on, 'en')}`;
}

/** What a year with a month twice, or a month of 29 days, does to it; said only where it is not what everybody expects. */
function asides({ month, leap, days, missing30 }: LunarDays, language: WordsLanguage): string {
  const said: string[] = [];
  const vi = language === 'vi';
  if (leap === 'both' && month !== null) said.push(vi ? 'kể cả tháng nhuận' : 'leap months too');
  if (leap === 'leap') said.push(vi ? 'chỉ tháng nhuận' : 'leap months only');
  if (leap === 'regular' && month === null) said.push(vi ? 'không kể tháng nhuận' : 'leap months left out');
  if (days.includes(30) && missing30 === 'lastDay')
    said.push(vi ? 'tháng thiếu thì ngày 29' : 'the 29th in a month of 29 days');
  if (days.includes(30) && missing30 === 'skip')
    said.push(vi ? 'tháng thiếu thì không phát' : 'not in a month of 29 days');
  return said.length === 0 ? '' : ` (${said.join('; ')})`;
}

const lunarDayVi = (day: number): string => (day === 15 ? 'rằm' : day <= 10 ? `mùng ${day}` : `ngày ${day}`);
const lunarMonthVi = (month: number): string =>
  month === 1 ? 'tháng Giêng' : month === 12 ? 'tháng Chạp' : `tháng ${month}`;

/** `1st`, `22nd`, `30th` */
function ordinal(day: number): string {
  const ending = Math.floor(day / 10) === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${ending}`;
}
