/** What a device may ask the service for: a new token, or that another key be taken for its own. */
export type Ask = 'token' | 'key';
/** `denied`: the service answered and said no; it may be a person's will, so it is asked seldom. */
export type AskOutcome = 'answered' | 'denied' | 'unreachable';

/** What was asked lately. Times are monotonic milliseconds. */
export interface Renewal {
  readonly asks: number;
  readonly notBeforeMs: number;
  readonly last: { readonly ask: Ask; readonly outcome: AskOutcome } | null;
}

export interface Pace {
  /** The first question comes within this: a broker that forgot a district must not be answered by it in one second. */
  readonly spreadMs: number;
  /** So long after the last wait it counts no more. */
  readonly forgetMs: number;
  readonly waits: Readonly<Record<AskOutcome, { readonly firstMs: number; readonly longestMs: number }>>;
}

export const PACE: Pace = {
  spreadMs: 10_000,
  forgetMs: 3_600_000,
  waits: {
    // Refused again after an answer: a broker that has not heard of the token, or two cards with one key in turn.
    answered: { firstMs: 30_000, longestMs: 3_600_000 },
    denied: { firstMs: 60_000, longestMs: 6 * 3_600_000 },
    unreachable: { firstMs: 5_000, longestMs: 600_000 },
  },
};

export const UNASKED: Renewal = { asks: 0, notBeforeMs: 0, last: null };

/**
 * What to ask for now. An answer that was lost leaves a device between two keys: it asks for the change again, which the
 * service answers as often as it comes; and with its former key only when that was denied.
 */
export function nextAsk({ last }: Renewal, loginRefused: boolean, keyWaits: boolean): Ask | null {
  if (!keyWaits) return loginRefused ? 'token' : null;
  const denied = last?.ask === 'key' && last.outcome === 'denied';
  return loginRefused && denied ? 'token' : 'key';
}

/** When (monotonic) it may be asked. `random` is in [0, 1). */
export function askAtMs(renewal: Renewal, nowMs: number, random: number, pace: Pace = PACE): number {
  const { asks, notBeforeMs } = lately(renewal, nowMs, pace);
  return asks === 0 ? nowMs + random * pace.spreadMs : Math.max(nowMs, notBeforeMs);
}

/** After an answer, or none. The wait doubles, and is drawn from half to one and a half of it. */
export function asked(
  renewal: Renewal,
  last: { readonly ask: Ask; readonly outcome: AskOutcome },
  nowMs: number,
  random: number,
  pace: Pace = PACE,
): Renewal {
  const { firstMs, longestMs } = pace.waits[last.outcome];
  const { asks } = lately(renewal, nowMs, pace);
  const waitMs = Math.min(longestMs, firstMs * 2 ** Math.min(asks, 16));
  return { asks: asks + 1, notBeforeMs: nowMs + waitMs * (0.5 + random), last };
}

const lately = (renewal: Renewal, nowMs: number, { forgetMs }: Pace): Renewal =>
  nowMs - renewal.notBeforeMs > forgetMs ? UNASKED : renewal;
