import { z } from 'zod';
import { ACCEPTANCE_DECISIONS } from './acceptance.entity.js';

export const acceptance = z.object({
  /** The commune that decides. */
  areaId: z.string().min(1).max(64),
  decision: z.enum(ACCEPTANCE_DECISIONS),
  /** Asked for where it is declined. */
  reason: z.string().trim().min(1).max(1_000).nullable().default(null),
});
export type AcceptanceRequest = z.infer<typeof acceptance>;

export const acceptanceView = z.object({
  itemId: z.string(),
  areaId: z.string(),
  decision: z.enum(ACCEPTANCE_DECISIONS),
  reason: z.string().nullable(),
  decidedByName: z.string(),
  decidedAtMs: z.int(),
});
export type AcceptanceView = z.infer<typeof acceptanceView>;

export const incomingQuery = z.object({
  /** A commune. */
  areaId: z.string().min(1).max(64),
});
export type IncomingQuery = z.infer<typeof incomingQuery>;

/** Content that an office above approved and this commune has not decided on, the newest approval first. */
export const incomingView = z.array(
  z.object({
    itemId: z.string(),
    title: z.string(),
    kind: z.string(),
    language: z.string(),
    /** The office that approved it. */
    fromAreaId: z.string(),
    sourceOffice: z.string(),
    version: z.int(),
    approvedAtMs: z.int().nullable(),
    durationMs: z.int().nullable(),
    validTo: z.string().nullable(),
  }),
);
export type IncomingView = z.infer<typeof incomingView>;
