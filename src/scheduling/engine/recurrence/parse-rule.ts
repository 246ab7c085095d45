import { DAY_MS, DAY_S, dayOf } from '../time/civil.js';
import {
  FREQUENCIES,
  type Frequency,
  type Rule,
  type RuleErrorReason,
  type Until,
  type WeekdayNumber,
} from './rule.js';

export interface PartError {
  readonly part: string;
  readonly value: string;
  readonly reason: RuleErrorReason;
}

export type ReadRule = { readonly rule: Rule } | { readonly error: PartError };

/** Longer texts are no schedule: every list of every part fits. */
const LONGEST_TEXT = 4_000;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** Reads a value of RRULE; parts and values in any order and case. The first thing wrong is told. */
export function readRule(text: string): ReadRule {
  try {
    return { rule: ruleOf(partsOf(text)) };
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.told };
    throw error;
  }
}

class Unreadable extends Error {
  constructor(readonly told: PartError) {
    super(told.reason);
  }
}

function refuse(part: string, value: string, reason: RuleErrorReason): never {
  throw new Unreadable({ part, value, reason });
}

/** Largest magnitude of each list; `signed` ones count from the end when negative, and have no 0. */
const LISTS = {
  BYSECOND: { most: 60, signed: false },
  BYMINUTE: { most: 59, signed: false },
  BYHOUR: { most: 23, signed: false },
  BYMONTHDAY: { most: 31, signed: true },
  BYYEARDAY: { most: 366, signed: true },
  BYWEEKNO: { most: 53, signed: true },
  BYMONTH: { most: 12, signed: false },
  BYSETPOS: { most: 366, signed: true },
} as const;
type List = keyof typeof LISTS;
const PARTS = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST', ...Object.keys(LISTS)]);

function partsOf(text: string): Map<string, string> {
  if (text.length > LONGEST_TEXT) refuse('RRULE', text.slice(0, 40), 'tooMany');
  const parts = new Map<string, string>();
  for (const piece of text.trim().toUpperCase().split(';')) {
    const [part = '', value, more] = piece.split('=');
    if (!PARTS.has(part)) refuse(part.slice(0, 40), (value ?? '').slice(0, 40), 'unknown');
    if (!value || more !== undefined) refuse(part, '', 'notReadable');
    if (parts.has(part)) refuse(part, value.slice(0, 40), 'repeated');
    parts.set(part, value);
  }
  return parts;
}

function ruleOf(parts: ReadonlyMap<string, string>): Rule {
  const list = (part: List) => numbersOf(parts.get(part), part);
  const rule: Rule = {
    freq: frequencyOf(parts.get('FREQ')),
    interval: positive(parts, 'INTERVAL') ?? 1,
    count: positive(parts, 'COUNT'),
    until: untilOf(parts.get('UNTIL')),
    // Clocks here have no leap seconds: 60 is 59 (RFC 5545, 3.3.12).
    bySecond: ascending(list('BYSECOND').map((second) => Math.min(second, 59))),
    byMinute: list('BYMINUTE'),
    byHour: list('BYHOUR'),
    byDay: weekdaysOf(parts.get('BYDAY')),
    byMonthDay: list('BYMONTHDAY'),
    byYearDay: list('BYYEARDAY'),
    byWeekNo: list('BYWEEKNO'),
    byMonth: list('BYMONTH'),
    bySetPos: list('BYSETPOS'),
    weekStart: weekStartOf(parts.get('WKST')),
  };
  refuseForbidden(rule, parts);
  return rule;
}

