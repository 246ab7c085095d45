import { DAY_S, mod } from '../time/civil.js';
import type { Rule } from './rule.js';

/** Seconds of the day, ascending. */
export interface TimeSource {
  timesOf(day: number): readonly number[];
  /** No day has more. */
  readonly mostADay: number;
}

export function fixedTimes(times: readonly number[]): TimeSource {
  return { timesOf: () => times, mostADay: times.length };
}

/** When on a day of it a rule occurs. @param startWall what the rule does not say comes from there, the phase too */
export function timesOf(rule: Rule, startWall: number): TimeSource {
  const [hour, minute, second] = clockOf(mod(startWall, DAY_S));
  const { freq, byHour, byMinute, bySecond, interval } = rule;
  const or = (said: readonly number[], start: number) => (said.length > 0 ? said : [start]);
  if (freq !== 'HOURLY' && freq !== 'MINUTELY' && freq !== 'SECONDLY') {
    const times = product(or(byHour, hour), or(byMinute, minute), or(bySecond, second));
    return fixedTimes(freq === 'DAILY' ? positioned(times, rule.bySetPos) : times);
  }
  if (freq === 'HOURLY') {
    const within = positioned(product([0], or(byMinute, minute), or(bySecond, second)), rule.bySetPos);
    return steps(3_600, interval, startWall, within, (unit) => allows(byHour, unit));
  }
  if (freq === 'MINUTELY')
    return steps(
      60,
      interval,
      startWall,
      positioned(or(bySecond, second), rule.bySetPos),
      (unit) => allows(byHour, Math.floor(unit / 60)) && allows(byMinute, unit % 60),
    );
  return steps(1, interval, startWall, positioned([0], rule.bySetPos), (unit) => {
    const [hours, minutes, seconds] = clockOf(unit);
    return allows(byHour, hours) && allows(byMinute, minutes) && allows(bySecond, seconds);
  });
}

const allows = (said: readonly number[], value: number): boolean => said.length === 0 || said.includes(value);

function clockOf(seconds: number): readonly [number, number, number] {
  return [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
}

function product(hours: readonly number[], minutes: readonly number[], seconds: readonly number[]): number[] {
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => hour * 3_600 + minute * 60 + second)),
  );
}

/** BYSETPOS within a day or less: those at the positions, counted from the end when negative. */
function positioned<T>(all: readonly T[], positions: readonly number[]): readonly T[] {
  if (positions.length === 0) return all;
  const indexes = new Set(positions.map((position) => (position > 0 ? position - 1 : all.length + position)));
  return all.filter((_, index) => indexes.has(index));
}

/**
 * Every so many hours, minutes or seconds through the days. @param unitS the length of one @param within seconds of one
 */
function steps(
  unitS: number,
  interval: number,
  startWall: number,
  within: readonly number[],
  allowed: (unit: number) => boolean,
): TimeSource {
  const perDay = DAY_S / unitS;
  const startUnit = Math.floor(startWall / unitS);
  // Every day the phase moves on by what a day leaves over; no unit outside this class is ever reached.
  const shared = greatestDivisor(interval, perDay);
  const open: number[] = [];
  for (let unit = mod(startUnit, shared); unit < perDay; unit += shared) if (allowed(unit)) open.push(unit);
  const timesIn = (units: readonly number[]) => units.flatMap((unit) => within.map((second) => unit * unitS + second));
  if (shared === interval) return fixedTimes(timesIn(open));
  const stepsADay = Math.ceil(perDay / interval);
  const isOpen = new Set(open);
  const onDay = (day: number): number[] => {
    const phase = mod(startUnit - day * perDay, interval);
    if (open.length <= stepsADay) return open.filter((unit) => unit >= phase && (unit - phase) % interval === 0);
    const units: number[] = [];
    for (let unit = phase; unit < perDay; unit += interval) if (isOpen.has(unit)) units.push(unit);
    return units;
  };
  return {
    timesOf: (day) => timesIn(onDay(day)),
    mostADay: Math.min(stepsADay, open.length) * within.length,
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
