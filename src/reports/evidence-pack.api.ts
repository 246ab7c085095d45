import { z } from 'zod';

export const newEvidencePack = z.object({
  lineId: z.string().min(1).max(64),
  areaId: z.string().min(1).max(64),
  /** Local days, both included. */
  from: z.iso.date(),
  to: z.iso.date(),
});
export type NewEvidencePack = z.infer<typeof newEvidencePack>;

export const evidencePackView = z.object({
  id: z.string(),
  lineId: z.string(),
  areaId: z.string(),
  from: z.string(),
  to: z.string(),
  fileName: z.string(),
  state: z.enum(['running', 'done', 'failed', 'stopped']),
  /** Code of a problem. */
  reason: z.string().nullable(),
  /** Followed as any job: `GET /api/jobs/{id}`. */
  jobId: z.string(),
  /** Of the file. */
  sha256: z.string().nullable(),
  bytes: z.int().nullable(),
  receipts: z.int().nullable(),
  createdByName: z.string(),
  createdAtMs: z.int(),
});
export type EvidencePackView = z.infer<typeof evidencePackView>;
