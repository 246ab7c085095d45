import { z } from 'zod';

/** The contract ends with the year 9999. */
const day = z.iso.date().refine((text) => text < '9999-01-01');

export const reasonsQuery = z.object({
  /** Only clusters at or below this area; default: the area of the plan. */
  areaId: z.string().min(1).max(64).optional(),
  /** Local days, both included; default: the plan's period. What has not begun yet misses nothing. */
  from: day.optional(),
  until: day.optional(),
});
export type ReasonsQuery = z.infer<typeof reasonsQuery>;

/** The reason that costs most plays first. */
export const reasonsView = z.array(
  z.object({
    /** `cause.…` of the contract, `unknown.…` what the device is now, `other.…` what was heard proves less. */
    code: z.string(),
    words: z.object({ vi: z.string(), en: z.string() }),
    plays: z.int(),
    clusters: z.array(z.object({ clusterId: z.string(), plays: z.int(), lastHeardAtMs: z.int().nullable() })),
  }),
);
