import { readRule } from '../recurrence/parse-rule.js';
import type { IcalRecurrence } from '../recurrence/recurrence.js';
import type { Frequency, Rule, Until, WeekdayNumber } from '../recurrence/rule.js';
import type { WordsLanguage } from '../rules/index.js';
import { dayOfWall, localDayOf, textOfDay } from '../time/index.js';
import { weekdayWords } from './names.js';
import { dayWords, listed, timeWords, type Words, wallWords } from './when.js';

/** More dates than a sentence carries are counted. */
const MOST_NAMED = 3;

/** Rules of RFC 5545: the common forms as people say them, the others part by part. */
export function icalWords(recurrence: IcalRecurrence, language: WordsLanguage, zone: string): string {
  const { start, rules, dates, except } = recurrence;
  const vi = language === 'vi';
  const all = [...(rules.length === 0 ? [start] : []), ...dates];
  const said = rules.map((text) => ruleWords(text, start, language, zone));
  if (all.length > 0) {
    const named = datesWords(all, language);
    said.push(rules.length > 0 ? (vi ? `thêm ${named}` : `also ${named}`) : vi ? `lúc ${named}` : `at ${named}`);
  }
  if (except.length > 0) said.push(`${vi ? 'trừ' : 'except'} ${datesWords(except, language)}`);
  return said.join('; ');
}

function datesWords(dates: readonly string[], language: WordsLanguage): string {
  const named = [...dates]
    .sort()
    .slice(0, MOST_NAMED)
    .map((date) => dateWords(date, language));
  const others = dates.length - named.length;
  if (others > 0) named.push(language === 'vi' ? `${others} ngày giờ khác` : `${others} more`);
  return listed(named, language);
}

const dateWords = (date: string, language: WordsLanguage): string =>
  date.length === 10 ? (language === 'vi' ? `ngày ${dayWords(date)}` : dayWords(date)) : wallWords(date)[language];

function ruleWords(text: string, start: string, language: WordsLanguage, zone: string): string {
  const read = readRule(text);
  if ('error' in read) return text;
  const { rule } = read;
  const vi = language === 'vi';
  const days = isPlain(rule) ? plainDays(rule, start, language) : null;
  const times = days === null ? null : timesOf(rule, start);
  const body =
    days === null || times === null
      ? partsWords(rule, language)
      : `${days}${times.length === 0 ? '' : vi ? ` lúc ${listed(times, 'vi')}` : ` at ${listed(times, 'en')}`}`;
  const from = days === null || times === null ? wallWords(start)[language] : dayWords(start.slice(0, 10));
  const count = rule.count === null ? '' : vi ? `, tổng cộng ${rule.count} lượt` : `, ${rule.count} times in all`;
  return `${body}, ${vi ? 'từ' : 'from'} ${from}${untilWords(rule.until, language, zone)}${count}`;
}

function untilWords(until: Until | null, language: WordsLanguage, zone: string): string {
  if (until === null) return '';
  const day =
    until.kind === 'day'
      ? textOfDay(until.day)
      : until.kind === 'local'
        ? textOfDay(dayOfWall(until.wall))
        : localDayOf(until.ms, zone);
  return language === 'vi' ? ` đến hết ${dayWords(day)}` : ` to the end of ${dayWords(day)}`;
}

/** Whether people have a short way to say it. */
const isPlain = ({ byYearDay, byWeekNo, bySetPos, bySecond, freq }: Rule): boolean =>
  byYearDay.length + byWeekNo.length + bySetPos.length + bySecond.length === 0 && freq !== 'SECONDLY';

/** The days of a plain rule; null: there is no short way to say them. */
function plainDays(rule: Rule, start: string, language: WordsLanguage): string | null {
  const { freq, interval, byDay, byMonthDay, byMonth } = rule;
  const vi = language === 'vi';
  const every = everyWords(freq, interval, language);
  switch (freq) {
    case 'DAILY':
      return byDay.length + byMonthDay.length + byMonth.length === 0 ? every : null;
    case 'WEEKLY': {
      if (byMonth.length > 0) return null;
      const days = byDay.length > 0 ? byDay : [{ weekday: weekdayOfStart(start), nth: 0 }];
      const named = weekdays(days, language);
      return `${named} ${every}`;
    }
    case 'MONTHLY': {
      if (byMonth.length > 0 || (byDay.length > 0 && byMonthDay.length > 0)) return null;
      const named = daysOfMonth(rule, start, language);
      return `${named} ${every}`;
    }
    case 'YEARLY': {
      if (byDay.length > 0 && byMonthDay.length > 0) return null;
      if (byDay.length > 0 && byMonth.length === 0) return null;
      if (byMonthDay.length > 0 && byMonth.length === 0) return null;
      const months = byMonth.length > 0 ? byMonth : [Number(start.slice(5, 7))];
      const named = listed(months.map(String), language);
      return vi
        ? `${daysOfMonth(rule, start, 'vi')} tháng ${named} ${every}`
        : `${daysOfMonth(rule, start, 'en')} of month ${named} ${every}`;
    }
    default:
      return byDay.length + byMonthDay.length + byMonth.length + rule.byHour.length + rule.byMinute.length === 0
        ? every
        : null;
  }
}

