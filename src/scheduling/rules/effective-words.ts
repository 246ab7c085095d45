import { DEFAULT_ZONE, localDayOf, localTimeOf } from '../engine/index.js';
import type {
  DayChoice,
  DayHours,
  EffectiveRules,
  RuleSource,
  VolumeCeiling,
  WordsLanguage,
} from '../engine/rules/index.js';

/**
 * What holds on a day, a sentence for each rule, naming the paper that states it. Days are dd/MM/yyyy, hours of 24.
 * @param blackouts those of the rules that touch the day
 */
export function wordsOfRules(
  rules: EffectiveRules,
  blackouts: EffectiveRules['blackouts'],
  language: WordsLanguage,
): string[] {
  const said: string[] = [];
  const { day, windows, maxSessionMinutes, maxSessionsPerDay, volumeCeilings } = rules;
  const words = WORDS[language];
  if (day.holiday) said.push(words.holiday(dayWords(day.day), day.holiday.name));
  if (windows) said.push(words.windows(words.source(windows.source), listed(windows.value, language)));
  else said.push(words.noWindows);
  if (maxSessionMinutes) said.push(words.minutes(words.source(maxSessionMinutes.source), maxSessionMinutes.value));
  if (maxSessionsPerDay) said.push(words.sessions(words.source(maxSessionsPerDay.source), maxSessionsPerDay.value));
  if (volumeCeilings && volumeCeilings.value.length > 0)
    said.push(words.ceilings(words.source(volumeCeilings.source), ceilingsListed(volumeCeilings.value, language)));
  for (const { value, source } of blackouts)
    said.push(words.silence(words.source(source), momentWords(value.fromMs), momentWords(value.untilMs), value.reason));
  return said;
}

const WORDS = {
  vi: {
    source: (source: RuleSource) =>
      source.kind === 'ruleSet'
        ? `Quy chế số ${source.number} ngày ${dayWords(source.date)}`
        : `Danh sách ngày đặc biệt năm ${source.year}`,
    holiday: (day: string, name: string) => `Ngày ${day} là ngày lễ: ${name}.`,
    windows: (by: string, hours: string) => `${by} chỉ cho phép phát ${hours}.`,
    noWindows: 'Không có quy định về khung giờ phát.',
    minutes: (by: string, minutes: number) => `${by} cho phép mỗi buổi phát dài tối đa ${minutes} phút.`,
    sessions: (by: string, sessions: number) => `${by} cho phép tối đa ${sessions} buổi phát mỗi ngày.`,
    ceilings: (by: string, hours: string) => `${by} giới hạn âm lượng: ${hours}.`,
    silence: (by: string, from: string, until: string, reason: string) =>
      `${by} yêu cầu ngừng phát từ ${from} đến ${until} (${reason}).`,
    everyDay: 'hằng ngày',
    weekdays: ['thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy', 'Chủ nhật'],
    holidays: 'ngày lễ',
    workdays: 'ngày làm việc',
    season: (from: string, to: string) => ` (từ ${from} đến ${to})`,
    nextDay: ' hôm sau',
    most: (max: number) => ` tối đa ${max}`,
  },
  en: {
    source: (source: RuleSource) =>
      source.kind === 'ruleSet'
        ? `Operating rules no. ${source.number} of ${dayWords(source.date)}`
        : `The special days of the year ${source.year}`,
    holiday: (day: string, name: string) => `${day} is a holiday: ${name}.`,
    windows: (by: string, hours: string) => `${by} allow plays only ${hours}.`,
    noWindows: 'No rules say at which hours plays are allowed.',
    minutes: (by: string, minutes: number) => `${by} allow at most ${counted(minutes, 'minute')} a session.`,
    sessions: (by: string, sessions: number) => `${by} allow at most ${counted(sessions, 'session')} a day.`,
    ceilings: (by: string, hours: string) => `${by} limit the volume: ${hours}.`,
    silence: (by: string, from: string, until: string, reason: string) =>
      `${by} ask for silence from ${from} until ${until} (${reason}).`,
    everyDay: 'every day',
    weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
    holidays: 'on holidays',
    workdays: 'on working days',
    season: (from: string, to: string) => ` (from ${from} to ${to})`,
    nextDay: ' of the next day',
    most: (max: number) => ` at most ${max}`,
  },
} as const;

const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

const listed = (lines: readonly DayHours[], language: WordsLanguage): string =>
  lines.map((line) => hoursWords(line, language)).join('; ');

const ceilingsListed = (lines: readonly VolumeCeiling[], language: WordsLanguage): string =>
  lines.map((line) => hoursWords(line, language) + WORDS[language].most(line.max)).join('; ');

function hoursWords({ days, season, from, until, untilDay }: DayHours, language: WordsLanguage): string {
  const words = WORDS[language];
  const overnight = untilDay === 'next' ? words.nextDay : '';
  const within = season === null ? '' : words.season(dayWords(season.from), dayWords(season.to));
  return `${daysWords(days, language)} ${from}–${until}${overnight}${within}`;
}

function daysWords(days: readonly DayChoice[], language: WordsLanguage): string {
  const words = WORDS[language];
  const weekdays = words.weekdays.filter((_, index) => days.some((day) => day === index + 1));
  return [
    ...(weekdays.length === words.weekdays.length ? [words.everyDay] : weekdays),
    ...(days.includes('workday') ? [words.workdays] : []),
    ...(days.includes('holiday') ? [words.holidays] : []),
  ].join(', ');
}

/** 2026-01-05 as 05/01/2026, 10-01 as 01/10. */
const dayWords = (day: string): string => day.split('-').reverse().join('/');

const momentWords = (ms: number): string =>
  `${localTimeOf(ms, DEFAULT_ZONE).replace(/:00$/, '')} ${dayWords(localDayOf(ms, DEFAULT_ZONE))}`;
