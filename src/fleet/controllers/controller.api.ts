import { z } from 'zod';
import { CAPABILITIES, FAULT_CODES, TIME_TRUSTS } from '../../../devices/protocol/index.js';
import { BECAUSE, DEVICE_STATES } from '../engine/state.js';
import { claimView } from '../fleet.api.js';
import { simView } from '../sims/sim.api.js';

/** What is known of it now, each by its own evidence. */
const stateNow = z.object({
  state: z.enum(DEVICE_STATES),
  because: z.enum(BECAUSE),
  sinceMs: z.int(),
  connected: z.boolean().nullable(),
  heardAtMs: z.int().nullable(),
  powerLostAtMs: z.int().nullable(),
  faults: z.partialRecord(z.enum(FAULT_CODES), z.int()),
  trust: z.enum(TIME_TRUSTS).nullable(),
  playing: z.string().nullable(),
  boot: z.int().nullable(),
  silentUntilMs: z.int().nullable(),
  volumePercent: z.int().nullable(),
  waitingReceipts: z.int(),
});

export const controllerView = z.object({
  id: z.string(),
  clusterId: z.string(),
  clusterName: z.string(),
  areaId: z.string(),
  /** Lắp thử: a technician's scan let it in, and its handover has not come. */
  provisional: z.boolean(),
  /** Language profile: what the hamlets that hear its cluster today are to be told in, in that order; none: no hamlet has a profile. */
  languages: z.array(z.string()),
  model: z.string(),
  serial: z.string(),
  simulated: z.boolean(),
  enrolledAtMs: z.int(),
  revokedAtMs: z.int().nullable(),
  revokedReason: z.string().nullable(),
  firmware: z.object({ release: z.int(), name: z.string() }).nullable(),
  capabilities: z.array(z.enum(CAPABILITIES)).nullable(),
  syncedVersion: z.int(),
  ready: z.boolean(),
  /** Null: it was never heard, or it has ended. */
  now: stateNow.nullable(),
});
export type ControllerView = z.infer<typeof controllerView>;

export const controllerDetail = controllerView.extend({
  sim: simView.nullable(),
  /** Alarms that nobody has acknowledged. */
  openAlarms: z.int(),
});
export type ControllerDetail = z.infer<typeof controllerDetail>;

export const controllerQuery = z.object({
  state: z.enum(DEVICE_STATES).optional(),
  clusterId: z.string().max(64).optional(),
});
export type ControllerQuery = z.infer<typeof controllerQuery>;

export const ending = z.object({ reason: z.string().trim().min(1).max(500) });
export type Ending = z.infer<typeof ending>;

export const replacement = ending.extend({
  /** The box that stands there ends at once, and not when the next one enrols. */
  endNow: z.boolean().default(false),
});
export type Replacement = z.infer<typeof replacement>;
export const replacementView = claimView.extend({
  /** The box that is to be replaced; null: there is none. */
  controllerId: z.string().nullable(),
});
export type ReplacementView = z.infer<typeof replacementView>;

export const stateSpanView = z.object({
  state: z.enum(DEVICE_STATES),
  because: z.enum(BECAUSE),
  fromMs: z.int(),
  untilMs: z.int().nullable(),
});
export const deviceEventView = z.object({
  boot: z.int(),
  seq: z.int(),
  kind: z.string(),
  code: z.string().nullable(),
  detail: z.string(),
  atMs: z.int().nullable(),
  receivedAtMs: z.int(),
});
export const historyQuery = z.object({
  /** UTC epoch ms; default: everything, the newest first. */
  beforeMs: z.coerce.number().int().min(0).optional(),
});
export type HistoryQuery = z.infer<typeof historyQuery>;
