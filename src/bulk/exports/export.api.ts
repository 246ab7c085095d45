import { z } from 'zod';
import { EXPORT_STATES } from './export.entity.js';

const STATUSES = [
  'draft',
  'pending',
  'provisional',
  'approved',
  'returned',
  'refused',
  'withdrawn',
  'expired',
] as const;

export const newExport = z.object({
  /** With all areas below it. */
  areaId: z.string().max(64),
  /** Of the newest version. */
  status: z.enum(STATUSES).nullable().default(null),
  /** Only what may go on air, without newer drafts. */
  approvedOnly: z.boolean().default(false),
  includeAudio: z.boolean().default(true),
});
export type NewExport = z.infer<typeof newExport>;

export const exportView = z.object({
  id: z.string(),
  areaId: z.string(),
  fileName: z.string(),
  state: z.enum(EXPORT_STATES),
  reason: z.object({ code: z.string(), vi: z.string(), en: z.string() }).nullable(),
  /** Followed at `/api/jobs/:id/events`. */
  jobId: z.string().nullable(),
  bytes: z.int().nullable(),
  items: z.int().nullable(),
  createdByName: z.string(),
  createdAtMs: z.int(),
  /** From then on it cannot be downloaded any more. */
  keptUntilMs: z.int(),
});
export type ExportView = z.infer<typeof exportView>;

export const exportQuery = z.object({
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().max(64).optional(),
});
export type ExportQuery = z.infer<typeof exportQuery>;
