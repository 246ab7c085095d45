import type { CoreEnv } from '../player/core/index.js';
import type { NetworkWorld } from './device-network.js';
import type { SharedStore } from './shared-store.js';

/** What all devices of the process share. */
export interface World extends NetworkWorld {
  readonly store: SharedStore;
  /** No play is begun after this instant of server time; null: the plan's own end. */
  readonly untilMs: number | null;
  readonly counted: { bytesReceived: number; chunks: number; rejected: number };
}

export interface Enrolled {
  readonly serial: string;
  readonly env: CoreEnv;
  readonly battery: boolean;
  readonly token: string;
  readonly mqttUrl: string;
  /** Of the service, for what is pulled. */
  readonly httpUrl: string;
  /** The signed key set of the enrolment answer; the core verifies it itself. */
  readonly keySet: string;
}