const UNITS: Readonly<Record<Frequency, Words>> = {
  SECONDLY: { vi: 'giây', en: 'second' },
  MINUTELY: { vi: 'phút', en: 'minute' },
  HOURLY: { vi: 'giờ', en: 'hour' },
  DAILY: { vi: 'ngày', en: 'day' },
  WEEKLY: { vi: 'tuần', en: 'week' },
  MONTHLY: { vi: 'tháng', en: 'month' },
  YEARLY: { vi: 'năm', en: 'year' },
};

function everyWords(freq: Frequency, interval: number, language: WordsLanguage): string {
  const unit = UNITS[freq][language];
  if (language === 'en') return interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`;
  return interval === 1 ? `hằng ${unit}` : `cứ ${interval} ${unit} một lần`;
}

const weekdayOfStart = (start: string): number => new Date(start.slice(0, 10)).getUTCDay() || 7;

function weekdays(days: readonly WeekdayNumber[], language: WordsLanguage): string {
  const inOrder = [...days].sort((a, b) => a.weekday - b.weekday || a.nth - b.nth);
  return listed(
    inOrder.map(({ weekday, nth }) => {
      const name = weekdayWords(weekday, language);
      if (nth === 0) return name;
      const fromEnd = nth < 0;
      const number = Math.abs(nth);
      if (language === 'vi')
        return fromEnd
          ? `${name} ${number === 1 ? 'cuối cùng' : `thứ ${number} từ cuối lên`}`
          : `${name} ${number === 1 ? 'đầu tiên' : `lần thứ ${number}`}`;
      return fromEnd ? `${name} no. ${number} from the end` : `${name} no. ${number}`;
    }),
    language,
  );
}

function daysOfMonth({ byDay, byMonthDay }: Rule, start: string, language: WordsLanguage): string {
  if (byDay.length > 0) return weekdays(byDay, language);
  const days = byMonthDay.length > 0 ? byMonthDay : [Number(start.slice(8, 10))];
  const named = days.map((day) => {
    if (day > 0) return language === 'vi' ? `ngày ${day}` : `day ${day}`;
    if (day === -1) return language === 'vi' ? 'ngày cuối tháng' : 'the last day';
    return language === 'vi' ? `ngày thứ ${-day} từ cuối tháng` : `day ${-day} from the end`;
  });
  return listed(named, language);
}

/** Times of day; empty: the frequency itself gives them. Null: more than can be said. */
function timesOf({ freq, byHour, byMinute }: Rule, start: string): string[] | null {
  if (freq === 'HOURLY' || freq === 'MINUTELY') return [];
  const hours = byHour.length > 0 ? byHour : [Number(start.slice(11, 13))];
  const minutes = byMinute.length > 0 ? byMinute : [Number(start.slice(14, 16))];
  if (hours.length * minutes.length > 6) return null;
  const seconds = start.slice(17) || '00';
  return hours.flatMap((hour) => minutes.map((minute) => timeWords(`${two(hour)}:${two(minute)}:${seconds}`)));
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Every part that names days or times, by its name: longer than people talk, and true. */
function partsWords(rule: Rule, language: WordsLanguage): string {
  const vi = language === 'vi';
  const parts: string[] = [everyWords(rule.freq, rule.interval, language)];
  const add = (name: Words, values: readonly (number | string)[]) => {
    if (values.length > 0) parts.push(`${name[language]}: ${values.join(', ')}`);
  };
  add({ vi: 'tháng', en: 'months' }, rule.byMonth);
  add({ vi: 'tuần số', en: 'weeks no.' }, rule.byWeekNo);
  add({ vi: 'ngày thứ trong năm', en: 'days of the year' }, rule.byYearDay);
  add({ vi: 'ngày trong tháng', en: 'days of the month' }, rule.byMonthDay);
  if (rule.byDay.length > 0) parts.push(`${vi ? 'thứ' : 'weekdays'}: ${weekdays(rule.byDay, language)}`);
  add({ vi: 'giờ', en: 'hours' }, rule.byHour);
  add({ vi: 'phút', en: 'minutes' }, rule.byMinute);
  add({ vi: 'giây', en: 'seconds' }, rule.bySecond);
  add({ vi: 'chỉ lấy lần thứ (số âm: từ cuối)', en: 'only no. (negative: from the end)' }, rule.bySetPos);
  return parts.join('; ');
}
