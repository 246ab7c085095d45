import { DEFAULT_ZONE } from '../time/index.js';
import type { BlackoutBreach, PlayBreach, RuledPlay, VolumeBreach, WindowBreach } from './breach.js';
import type { CeilingStretch, DayRules } from './day-rules.js';
import { NO_OVERRIDES, type Overrides } from './override.js';
import type { RuleBook, ZonedBook } from './rule-book.js';
import type { Blackout, Stated } from './rule-set.js';

export interface PlayCheck {
  /** What to play at: lowered to the lowest ceiling within the play, unless a breach of it passes. */
  readonly volume: number;
  readonly breaches: readonly PlayBreach[];
}

/** Longer is a mistake of the caller. */
export const LONGEST_PLAY_MS = 31 * 86_400_000;

const NO_BREACHES: readonly PlayBreach[] = [];

/**
 * Holds one play against the hours, the blackouts and the volume ceilings of its area. A play of no length is taken as
 * its start. Meant for hot loops: one book, many plays.
 * @throws RangeError on a play of more than 31 days, before 1970 or after 2980, and on an unknown zone
 */
export function checkPlay(book: RuleBook, play: RuledPlay, zone = DEFAULT_ZONE, overrides = NO_OVERRIDES): PlayCheck {
  const untilMs = Math.max(play.endMs, play.startMs + 1);
  const days = daysOf(book.inZone(zone), play, untilMs);
  const window = outsideOf(days, play, untilMs, zone, overrides);
  const ceiling = lowestCeiling(days, play.startMs, untilMs);
  const tooLoud = ceiling !== null && ceiling.max < play.volume ? volumeBreach(ceiling, play, zone, overrides) : null;
  const silenced = blackoutsOf(days, play, untilMs);
  if (window === null && tooLoud === null && silenced.length === 0)
    return { volume: play.volume, breaches: NO_BREACHES };
  const blackouts = silenced.map(({ value, source }): BlackoutBreach => {
    const passed = overrides.passFor('ruleBlackout', play, source, value);
    return { code: 'ruleBlackout', source, play, zone, passed, blackout: value };
  });
  return {
    volume: tooLoud?.passed === null ? tooLoud.allowed.max : play.volume,
    breaches: [...(window ? [window] : []), ...blackouts, ...(tooLoud ? [tooLoud] : [])],
  };
}

/** The local days that a play touches, in order. */
function daysOf({ days, onDay }: ZonedBook, { areaPath, startMs }: RuledPlay, untilMs: number): readonly DayRules[] {
  if (!(untilMs - startMs <= LONGEST_PLAY_MS)) throw new RangeError('play of more than 31 days');
  let number = days.numberAt(startMs);
  const first = onDay(areaPath, number);
  if (untilMs <= first.untilMs) return [first];
  const found = [first];
  for (let endMs = first.untilMs; endMs < untilMs; ) {
    const next = onDay(areaPath, ++number);
    found.push(next);
    endMs = next.untilMs;
  }
  return found;
}

function outsideOf(
  days: readonly DayRules[],
  play: RuledPlay,
  untilMs: number,
  zone: string,
  overrides: Overrides,
): WindowBreach | null {
  let coveredMs = play.startMs;
  for (const day of days) {
    const endMs = Math.min(day.untilMs, untilMs);
    if (day.allowed === null) {
      coveredMs = endMs;
      continue;
    }
    for (const { fromMs, untilMs: pieceEndMs } of day.allowed) {
      if (fromMs > coveredMs) break;
      if (pieceEndMs > coveredMs) coveredMs = pieceEndMs;
    }
    if (coveredMs >= endMs) continue;
    const reached = coveredMs;
    const next = day.allowed.find(({ fromMs }) => fromMs > reached);
    const { windows, day: nature } = day.rules;
    return {
      code: 'ruleWindow',
      source: windows!.source,
      play,
      zone,
      passed: overrides.passFor('ruleWindow', play, windows!.source),
      outside: { fromMs: reached, untilMs: Math.min(endMs, next?.fromMs ?? endMs) },
      allowed: { day: nature.day, holiday: nature.holiday?.name ?? null, hours: day.hours },
    };
  }
  return null;
}

function lowestCeiling(days: readonly DayRules[], startMs: number, untilMs: number): CeilingStretch | null {
  let lowest: CeilingStretch | null = null;
  for (const { ceilings } of days)
    for (const ceiling of ceilings)
      if (ceiling.fromMs < untilMs && ceiling.untilMs > startMs && (lowest === null || ceiling.max < lowest.max))
        lowest = ceiling;
  return lowest;
}

function volumeBreach(
  { max, hours, source }: CeilingStretch,
  play: RuledPlay,
  zone: string,
  overrides: Overrides,
): VolumeBreach {
  const passed = overrides.passFor('ruleVolume', play, source);
  return { code: 'ruleVolume', source, play, zone, passed, allowed: { max, hours } };
}

const NO_BLACKOUTS: readonly Stated<Blackout>[] = [];

/** A blackout counts on the days on which its rule set is valid; over several days it is named once. */
function blackoutsOf(days: readonly DayRules[], { startMs }: RuledPlay, untilMs: number): readonly Stated<Blackout>[] {
  if (days.every(({ blackouts }) => blackouts.length === 0)) return NO_BLACKOUTS;
  const found = new Map<string, Stated<Blackout>>();
  for (const day of days)
    for (const stated of day.blackouts) {
      const fromMs = Math.max(startMs, day.fromMs, stated.value.fromMs);
      if (fromMs < Math.min(untilMs, day.untilMs, stated.value.untilMs)) found.set(JSON.stringify(stated), stated);
    }
  return [...found.values()];
}
