export interface Lasting {
  readonly validUntilMs: number;
  readonly revokedAtMs: number | null;
}

export const isOpen = ({ validUntilMs, revokedAtMs }: Lasting, nowMs: number): boolean =>
  revokedAtMs === null && nowMs < validUntilMs;

/** @param wantedMs end as asked for; null: the usual one. @returns null for an end that is over or too far */
export function termEnd(
  wantedMs: number | null,
  nowMs: number,
  { usualMs, longestMs }: { readonly usualMs: number; readonly longestMs: number },
): number | null {
  if (wantedMs === null) return nowMs + usualMs;
  return wantedMs > nowMs && wantedMs <= nowMs + longestMs ? wantedMs : null;
}
