/**
 * How fast audio may go out. There are up to two reasons to hold back: what the line was said to carry, and what devices
 * say by wishing again for what they were sent: an external broker shows nobody how full its lines are, so a loss is the
 * only word of it (as for TCP: half the rate after a loss, slowly more from there).
 */
export interface Pace {
  /** What the line may carry, bytes per second; null: not limited. */
  readonly limit: number | null;
  /** After a loss: the rate it was set to, and when (ms, any clock). */
  readonly slowed: { readonly bytesPerSecond: number; readonly atMs: number } | null;
  /** The line is paid for until then. */
  readonly paidUntilMs: number;
  /** What went out lately: what a loss halves. */
  readonly lately: { readonly sinceMs: number; readonly bytes: number };
}

/** A line that stood still may catch up with this much. */
const BURST_MS = 100;
/** A loss says something about what went out in this time, and is acted on once in it. */
const LOSS_MS = 8_000;
const LEAST_BYTES_PER_SECOND = 16_384;
/** Growth of the rate per second after a loss. */
const RECOVERY = 1.1;

export const freshPace = (limit: number | null, nowMs: number): Pace => ({
  limit,
  slowed: null,
  paidUntilMs: nowMs,
  lately: { sinceMs: nowMs, bytes: 0 },
});

/** Bytes per second at this moment; null: as fast as they are taken. */
export function rateOf({ limit, slowed }: Pace, nowMs: number): number | null {
  if (!slowed) return limit;
  const recovered = slowed.bytesPerSecond * RECOVERY ** ((nowMs - slowed.atMs) / 1_000);
  return Math.min(limit ?? Number.POSITIVE_INFINITY, recovered);
}

/** How long to hold back before anything more goes out, ms. */
export const holdMs = (pace: Pace, nowMs: number): number => Math.max(0, pace.paidUntilMs - nowMs);

export function spent(pace: Pace, bytes: number, nowMs: number): Pace {
  const rate = rateOf(pace, nowMs);
  const from = Math.max(pace.paidUntilMs, nowMs - BURST_MS);
  const { lately } = pace;
  const fresh = nowMs - lately.sinceMs > LOSS_MS;
  return {
    ...pace,
    paidUntilMs: rate === null ? nowMs : from + (bytes * 1_000) / rate,
    lately: fresh ? { sinceMs: nowMs, bytes } : { ...lately, bytes: lately.bytes + bytes },
  };
}

/** Devices lost what was sent to them. */
export function slowedDown(pace: Pace, nowMs: number): Pace {
  const { slowed, lately } = pace;
  if (slowed && nowMs - slowed.atMs < LOSS_MS) return pace;
  const measured = (lately.bytes * 1_000) / Math.max(1_000, nowMs - lately.sinceMs);
  const rate = Math.min(rateOf(pace, nowMs) ?? Number.POSITIVE_INFINITY, measured);
  return { ...pace, slowed: { bytesPerSecond: Math.max(LEAST_BYTES_PER_SECOND, rate / 2), atMs: nowMs } };
}
