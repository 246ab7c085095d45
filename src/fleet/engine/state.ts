import { TELEMETRY_EVERY_MS } from '../../../devices/protocol/index.js';
import type { Evidence } from './evidence.js';

/** What a controller is now, for people: đang kết nối, đang phát, chưa có giờ tin cậy, sự cố, mất điện, mất kết nối; or never heard. */
export const DEVICE_STATES = ['never', 'online', 'playing', 'noTrustedTime', 'fault', 'powerLost', 'offline'] as const;
export type DeviceStateName = (typeof DEVICE_STATES)[number];

/** The evidence that decided. */
export const BECAUSE = [
  'nothing', // it has not said a word yet
  'itsWord', // its own retained state
  'lastWill', // the broker lost it
  'silence', // connected as far as the broker knows, and says nothing
  'powerEvent', // it told that the supply is gone
  'faults',
  'trust',
] as const;
export type Because = (typeof BECAUSE)[number];

export interface Judged {
  readonly state: DeviceStateName;
  readonly because: Because;
  /** When time alone changes it (UTC epoch ms); null: only a message does. */
  readonly recheckAtMs: number | null;
}

/** Three messages of telemetry that did not come. */
const SILENT_AFTER_MS = 3 * TELEMETRY_EVERY_MS;
/** Devices that fell silent together are not all marked at once: a broker that is slow to come back must not look like a dead district. */
const SPREAD_MS = 2 * TELEMETRY_EVERY_MS;

/** How long this device may be silent before it counts as offline, ms: always the same for the same device. */
export function silenceBoundMs(controllerId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < controllerId.length; i++) hash = Math.imul(hash ^ controllerId.charCodeAt(i), 0x01000193) >>> 0;
  return SILENT_AFTER_MS + (hash % SPREAD_MS);
}

/** Case 19: power lost and network lost are different. A device that told of the cut before it fell silent lost its power. */
export function stateOf(controllerId: string, evidence: Evidence, nowMs: number): Judged {
  const { connected, heardAtMs, powerLostAtMs } = evidence;
  if (heardAtMs === null) return { state: 'never', because: 'nothing', recheckAtMs: null };
  const silentAtMs = heardAtMs + silenceBoundMs(controllerId);
  const gone = connected === false ? 'lastWill' : nowMs >= silentAtMs ? 'silence' : null;
  if (gone)
    return powerLostAtMs === null
      ? { state: 'offline', because: gone, recheckAtMs: null }
      : { state: 'powerLost', because: 'powerEvent', recheckAtMs: null };
  return { ...present(evidence), recheckAtMs: silentAtMs };
}

/** It is here; what hinders it most is named. */
function present({ powerLostAtMs, faults, trust, playing }: Evidence): Omit<Judged, 'recheckAtMs'> {
  if (powerLostAtMs !== null) return { state: 'powerLost', because: 'powerEvent' };
  if (Object.keys(faults).length > 0) return { state: 'fault', because: 'faults' };
  if (trust === 'untrusted') return { state: 'noTrustedTime', because: 'trust' };
  return playing === null ? { state: 'online', because: 'itsWord' } : { state: 'playing', because: 'itsWord' };
}
