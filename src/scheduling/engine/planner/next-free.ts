import { firstStart, freeTimeOf, type Interval, intersect, withoutAll } from './free-time.js';

/**
 * The next free place for one play on several clusters at once, for "move to the next free place": the first full minute (else
 * full second) from `fromMs` on at which no cluster sounds and the rules of each leave the whole play, which ends by
 * `untilMs`. Null: none. Lists in any order.
 */
export function nextFree(wanted: {
  /** By cluster: what it sounds already, without the play that is moved. */
  readonly busy: readonly (readonly Interval[])[];
  /** By cluster or area: what its rules leave. */
  readonly allowed: readonly (readonly Interval[])[];
  readonly durationMs: number;
  /** Least silence before and after. */
  readonly gapMs: number;
  readonly fromMs: number;
  readonly untilMs: number;
}): number | null {
  const { durationMs, gapMs, fromMs, untilMs } = wanted;
  if (!(durationMs > 0) || !(gapMs >= 0)) return null;
  let free = freeTimeOf([{ fromMs, untilMs }]);
  for (const intervals of wanted.allowed) free = intersect(free, freeTimeOf(intervals));
  const taken = wanted.busy.flat().map((play) => ({ fromMs: play.fromMs - gapMs, untilMs: play.untilMs + gapMs }));
  return firstStart(withoutAll(free, freeTimeOf(taken)), durationMs);
}
