import { Temporal } from 'temporal-polyfill';
import { LunarDaySource } from '../lunar/lunar-days.js';
import { DAY_S, dayOfText, dayOfWall, mod, secondsOfText, wallOfText } from '../time/civil.js';
import { type DaySource, RuleDays } from './days.js';
import { type Bounds, CYCLE_DAYS, type Expander, PlainExpander, PositionedExpander } from './expander.js';
import { type ReadRule, readRule } from './parse-rule.js';
import type { IcalRecurrence, Recurrence } from './recurrence.js';
import type { Rule, RuleError, Until } from './rule.js';
import { fixedTimes, timesOf } from './times.js';

/** What a recurrence is made of, compiled. Walls are local seconds (`engine/time/civil.ts`). */
export interface Parts {
  readonly expanders: readonly Expander[];
  /** Starts beside those of the rules, ascending. */
  readonly extra: readonly number[];
  readonly exceptWalls: ReadonlySet<number>;
  readonly exceptDays: ReadonlySet<number>;
  /** Where it begins by its own word, and ends (Infinity: open). */
  readonly bounds: Bounds;
}

export type Compiled = { readonly parts: Parts } | { readonly errors: readonly RuleError[] };

/** No entry starts more often on one day (every five minutes): denser ones are a mistake, and would fill any memory. */
export const MOST_STARTS_A_DAY = 288;
/** A little more than ten years. */
const MOST_DENSE_DAYS = 3_660;
/** What counts further is refused as too long or too dense, and cut here. */
const MOST_COUNTED = MOST_DENSE_DAYS * MOST_STARTS_A_DAY;
/** More of any is no schedule of a loudspeaker. */
const MOST_RULES = 20;
const MOST_DATES = 4_000;

const NO_EXCEPTIONS = { exceptWalls: new Set<number>(), exceptDays: new Set<number>() };

/** Simple kinds, RFC 5545 and lunar days all become the same expanders. */
export function compiled(recurrence: Recurrence, zone: string): Compiled {
  if (recurrence.kind === 'rrule') return compiledRules(recurrence, zone);
  if (recurrence.kind === 'once') {
    const wall = wallOfText(`${recurrence.date}T${recurrence.time}`);
    if (wall === null) return wrongTime(`${recurrence.date}T${recurrence.time}`);
    const bounds = { firstWall: wall, lastWall: wall };
    return { parts: { expanders: [], extra: [wall], ...NO_EXCEPTIONS, bounds } };
  }
  const { from, until, time } = recurrence;
  const [first, seconds] = [dayOfText(from), secondsOfText(time)];
  const last = until === null ? Infinity : dayOfText(until);
  if (first === null || seconds === null || last === null) return wrongTime(`${from}T${time}`);
  const bounds = { firstWall: first * DAY_S, lastWall: (last + 1) * DAY_S - 1 };
  const expander = new PlainExpander(daysOfKind(recurrence, first), fixedTimes([seconds]), bounds);
  return { parts: { expanders: [expander], extra: [], ...NO_EXCEPTIONS, bounds } };
}

const wrongTime = (value: string): Compiled => ({
  errors: [{ at: 0, part: 'DTSTART', value: value.slice(0, 40), reason: 'notReadable' }],
});

function daysOfKind(
  recurrence: Exclude<Recurrence, { readonly kind: 'once' } | IcalRecurrence>,
  first: number,
): DaySource {
  if (recurrence.kind === 'lunar') return new LunarDaySource(recurrence.on);
  if (recurrence.kind === 'daily') return new RuleDays({ ...PLAIN, freq: 'DAILY' }, first);
  const byDay = recurrence.weekdays.map((weekday) => ({ weekday, nth: 0 }));
  return byDay.length === 0 ? { daysOf: () => 0 } : new RuleDays({ ...PLAIN, freq: 'WEEKLY', byDay }, first);
}

const PLAIN: Omit<Rule, 'freq'> = {
  interval: 1,
  count: null,
  until: null,
  bySecond: [],
  byMinute: [],
  byHour: [],
  byDay: [],
  byMonthDay: [],
  byYearDay: [],
  byWeekNo: [],
  byMonth: [],
  bySetPos: [],
  weekStart: 1,
};

