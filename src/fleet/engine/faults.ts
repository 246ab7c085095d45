import { FAULT_CODES, type FaultCode } from '../../../devices/protocol/index.js';
import type { Evidence } from './evidence.js';
import type { DeviceStateName } from './state.js';

/** Sự cố: of the whole device, of one of its parts (as it states itself), of its SIM. */
export const STATE_FAULTS = ['offline', 'powerLost', 'noTrustedTime', ...FAULT_CODES] as const;
export const SIM_FAULTS = ['simExpiry', 'simQuota'] as const;
export const FAULT_KINDS = [...STATE_FAULTS, ...SIM_FAULTS] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Something that is wrong now. */
export interface Wrong {
  readonly kind: FaultKind;
  /** Names this one time; the same again after it was good is another. */
  readonly episode: string;
  /** UTC epoch ms. */
  readonly sinceMs: number;
}

/** After how long each becomes somebody's work, ms. Faults of parts at once. */
export interface FaultBounds {
  readonly offlineFaultAfterMs: number;
  readonly powerFaultAfterMs: number;
  readonly timeFaultAfterMs: number;
}

export interface StateNow {
  readonly state: DeviceStateName;
  readonly sinceMs: number;
}

/**
 * What a controller's evidence makes a fault of.
 * @returns `nextMs`: when time alone makes another (UTC epoch ms); null: never
 */
export function wrongByState(
  evidence: Evidence,
  { state, sinceMs }: StateNow,
  bounds: FaultBounds,
  nowMs: number,
): { readonly wrong: readonly Wrong[]; readonly nextMs: number | null } {
  const lasting: { readonly kind: FaultKind; readonly sinceMs: number; readonly afterMs: number }[] = [];
  if (state === 'offline') lasting.push({ kind: 'offline', sinceMs, afterMs: bounds.offlineFaultAfterMs });
  if (state === 'powerLost')
    lasting.push({
      kind: 'powerLost',
      sinceMs: evidence.powerLostAtMs ?? sinceMs,
      afterMs: bounds.powerFaultAfterMs,
    });
  // Of a device that is away nobody knows whether it has found the time meanwhile.
  if (evidence.untrustedAtMs !== null && state !== 'offline')
    lasting.push({ kind: 'noTrustedTime', sinceMs: evidence.untrustedAtMs, afterMs: bounds.timeFaultAfterMs });
  for (const [code, since] of Object.entries(evidence.faults) as [FaultCode, number][])
    lasting.push({ kind: code, sinceMs: since, afterMs: 0 });
  const later = lasting.map(({ sinceMs: since, afterMs }) => since + afterMs).filter((atMs) => atMs > nowMs);
  return {
    wrong: lasting
      .filter(({ sinceMs: since, afterMs }) => since + afterMs <= nowMs)
      .map(({ kind, sinceMs: since }) => ({ kind, episode: String(since), sinceMs: since })),
    nextMs: later.length > 0 ? Math.min(...later) : null,
  };
}
