import { z } from 'zod';
import { id } from '../../devices/protocol/index.js';

export const newEmergency = z.object({
  /** Every loudspeaker at or below it, or the named clusters. */
  areaId: id,
  clusterIds: z.array(id).min(1).max(3_000).nullable().default(null),
  itemId: id,
  /** The version and the sound that the officer heard. */
  version: z.int().min(1),
  audioSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** What has happened: for the audit, the approver and the report. */
  reason: z.string().trim().min(1).max(1_000),
  volume: z.int().min(0).max(100).default(90),
  /** A second tap, or a retry on a poor line, with the same key is the same emergency. */
  requestKey: z.uuid(),
});
export type NewEmergency = z.infer<typeof newEmergency>;

export const emergencyView = z.object({
  id: z.string(),
  areaId: z.string(),
  entryId: z.string(),
  /** What went ahead of the plans: `GET /api/commands/:id` says which devices have it. */
  commandId: z.string().nullable(),
  itemId: z.string(),
  itemVersion: z.int(),
  title: z.string(),
  /** `before`: approved before; `after`: to be judged until `reviewDueAtMs` (hậu kiểm). */
  basis: z.enum(['before', 'after']),
  reviewDueAtMs: z.int().nullable(),
  reason: z.string(),
  officerName: z.string(),
  airedAtMs: z.int(),
  startMs: z.int(),
  stoppedAtMs: z.int().nullable(),
  stoppedByName: z.string().nullable(),
});
export type EmergencyView = z.infer<typeof emergencyView>;

export const emergencyQuery = z.object({ areaId: id });
export type EmergencyQuery = z.infer<typeof emergencyQuery>;
