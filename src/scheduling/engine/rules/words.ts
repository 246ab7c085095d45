import { localDayOf, localTimeOf } from '../time/index.js';
import type { Breach } from './breach.js';
import type { Hours, Stretch } from './day-rules.js';
import type { Blackout, RuleSource } from './rule-set.js';

export type WordsLanguage = 'vi' | 'en';

/**
 * What a breach is, in plain sentences: the rule by number and date, what it allows, what the play does, and why it passes
 * if it does. Days are dd/MM/yyyy, hours of 24.
 */
export function wordsOf(breach: Breach, language: WordsLanguage): string {
  const said = language === 'vi' ? inVietnamese(breach) : inEnglish(breach);
  return [said, passWords(breach, language)].filter((sentence) => sentence !== '').join(' ');
}

function inVietnamese(breach: Breach): string {
  const rule = ruleWords(breach.source, 'vi');
  const play = `Lần phát ${spanWords(playSpan(breach), breach.zone)}`;
  switch (breach.code) {
    case 'ruleWindow': {
      const { hours, holiday } = breach.allowed;
      const day = `ngày ${dayWords(breach.allowed.day)}${holiday === null ? '' : ` (${holiday})`}`;
      const allowed =
        hours.length === 0
          ? `${rule} không cho phát vào ${day}.`
          : `${rule} chỉ cho phát vào ${day} trong khung giờ ${hours.map((one) => hoursWords(one, 'vi')).join('; ')}.`;
      return `${allowed} ${play} nằm ngoài khung giờ cho phép.`;
    }
    case 'ruleBlackout': {
      const { blackout, zone } = breach;
      const span = `từ ${momentWords(blackout.fromMs, zone)} đến ${momentWords(blackout.untilMs, zone)}`;
      return `${rule} yêu cầu ngừng phát ${span} (${KIND_WORDS.vi[blackout.kind]}: ${blackout.reason}). ${play} rơi vào thời gian này.`;
    }
    case 'ruleVolume': {
      const { max, hours } = breach.allowed;
      const lowered = breach.passed === null ? `, nên được hạ xuống ${max}` : '';
      return `${rule} giới hạn âm lượng ở mức ${max} trong khoảng ${hoursWords(hours, 'vi')}. ${play} đặt âm lượng ${breach.play.volume}${lowered}.`;
    }
    case 'ruleSessionTooLong': {
      const session = spanWords(breach.session, breach.zone);
      return `${rule} cho phép mỗi buổi phát dài tối đa ${breach.allowed.minutes} phút. ${play} vượt quá mức đó trong buổi phát ${session}.`;
    }
    case 'ruleTooManySessions': {
      const { allowed, nth } = breach;
      return `${rule} cho phép tối đa ${allowed.sessions} buổi phát mỗi ngày. ${play} thuộc buổi thứ ${nth} trong ngày.`;
    }
  }
}

function inEnglish(breach: Breach): string {
  const rule = ruleWords(breach.source, 'en');
  const play = `The play of ${spanWords(playSpan(breach), breach.zone)}`;
  switch (breach.code) {
    case 'ruleWindow': {
      const { hours, holiday } = breach.allowed;
      const day = `on ${dayWords(breach.allowed.day)}${holiday === null ? '' : ` (${holiday})`}`;
      const allowed =
        hours.length === 0
          ? `${rule} allow no play ${day}.`
          : `${rule} allow plays ${day} only within ${hours.map((one) => hoursWords(one, 'en')).join('; ')}.`;
      return `${allowed} ${play} lies outside.`;
    }
    case 'ruleBlackout': {
      const { blackout, zone } = breach;
      const span = `from ${momentWords(blackout.fromMs, zone)} until ${momentWords(blackout.untilMs, zone)}`;
      return `${rule} ask for silence ${span} (${KIND_WORDS.en[blackout.kind]}: ${blackout.reason}). ${play} falls into it.`;
    }
    case 'ruleVolume': {
      const { max, hours } = breach.allowed;
      const lowered = breach.passed === null ? ` and is turned down to ${max}` : '';
      return `${rule} limit the volume to ${max} within ${hoursWords(hours, 'en')}. ${play} asks for ${breach.play.volume}${lowered}.`;
    }
    case 'ruleSessionTooLong': {
      const session = spanWords(breach.session, breach.zone);
      return `${rule} allow at most ${counted(breach.allowed.minutes, 'minute')} a session. ${play} goes beyond that in the session of ${session}.`;
    }
    case 'ruleTooManySessions': {
      const { allowed, nth } = breach;
      return `${rule} allow at most ${counted(allowed.sessions, 'session')} a day. ${play} belongs to session ${nth} of the day.`;
    }
  }
}

const KIND_WORDS: Readonly<Record<WordsLanguage, Readonly<Record<Blackout['kind'], string>>>> = {
  vi: { funeral: 'tang lễ', exam: 'kỳ thi', mourning: 'để tang', other: 'lý do khác' },
  en: { funeral: 'funeral', exam: 'examination', mourning: 'mourning', other: 'other reason' },
};

function ruleWords(source: RuleSource, language: WordsLanguage): string {
  if (source.kind === 'yearDays')
    return language === 'vi'
      ? `Danh sách ngày đặc biệt năm ${source.year}`
      : `The special days of the year ${source.year}`;
  const { number, date } = source;
  return language === 'vi'
    ? `Quy chế số ${number} ngày ${dayWords(date)}`
    : `Operating rules no. ${number} of ${dayWords(date)}`;
}

function passWords({ passed }: Breach, language: WordsLanguage): string {
  if (passed === null) return '';
  if (passed.by === 'emergency')
    return language === 'vi'
      ? 'Bản tin khẩn cấp nên vẫn được phát.'
      : 'It is an emergency, so it is played all the same.';
  const { byName, reason } = passed.override;
  return language === 'vi'
    ? `Vẫn được phát vì ${byName} cho phép, lý do: ${reason}.`
    : `It is played all the same: ${byName} allowed it, because: ${reason}.`;
}

const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

const playSpan = ({ play }: Breach): Stretch => ({ fromMs: play.startMs, untilMs: play.endMs });

function hoursWords({ from, until }: Hours, language: WordsLanguage): string {
  const overnight = until <= from ? (language === 'vi' ? ' hôm sau' : ' of the next day') : '';
  return `${from}–${until}${overnight}`;
}

/** `05/07/2026, 05:00–05:10`; the second day is named where there is one. */
function spanWords({ fromMs, untilMs }: Stretch, zone: string): string {
  const [from, until] = [localDayOf(fromMs, zone), localDayOf(untilMs, zone)];
  const otherDay = from === until ? '' : `${dayWords(until)}, `;
  return `${dayWords(from)}, ${clockWords(fromMs, zone)}–${otherDay}${clockWords(untilMs, zone)}`;
}

const momentWords = (ms: number, zone: string): string => `${clockWords(ms, zone)} ${dayWords(localDayOf(ms, zone))}`;

/** Seconds only where there are some. */
const clockWords = (ms: number, zone: string): string => localTimeOf(ms, zone).replace(/^(\d\d:\d\d):00$/, '$1');

const dayWords = (day: string): string => day.split('-').reverse().join('/');
