import type { WordsLanguage } from '../rules/index.js';
import { localDayOf, localTimeOf, type Span } from '../time/index.js';

/** One sentence or name in every language that the engine speaks. */
export type Words = Readonly<Record<WordsLanguage, string>>;

/** @param day YYYY-MM-DD @returns dd/MM/yyyy */
export const dayWords = (day: string): string => day.split('-').reverse().join('/');

/** Seconds only where there are some. @param time HH:MM or HH:MM:SS */
export const timeWords = (time: string): string => time.replace(/^(\d\d:\d\d):00$/, '$1');

export const clockWords = (ms: number, zone: string): string => timeWords(localTimeOf(ms, zone));

export const momentWords = (ms: number, zone: string): Words => wallWords(wallOf(ms, zone));

/** @param wall local YYYY-MM-DDTHH:MM or with :SS */
export function wallWords(wall: string): Words {
  const [day, time] = [dayWords(wall.slice(0, 10)), timeWords(wall.slice(11))];
  return { vi: `${time} ngày ${day}`, en: `${time} on ${day}` };
}

/** `05/01/2026, 05:00–05:10`; the second day is named where there is one. */
export function spanWords({ fromMs, untilMs }: Span, zone: string): string {
  const [from, until] = [localDayOf(fromMs, zone), localDayOf(untilMs, zone)];
  const otherDay = from === until ? '' : `${dayWords(until)}, `;
  return `${dayWords(from)}, ${clockWords(fromMs, zone)}–${otherDay}${clockWords(untilMs, zone)}`;
}

const wallOf = (ms: number, zone: string): string => `${localDayOf(ms, zone)}T${localTimeOf(ms, zone)}`;

const AND: Words = { vi: ' và ', en: ' and ' };

/** `a, b và c` */
export function listed(parts: readonly string[], language: WordsLanguage): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')}${AND[language]}${last}`;
}

/** `5 phút 30 giây`, `5 min 30 s`; never less than a second. */
export function lengthWords(ms: number): Words {
  const all = Math.max(1, Math.round(ms / 1_000));
  const [minutes, seconds] = [Math.floor(all / 60), all % 60];
  const words = (minute: string, second: string) =>
    [...(minutes > 0 ? [`${minutes} ${minute}`] : []), ...(seconds > 0 ? [`${seconds} ${second}`] : [])].join(' ');
  return { vi: words('phút', 'giây'), en: words('min', 's') };
}
