import type { EffectiveRules } from './effective.js';
import type { Blackout, DayHours, RuleSource, Stated, VolumeCeiling } from './rule-set.js';
import type { DayNature } from './year-days.js';
import { dayNumberOf, minutesOf, type ZoneDays } from './zone-days.js';

/** Half-open, UTC epoch milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Hours of a day as people read them: HH:MM, `24:00` is the end of the day, `until` before `from` is on the next day. */
export interface Hours {
  readonly from: string;
  readonly until: string;
}

export interface CeilingStretch extends Stretch {
  readonly max: number;
  readonly hours: Hours;
  readonly source: RuleSource;
}

/** The rules of one area on one local day of a zone, as instants inside that day. */
export interface DayRules extends Stretch {
  readonly rules: EffectiveRules;
  /** Ascending; null: the whole day. */
  readonly allowed: readonly Stretch[] | null;
  /** What `allowed` is in words; empty where nothing is. */
  readonly hours: readonly Hours[];
  readonly ceilings: readonly CeilingStretch[];
  /** Those that touch the day, whole. */
  readonly blackouts: readonly Stated<Blackout>[];
}

/** @param before the rules of the day before: its hours may run over midnight */
export function rulesOfDay(days: ZoneDays, number: number, rules: EffectiveRules, before: EffectiveRules): DayRules {
  const whole: Stretch = { fromMs: days.startOf(number), untilMs: days.startOf(number + 1) };
  const windowsBefore = windowsOn(before);
  const today = windowsOn(rules);
  const allowed = rules.windows === null ? null : stretchesOf(days, number, today, windowsBefore);
  return {
    ...whole,
    rules,
    allowed: allowed?.map(({ stretch }) => stretch) ?? null,
    hours: allowed === null ? [] : distinct(allowed.map(({ hours }) => hours)),
    ceilings: ceilingsOf(days, number, rules, before),
    blackouts: [...rules.blackouts, ...mourningOf(days, rules.day)].filter(
      ({ value }) => value.fromMs < whole.untilMs && value.untilMs > whole.fromMs,
    ),
  };
}

function windowsOn({ windows, day }: EffectiveRules): readonly DayHours[] {
  if (windows === null) return [];
  const inSeason = windows.value.filter((window) => isInSeason(window, day.day));
  const forHolidays = inSeason.filter(({ days }) => days.includes('holiday'));
  if (day.holiday !== null && forHolidays.length > 0) return forHolidays;
  return inSeason.filter((window) => isForDay(window, day));
}

function ceilingsOn({ volumeCeilings, day }: EffectiveRules): readonly VolumeCeiling[] {
  return volumeCeilings?.value.filter((line) => isInSeason(line, day.day) && isForDay(line, day)) ?? [];
}

const isForDay = ({ days }: DayHours, { weekday, holiday, workday }: DayNature): boolean =>
  days.some((choice) =>
    choice === 'holiday' ? holiday !== null : choice === 'workday' ? workday : choice === weekday,
  );

function isInSeason({ season }: DayHours, day: string): boolean {
  if (season === null) return true;
  const date = day.slice(5);
  return season.from <= season.to ? season.from <= date && date <= season.to : season.from <= date || date <= season.to;
}

interface Placed<T> {
  readonly line: T;
  readonly stretch: Stretch;
  readonly hours: Hours;
}

/** What of the hours lies inside the day, ascending. Those of the day before count from midnight. */
function stretchesOf<T extends DayHours>(
  days: ZoneDays,
  number: number,
  today: readonly T[],
  dayBefore: readonly T[],
): Placed<T>[] {
  const dayEndMs = days.startOf(number + 1);
  const own = today.map((line) => ({
    line,
    stretch: {
      fromMs: days.instantOf(number, line.from),
      untilMs: line.untilDay === 'next' ? dayEndMs : days.instantOf(number, line.until),
    },
    hours: { from: line.from, until: line.until },
  }));
  const tails = dayBefore
    .filter(({ untilDay }) => untilDay === 'next')
    .map((line) => ({
      line,
      stretch: { fromMs: days.startOf(number), untilMs: days.instantOf(number, line.until) },
      hours: { from: '00:00', until: line.until },
    }));
  return [...tails, ...own]
    .filter(({ stretch }) => stretch.fromMs < stretch.untilMs)
    .sort(
      (a, b) =>
        a.stretch.fromMs - b.stretch.fromMs ||
        a.stretch.untilMs - b.stretch.untilMs ||
        minutesOf(a.hours.until) - minutesOf(b.hours.until),
    );
}

function ceilingsOf(
  days: ZoneDays,
  number: number,
  rules: EffectiveRules,
  before: EffectiveRules,
): readonly CeilingStretch[] {
  const made = (of: EffectiveRules, today: readonly VolumeCeiling[], dayBefore: readonly VolumeCeiling[]) =>
    of.volumeCeilings === null
      ? []
      : stretchesOf(days, number, today, dayBefore).map(({ line, stretch, hours }) => ({
          ...stretch,
          max: line.max,
          hours,
          source: of.volumeCeilings!.source,
        }));
  return [...made(before, [], ceilingsOn(before)), ...made(rules, ceilingsOn(rules), [])];
}

function mourningOf(days: ZoneDays, { mourning }: DayNature): Stated<Blackout>[] {
  return mourning.map(({ from, to, reason, year }) => ({
    value: {
      fromMs: days.startOf(dayNumberOf(from)),
      untilMs: days.startOf(dayNumberOf(to) + 1),
      reason,
      kind: 'mourning' as const,
    },
    source: { kind: 'yearDays' as const, year },
  }));
}

function distinct(hours: readonly Hours[]): readonly Hours[] {
  return hours.filter(
    ({ from, until }, index) => hours.findIndex((one) => one.from === from && one.until === until) === index,
  );
}
