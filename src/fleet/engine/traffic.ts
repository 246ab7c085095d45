export interface Counters {
  readonly boot: number;
  readonly uptimeS: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export type CounterReading =
  | { readonly kind: 'ahead'; readonly bytesUp: number; readonly bytesDown: number; readonly now: Counters }
  /** Of an earlier boot: it was under way while the device started anew, and what it says is counted or lost. */
  | { readonly kind: 'late' }
  /** The same boot is younger than before: two devices count with one name. */
  | { readonly kind: 'cloned' };

/** No mobile network carries more between two messages: a counter that says so has run over. */
const MOST_BYTES = 1_000_000_000_000;
/** Telemetry of one connection may overtake itself by this much, s. */
const UPTIME_SLACK_S = 60;

/**
 * What was sent since the counters stood at `before`. They count from each boot on, so the first of a boot counts whole,
 * and a lost message is made up for by the next.
 */
export function readCounters(before: Counters | null, now: Counters): CounterReading {
  if (before && now.boot < before.boot) return { kind: 'late' };
  if (before && now.boot === before.boot && now.uptimeS + UPTIME_SLACK_S < before.uptimeS) return { kind: 'cloned' };
  const since = before && now.boot === before.boot ? before : { bytesUp: 0, bytesDown: 0, uptimeS: 0 };
  return {
    kind: 'ahead',
    bytesUp: bounded(now.bytesUp - since.bytesUp),
    bytesDown: bounded(now.bytesDown - since.bytesDown),
    now: {
      boot: now.boot,
      uptimeS: Math.max(now.uptimeS, since.uptimeS),
      bytesUp: Math.max(now.bytesUp, since.bytesUp),
      bytesDown: Math.max(now.bytesDown, since.bytesDown),
    },
  };
}

const bounded = (bytes: number): number => Math.min(MOST_BYTES, Math.max(0, bytes));
