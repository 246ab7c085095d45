import { addDays, type BoardSettings, type Calendar, dayOfText, type Interval } from '../engine/index.js';

type Rules = BoardSettings['rules'];

/**
 * What the rules of an area leave for plays that start on a local day: also the hours that run on over its midnight (case 3). Without
 * rules, all of it. Remembered, because a planner asks for thousands of places.
 * @param longestMs of what is to be played: so far beyond midnight is looked
 */
export function allowedFrom(rules: Rules, zone: string, calendar: Calendar, longestMs: number) {
  const known = new Map<string, readonly Interval[]>();
  return (areaPath: string, day: string): readonly Interval[] => {
    // Without rules every place is the same.
    const key = rules ? `${areaPath} ${day}` : day;
    const remembered = known.get(key);
    if (remembered) return remembered;
    const next = addDays(day, 1);
    const untilMs = calendar.instantOf(next, '00:00', zone).startMs + longestMs;
    const tail = allowedOn(rules, zone, calendar, areaPath, next)
      .filter(({ fromMs }) => fromMs < untilMs)
      .map((stretch) => ({ fromMs: stretch.fromMs, untilMs: Math.min(stretch.untilMs, untilMs) }));
    const allowed = [...allowedOn(rules, zone, calendar, areaPath, day), ...tail];
    known.set(key, allowed);
    return allowed;
  };
}

/** What of one local day the rules leave. */
export function allowedOn(
  rules: Rules,
  zone: string,
  calendar: Calendar,
  areaPath: string,
  day: string,
): readonly Interval[] {
  if (!rules) {
    const fromMs = calendar.instantOf(day, '00:00', zone).startMs;
    return [{ fromMs, untilMs: calendar.instantOf(addDays(day, 1), '00:00', zone).startMs }];
  }
  const number = dayOfText(day);
  if (number === null) throw new RangeError(`no such day: ${day}`);
  const { allowed, blackouts, fromMs, untilMs } = rules.inZone(zone).onDay(areaPath, number);
  let left: readonly Interval[] = allowed ?? [{ fromMs, untilMs }];
  for (const { value } of blackouts) left = left.flatMap((stretch) => outside(stretch, value));
  return left;
}

const outside = (stretch: Interval, silence: Interval): Interval[] =>
  [
    { fromMs: stretch.fromMs, untilMs: Math.min(stretch.untilMs, silence.fromMs) },
    { fromMs: Math.max(stretch.fromMs, silence.untilMs), untilMs: stretch.untilMs },
  ].filter(({ fromMs, untilMs }) => fromMs < untilMs);
