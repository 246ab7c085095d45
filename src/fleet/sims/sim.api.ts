import { z } from 'zod';
import { isDay } from '../engine/local-days.js';

const day = z.string().refine(isDay, { message: 'must be a day, yyyy-mm-dd' });

export const simChange = z.object({
  carrier: z.string().trim().min(1).max(100),
  number: z.string().regex(/^(\+?\d{6,15})?$/),
  iccid: z.string().regex(/^(\d{18,20})?$/),
  /** Last local day of the package. */
  expiresOn: day.nullable(),
  /** Bytes a calendar month. */
  quotaBytes: z.int().min(1).nullable(),
  warnDays: z.int().min(0).max(90).default(7),
  /** Share of the quota, 0 to 1. */
  warnShare: z.number().min(0.1).max(1).default(0.8),
});
export type SimChange = z.infer<typeof simChange>;

export const simView = simChange.extend({
  /** Bytes of this calendar month, both ways, as the device counts them. */
  usedBytes: z.int(),
  months: z.array(z.object({ month: z.string(), bytesUp: z.int(), bytesDown: z.int() })),
});
export type SimView = z.infer<typeof simView>;
