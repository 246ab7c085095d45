import { addYears, isZone, localDayOf } from './local-time.js';
import { extentOf, type Recurrence } from './recurrence.js';

export const LONGEST_YEARS = 10;

export type RuleRefusal =
  | 'schedule.zoneUnknown'
  | 'schedule.spanWrong'
  | 'schedule.tooLong'
  | 'schedule.never'
  | 'schedule.past';

/** Why a rule cannot be scheduled now; null: it can. Days and times are real ones (checked at the door). */
export function refusalOf(recurrence: Recurrence, zone: string, nowMs: number): RuleRefusal | null {
  if (!isZone(zone)) return 'schedule.zoneUnknown';
  const from = recurrence.kind === 'once' ? recurrence.date : recurrence.from;
  const until = recurrence.kind === 'once' ? null : recurrence.until;
  if (until !== null && until < from) return 'schedule.spanWrong';
  const farthest = addYears(localDayOf(nowMs, zone), LONGEST_YEARS);
  if (from > farthest || (until !== null && until > addYears(from, LONGEST_YEARS))) return 'schedule.tooLong';
  const extent = extentOf(recurrence, zone);
  if (!extent) return 'schedule.never';
  return extent.lastMs !== null && extent.lastMs <= nowMs ? 'schedule.past' : null;
}
