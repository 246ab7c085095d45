import { COASTING_AFTER_MS, DRIFT, MAX_ERROR_MS, type TimeTrust } from '../../protocol/index.js';
import type { ClockAnchor, ReceiptClock } from './state.js';

/** Server time as well as this device can know it (invariant 14): the last signed answer plus monotonic elapsed time. */
export interface KnownTime {
  readonly trust: TimeTrust;
  /** Null while untrusted: no wall clock of the device is ever used instead. */
  readonly nowMs: number | null;
  readonly errorMs: number | null;
}

export function timeAt(anchor: ClockAnchor | null, monoMs: number): KnownTime {
  if (!anchor || monoMs < anchor.monoMs) return { trust: 'untrusted', nowMs: null, errorMs: null };
  const elapsed = monoMs - anchor.monoMs;
  const errorMs = Math.ceil(anchor.errorMs + elapsed * DRIFT);
  if (errorMs > MAX_ERROR_MS) return { trust: 'untrusted', nowMs: null, errorMs: null };
  return {
    trust: elapsed > COASTING_AFTER_MS ? 'coasting' : 'trusted',
    nowMs: Math.round(anchor.serverMs + elapsed),
    errorMs,
  };
}

/** The monotonic instant at which server time will be `serverMs`. */
export function monoOf(anchor: ClockAnchor, serverMs: number): number {
  return anchor.monoMs + (serverMs - anchor.serverMs);
}

export const clockOf = (time: KnownTime): ReceiptClock => ({ trust: time.trust, errorMs: time.errorMs });