function compiledRules({ start, rules, dates, except }: IcalRecurrence, zone: string): Compiled {
  const errors: RuleError[] = [];
  const wrong = (at: number, part: string, value: string, reason: RuleError['reason']) => {
    errors.push({ at, part, value: value.slice(0, 40), reason });
  };
  if (rules.length > MOST_RULES) wrong(MOST_RULES, 'RRULE', '', 'tooMany');
  if (dates.length > MOST_DATES) wrong(MOST_DATES, 'RDATE', '', 'tooMany');
  if (except.length > MOST_DATES) wrong(MOST_DATES, 'EXDATE', '', 'tooMany');
  const startWall = wallOfText(start);
  if (startWall === null) wrong(0, 'DTSTART', start, 'notReadable');
  if (startWall === null || errors.length > 0) return { errors };

  const read = rules.map(readRule);
  for (const [at, each] of read.entries()) if ('error' in each) errors.push({ at, ...each.error });
  const extra: number[] = [];
  for (const [at, text] of dates.entries()) {
    const wall = wallOfText(text);
    if (wall === null) wrong(at, 'RDATE', text, 'notReadable');
    else extra.push(wall);
  }
  const exceptWalls = new Set<number>();
  const exceptDays = new Set<number>();
  for (const [at, text] of except.entries()) {
    const [wall, day] = [wallOfText(text), dayOfText(text)];
    if (wall !== null) exceptWalls.add(wall);
    else if (day !== null) exceptDays.add(day);
    else wrong(at, 'EXDATE', text, 'notReadable');
  }
  if (errors.length > 0) return { errors };

  const expanders = read.filter(isRule).map(({ rule }) => expanderOf(rule, startWall, zone));
  if (rules.length === 0) extra.push(startWall);
  extra.sort((a, b) => a - b);
  const lastWall = Math.max(...expanders.map((each) => each.lastWall), extra.at(-1) ?? -Infinity);
  const bounds = { firstWall: Math.min(startWall, extra[0] ?? startWall), lastWall };
  return { parts: { expanders, extra, exceptWalls, exceptDays, bounds } };
}

const isRule = (read: ReadRule): read is { readonly rule: Rule } => 'rule' in read;

function expanderOf(rule: Rule, startWall: number, zone: string): Expander {
  const days = new RuleDays(rule, dayOfWall(startWall));
  const times = timesOf(rule, startWall);
  const positioned = rule.bySetPos.length > 0 && ['WEEKLY', 'MONTHLY', 'YEARLY'].includes(rule.freq);
  const made = (lastWall: number): Expander => {
    const bounds = { firstWall: startWall, lastWall, most: rule.count ?? Infinity };
    return positioned
      ? new PositionedExpander(rule, days, times.timesOf(0), bounds)
      : new PlainExpander(days, times, bounds);
  };
  if (rule.count !== null) return made(lastCounted(made(Infinity), rule.count));
  return made(rule.until === null ? Infinity : lastWallOf(rule.until, zone));
}

/** COUNT is walked once, no farther than an entry may reach; from then on the rule has an end like others. */
function lastCounted(open: Expander, count: number): number {
  let seen = 0;
  let last = open.firstWall;
  const farthestDays = open.mostADay > MOST_STARTS_A_DAY ? MOST_DENSE_DAYS : CYCLE_DAYS;
  open.visit(open.firstWall, open.firstWall + farthestDays * DAY_S, (wall) => {
    last = wall;
    seen++;
    return seen < count && seen < MOST_COUNTED;
  });
  return last;
}

function lastWallOf(until: Until, zone: string): number {
  if (until.kind === 'day') return (until.day + 1) * DAY_S - 1;
  if (until.kind === 'local') return until.wall;
  const at = Temporal.Instant.fromEpochMilliseconds(until.ms).toZonedDateTimeISO(zone);
  const wall = wallOfZoned(at);
  // In the second pass of an hour that comes twice, all of the first is over.
  const first = at.toPlainDateTime().toZonedDateTime(zone);
  const turned = first.epochMilliseconds < until.ms ? at.getTimeZoneTransition('previous') : null;
  return turned === null ? wall : wallOfZoned(turned.subtract({ seconds: 1 }));
}

function wallOfZoned(at: Temporal.ZonedDateTime): number {
  return Math.floor((at.epochMilliseconds + at.offsetNanoseconds / 1e6) / 1_000);
}

/** Whether a wall time lies on one of the excluded days or is itself excluded. */
export function isExcepted({ exceptDays, exceptWalls }: Parts, wall: number): boolean {
  return exceptWalls.has(wall) || (exceptDays.size > 0 && exceptDays.has((wall - mod(wall, DAY_S)) / DAY_S));
}
