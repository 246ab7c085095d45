/** Longest delegation: long enough for a course or an illness, short enough not to be forgotten. */
export const LONGEST_DELEGATION_MS = 90 * 86_400_000;

export interface Term {
  readonly fromMs: number;
  readonly untilMs: number;
}

export type TermFault = 'over' | 'backwards' | 'tooLong' | 'tooFar';

/** Half-open: it holds from `fromMs`, no longer at `untilMs`. */
export const holdsAt = (
  { fromMs, untilMs, revokedAtMs }: Term & { readonly revokedAtMs: number | null },
  nowMs: number,
): boolean => revokedAtMs === null && fromMs <= nowMs && nowMs < untilMs;

export function termFault({ fromMs, untilMs }: Term, nowMs: number): TermFault | null {
  if (untilMs <= fromMs) return 'backwards';
  if (untilMs <= nowMs) return 'over';
  if (untilMs - fromMs > LONGEST_DELEGATION_MS) return 'tooLong';
  return fromMs - nowMs > LONGEST_DELEGATION_MS ? 'tooFar' : null;
}
