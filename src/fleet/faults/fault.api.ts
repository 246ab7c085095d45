import { z } from 'zod';
import { FAULT_KINDS } from '../engine/faults.js';

export const faultView = z.object({
  id: z.string(),
  kind: z.enum(FAULT_KINDS),
  /** In the reader's language. */
  title: z.string(),
  clusterId: z.string(),
  clusterName: z.string(),
  areaId: z.string(),
  controllerId: z.string(),
  firstSeenMs: z.int(),
  lastSeenMs: z.int(),
  /** Whole days from the first evidence until it was closed, or until now. */
  daysDown: z.int(),
  assigneeId: z.string().nullable(),
  assigneeName: z.string().nullable(),
  note: z.string(),
  closedAtMs: z.int().nullable(),
  /** `evidence`: the device itself; or a person. */
  closedBy: z.enum(['evidence', 'person']).nullable(),
  closedByName: z.string().nullable(),
});
export type FaultView = z.infer<typeof faultView>;

export const faultQuery = z.object({
  /** Default: what is open. */
  closed: z.enum(['yes', 'no', 'all']).default('no'),
  kind: z.enum(FAULT_KINDS).optional(),
  clusterId: z.string().max(64).optional(),
});
export type FaultQuery = z.infer<typeof faultQuery>;

export const faultChange = z.object({
  /** Account that looks after it; null: nobody. */
  assigneeId: z.string().max(64).nullable().optional(),
  note: z.string().trim().max(1_000).optional(),
});
export type FaultChange = z.infer<typeof faultChange>;

export const faultClosing = z.object({ note: z.string().trim().min(1).max(1_000) });
export type FaultClosing = z.infer<typeof faultClosing>;
