const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What an installation may set for its own hardware. */
export interface FleetSettings {
  /** Raw telemetry and events of devices are kept this long; their daily figures for ever. */
  readonly telemetryKeepMs: number;
  /** Offline for this long is a fault (sự cố). */
  readonly offlineFaultAfterMs: number;
  /** Without power for this long is a fault: most cuts end by themselves. */
  readonly powerFaultAfterMs: number;
  /** Without trusted time for this long is a fault. */
  readonly timeFaultAfterMs: number;
}

/** Injection token. */
export const FLEET_SETTINGS = Symbol('FleetSettings');

export const PLAIN_FLEET_SETTINGS: FleetSettings = {
  telemetryKeepMs: 90 * DAY_MS,
  offlineFaultAfterMs: 24 * HOUR_MS,
  powerFaultAfterMs: 12 * HOUR_MS,
  timeFaultAfterMs: HOUR_MS,
};
