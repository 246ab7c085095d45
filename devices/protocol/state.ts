import { z } from 'zod';
import { FAULT_CODES } from './telemetry.js';
import { TIME_TRUSTS } from './time.js';
import { epochMs, id } from './words.js';

/** `stream`: relays an address. `lineIn`, `fm`: relays what comes in. `lineSense`: hears whether the line carries a signal. `archive`: keeps acknowledged receipts. */
export const CAPABILITIES = [
  'stream',
  'lineIn',
  'fm',
  'amplifier',
  'lineSense',
  'testTone',
  'reboot',
  'update',
  'archive',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** A state is told no sooner than this after the one before. */
export const STATE_EVERY_MS = 1_200;

/** Retained by the device; `online: false` is its last will, so it carries nothing that changes. */
export const deviceState = z.discriminatedUnion('online', [
  z.object({ v: z.literal(1), device: id, online: z.literal(false) }),
  z.object({
    v: z.literal(1),
    device: id,
    online: z.literal(true),
    boot: z.int().min(1),
    planVersion: z.int().min(0),
    /** Whether every part and all audio that the plan needs from now on is here and verified. */
    ready: z.boolean(),
    trust: z.enum(TIME_TRUSTS),
    playing: id.nullable(),
    waitingReceipts: z.int().min(0),
    /**
     * The last receipt that it wrote, acknowledged or not: what a service that was set back to a backup lacks at the end shows by it. Absent:
     * none yet, or the device does not say; then it shows by the next receipt.
     */
    lastReceipt: z.object({ boot: z.int().min(1), seq: z.int().min(1) }).optional(),
    /** Release and name of the program that runs. */
    firmware: z.object({ release: z.int().min(0), name: z.string().min(1).max(60) }).optional(),
    /** What it can do beside playing stored sound. Absent: nothing. */
    capabilities: z.array(z.enum(CAPABILITIES)).max(16).optional(),
    /** Faults that last. Absent: none. */
    faults: z.array(z.enum(FAULT_CODES)).max(16).optional(),
    /** Told to be silent until then, or stopped by a person at the device. */
    silentUntilMs: epochMs.optional(),
    volumePercent: z.int().min(0).max(100).optional(),
  }),
]);
export type DeviceState = z.infer<typeof deviceState>;

/** Input that a device refused: it plays nothing of it and says so. */
export const REPORT_CODES = [
  'keysRejected',
  'planRejected',
  'ackRejected',
  'timeRejected',
  'partRejected',
  'assetRejected',
  'commandRejected',
  'activeRejected',
  'identityRejected',
  'updateRejected',
] as const;
export type ReportCode = (typeof REPORT_CODES)[number];

export const deviceReport = z.object({
  v: z.literal(1),
  device: id,
  code: z.enum(REPORT_CODES),
  detail: z.string().max(300),
  atMs: epochMs.nullable(),
});
export type DeviceReport = z.infer<typeof deviceReport>;