/** What the RFC says MUST NOT be. */
function refuseForbidden(rule: Rule, parts: ReadonlyMap<string, string>): void {
  const forbid = (part: string) => refuse(part, parts.get(part) ?? '', 'notAllowed');
  const { freq } = rule;
  if (rule.count !== null && rule.until !== null) forbid('COUNT');
  if (rule.byWeekNo.length > 0 && freq !== 'YEARLY') forbid('BYWEEKNO');
  if (rule.byYearDay.length > 0 && ['DAILY', 'WEEKLY', 'MONTHLY'].includes(freq)) forbid('BYYEARDAY');
  if (rule.byMonthDay.length > 0 && freq === 'WEEKLY') forbid('BYMONTHDAY');
  const ordinals = rule.byDay.some(({ nth }) => nth !== 0);
  if (ordinals && freq !== 'MONTHLY' && freq !== 'YEARLY') forbid('BYDAY');
  if (ordinals && rule.byWeekNo.length > 0) forbid('BYDAY');
  const others = [...parts.keys()].some((part) => part.startsWith('BY') && part !== 'BYSETPOS');
  if (rule.bySetPos.length > 0 && !others) forbid('BYSETPOS');
}

function frequencyOf(value: string | undefined): Frequency {
  if (value === undefined) return refuse('FREQ', '', 'missing');
  return FREQUENCIES.find((freq) => freq === value) ?? refuse('FREQ', value.slice(0, 40), 'notReadable');
}

function positive(parts: ReadonlyMap<string, string>, part: 'INTERVAL' | 'COUNT'): number | null {
  const value = parts.get(part);
  if (value === undefined) return null;
  if (!/^\d+$/.test(value)) refuse(part, value.slice(0, 40), 'notReadable');
  const number = Number(value);
  return number >= 1 && number <= 1e9 ? number : refuse(part, value.slice(0, 40), 'outOfRange');
}

function numbersOf(value: string | undefined, part: List): number[] {
  if (value === undefined) return [];
  const { most, signed } = LISTS[part];
  return ascending(
    value.split(',').map((text) => {
      if (!/^[+-]?\d{1,3}$/.test(text)) return refuse(part, text.slice(0, 40), 'notReadable');
      const number = Number(text);
      const least = part === 'BYMONTH' ? 1 : 0;
      const right = signed ? number !== 0 && Math.abs(number) <= most : /^\d/.test(text) && number >= least;
      return right && number <= most ? number : refuse(part, text, 'outOfRange');
    }),
  );
}

const ascending = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

function weekdaysOf(value: string | undefined): WeekdayNumber[] {
  if (value === undefined) return [];
  return value.split(',').map((text) => {
    const match = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text);
    if (!match) return refuse('BYDAY', text.slice(0, 40), 'notReadable');
    const nth = match[1] === undefined ? 0 : Number(match[1]);
    if (match[1] !== undefined && (nth === 0 || Math.abs(nth) > 53)) refuse('BYDAY', text, 'outOfRange');
    return { weekday: WEEKDAYS.indexOf(match[2] ?? '') + 1, nth };
  });
}

function weekStartOf(value: string | undefined): number {
  if (value === undefined) return 1;
  return WEEKDAYS.includes(value) ? WEEKDAYS.indexOf(value) + 1 : refuse('WKST', value.slice(0, 40), 'notReadable');
}

function untilOf(value: string | undefined): Until | null {
  if (value === undefined) return null;
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(value);
  if (!match) return refuse('UNTIL', value.slice(0, 40), 'notReadable');
  const [year, month, dayOfMonth, hours, minutes, seconds] = match.slice(1, 7).map(Number);
  const day = dayOf(year ?? 0, month ?? 0, dayOfMonth ?? 0);
  if (day === null) return refuse('UNTIL', value, 'outOfRange');
  if (match[4] === undefined) return { kind: 'day', day };
  if (hours! > 23 || minutes! > 59 || seconds! > 60) refuse('UNTIL', value, 'outOfRange');
  const inDay = hours! * 3_600 + minutes! * 60 + Math.min(seconds!, 59);
  return match[7] ? { kind: 'utc', ms: day * DAY_MS + inDay * 1_000 } : { kind: 'local', wall: day * DAY_S + inDay };
}
