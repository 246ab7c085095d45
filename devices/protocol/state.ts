import { z } from 'zod';
import { TIME_TRUSTS } from './time.js';
import { epochMs, id } from './words.js';

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
