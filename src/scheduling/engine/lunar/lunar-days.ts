import type { DaySource } from '../recurrence/days.js';
import type { LunarDays } from '../recurrence/recurrence.js';
import { firstDayOf } from '../time/civil.js';
import { type LunarMonth, lunarMonthAt } from './lunar-calendar.js';

/** No rite lies farther from its day; more is a mistake. */
const MOST_OFFSET_DAYS = 60;

/** The solar days on which lunar days fall. */
export class LunarDaySource implements DaySource {
  constructor(private readonly on: LunarDays) {}

  daysOf(month: number): number {
    const { offsetDays } = this.on;
    const first = firstDayOf(month);
    const length = firstDayOf(month + 1) - first;
    let days = 0;
    let lunar = lunarMonthAt(first - offsetDays);
    while (lunar !== null && lunar.firstDay + offsetDays < first + length) {
      for (const day of this.#daysIn(lunar)) {
        const at = lunar.firstDay + day - 1 + offsetDays - first;
        if (at >= 0 && at < length) days |= 1 << at;
      }
      lunar = lunarMonthAt(lunar.firstDay + lunar.days);
    }
    return days;
  }

  #daysIn(lunar: LunarMonth): readonly number[] {
    const { days, month, leap, missing30 } = this.on;
    if (month !== null && lunar.month !== month) return [];
    if (leap !== 'both' && lunar.leap !== (leap === 'leap')) return [];
    return missing30 === 'lastDay'
      ? days.map((day) => Math.min(day, lunar.days))
      : days.filter((day) => day <= lunar.days);
  }
}

/** What no lunar calendar has: a 31st, a thirteenth month, nothing at all. */
export function isLunarDays({ days, month, offsetDays }: LunarDays): boolean {
  const whole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  return (
    days.length > 0 &&
    days.length <= 30 &&
    days.every((day) => whole(day, 1, 30)) &&
    (month === null || whole(month, 1, 12)) &&
    whole(offsetDays, -MOST_OFFSET_DAYS, MOST_OFFSET_DAYS)
  );
}
