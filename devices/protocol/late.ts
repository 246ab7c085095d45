/** What a player does with a play whose start has passed. Data and a pure function, shared by service and player. */
export const LATE_POLICIES = ['skip', 'seek', 'whole'] as const;
export type LatePolicy = (typeof LATE_POLICIES)[number];

/** A start within this of the planned one is on time (it covers timers and the sound card's own start). */
export const ON_TIME_MS = 1_000;

export type LateDecision =
  | { readonly action: 'play'; readonly seekMs: number; readonly lateMs: number }
  | { readonly action: 'skip'; readonly reason: 'late' | 'noTimeLeft' };

/**
 * - `skip`: not played once it is later than ON_TIME_MS.
 * - `seek`: joins where it would be by now, so that it ends when planned; skipped when nothing is left.
 * - `whole`: plays from the beginning if the whole of it ends by `latestEndMs`.
 */
export function decideLate(
  play: {
    readonly startMs: number;
    readonly latestEndMs: number;
    readonly late: LatePolicy;
    readonly audio: { readonly durationMs: number };
  },
  nowMs: number,
): LateDecision {
  const lateMs = Math.max(0, nowMs - play.startMs);
  if (lateMs <= ON_TIME_MS && nowMs < play.latestEndMs) return { action: 'play', seekMs: 0, lateMs };
  if (nowMs >= play.latestEndMs) return { action: 'skip', reason: 'noTimeLeft' };
  switch (play.late) {
    case 'skip':
      return { action: 'skip', reason: 'late' };
    case 'seek':
      return lateMs < play.audio.durationMs
        ? { action: 'play', seekMs: lateMs, lateMs }
        : { action: 'skip', reason: 'noTimeLeft' };
    case 'whole':
      return nowMs + play.audio.durationMs <= play.latestEndMs
        ? { action: 'play', seekMs: 0, lateMs }
        : { action: 'skip', reason: 'noTimeLeft' };
  }
}
