import { z } from 'zod';

export const newDoubt = z.object({
  /** UTC epoch ms: plays that were due from then on. */
  fromMs: z.int().min(0).max(8_640_000_000_000),
  reason: z.string().trim().min(3).max(500),
});
export type NewDoubt = z.infer<typeof newDoubt>;

/** `plays`: whose outcome fell. */
export const doubtView = z.object({ controllerId: z.string(), fromMs: z.int(), plays: z.int() });
export type DoubtView = z.infer<typeof doubtView>;

export const outcomeChangeView = z.object({
  outcomeBefore: z.string(),
  outcomeAfter: z.string(),
  reason: z.string(),
  changedBy: z.string(),
  changedAtMs: z.int(),
});
