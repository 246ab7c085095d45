/** What a player does with a play whose start has passed. Data and pure functions, shared by service and player. */
export const LATE_POLICIES = ['skip', 'seek', 'whole'] as const;
export type LatePolicy = (typeof LATE_POLICIES)[number];

/** A start within this of the planned one is on time (it covers timers and the sound card's own start). */
export const ON_TIME_MS = 1_000;

export interface LateRule {
  /** Where a late start begins; null: there is none. */
  readonly beginsAt: 'whereItWouldBe' | 'beginning' | null;
  /** Until when it may begin late; never at or after `latestEndMs`. */
  readonly while: 'onTime' | 'somethingIsLeft' | 'theWholeFits';
  /** The cause on the receipt when it is given up. */
  readonly givenUpAs: 'late' | 'noTimeLeft';
}

/**
 * - `skip`: not played once it is later than ON_TIME_MS.
 * - `seek`: joins where it would be by now, so that it ends when planned; skipped when nothing is left.
 * - `whole`: plays from the beginning if the whole of it ends by `latestEndMs`.
 */
export const LATE_RULES: Readonly<Record<LatePolicy, LateRule>> = {
  skip: { beginsAt: null, while: 'onTime', givenUpAs: 'late' },
  seek: { beginsAt: 'whereItWouldBe', while: 'somethingIsLeft', givenUpAs: 'noTimeLeft' },
  whole: { beginsAt: 'beginning', while: 'theWholeFits', givenUpAs: 'noTimeLeft' },
};

interface Timed {
  readonly startMs: number;
  readonly latestEndMs: number;
  readonly late: LatePolicy;
  readonly audio: { readonly durationMs: number };
}

export type LateDecision =
  | { readonly action: 'play'; readonly seekMs: number; readonly lateMs: number }
  | { readonly action: 'skip'; readonly reason: 'late' | 'noTimeLeft' };

/** The last instant (ms) at which a play that has not sounded yet may begin. Before its start if it can never begin. */
export function lastStartMs(play: Timed): number {
  const last = lastLateStartMs(play, LATE_RULES[play.late].while);
  return Math.min(play.latestEndMs - 1, Math.max(play.startMs + ON_TIME_MS, last));
}

function lastLateStartMs(play: Timed, limit: LateRule['while']): number {
  switch (limit) {
    case 'onTime':
      return play.startMs + ON_TIME_MS;
    case 'somethingIsLeft':
      return play.startMs + play.audio.durationMs - 1;
    case 'theWholeFits':
      return play.latestEndMs - play.audio.durationMs;
  }
}

export function decideLate(play: Timed, nowMs: number): LateDecision {
  const rule = LATE_RULES[play.late];
  const lateMs = Math.max(0, nowMs - play.startMs);
  if (nowMs >= play.latestEndMs) return { action: 'skip', reason: 'noTimeLeft' };
  if (nowMs > lastStartMs(play)) return { action: 'skip', reason: rule.givenUpAs };
  const joins = lateMs > ON_TIME_MS && rule.beginsAt === 'whereItWouldBe';
  return { action: 'play', seekMs: joins ? lateMs : 0, lateMs };
}
