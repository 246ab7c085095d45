import { isLunarDays } from '../lunar/lunar-days.js';
import { dayOfWall, textOfDay } from '../time/civil.js';
import { addYears, isZone, localDayOf } from '../time/index.js';
import { MOST_STARTS_A_DAY } from './compile.js';
import { extentOf } from './occurrences.js';
import type { Recurrence } from './recurrence.js';
import { ruleErrorsOf, seriesOf } from './series.js';

export const LONGEST_YEARS = 10;

export type RuleRefusal =
  | 'schedule.zoneUnknown'
  /** `ruleErrorsOf` says what and where. */
  | 'schedule.ruleWrong'
  | 'schedule.lunarDayWrong'
  | 'schedule.spanWrong'
  | 'schedule.tooDense'
  | 'schedule.tooLong'
  | 'schedule.never'
  | 'schedule.past';

/** Why a rule cannot be scheduled now; null: it can. Days and times are real ones (checked at the door, those of rules here). */
export function refusalOf(recurrence: Recurrence, zone: string, nowMs: number): RuleRefusal | null {
  if (!isZone(zone)) return 'schedule.zoneUnknown';
  if (ruleErrorsOf(recurrence).length > 0) return 'schedule.ruleWrong';
  if (recurrence.kind === 'lunar' && !isLunarDays(recurrence.on)) return 'schedule.lunarDayWrong';
  const series = seriesOf(recurrence, zone);
  if (series.endsBeforeStart) return 'schedule.spanWrong';
  if (series.mostADay > MOST_STARTS_A_DAY) return 'schedule.tooDense';
  const { firstWall, lastWall } = series.bounds;
  const from = dayText(firstWall);
  const farthest = addYears(localDayOf(nowMs, zone), LONGEST_YEARS);
  if (from > farthest || (lastWall !== Infinity && dayText(lastWall) > addYears(from, LONGEST_YEARS)))
    return 'schedule.tooLong';
  const first = series.first();
  if (first === null) return 'schedule.never';
  if (dayText(first) > farthest) return 'schedule.tooLong';
  const extent = extentOf(recurrence, zone);
  if (!extent) return 'schedule.never';
  return extent.lastMs !== null && extent.lastMs <= nowMs ? 'schedule.past' : null;
}

const dayText = (wall: number): string => textOfDay(dayOfWall(wall));
