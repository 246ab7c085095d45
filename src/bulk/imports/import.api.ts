import { z } from 'zod';
import { IMPORT_STATES, LINE_KINDS, LINE_STATES } from './import.states.js';

const label = z.string().trim().max(200);
const localDay = z.iso.date();

/** Metadata for files that do not say it themselves. */
export const importDefaults = z.object({
  topic: label.optional(),
  field: z.int().min(1).max(6).optional(),
  audience: z.array(label.min(1)).max(30).optional(),
  form: label.optional(),
  language: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .optional(),
  programme: label.optional(),
  sourceOffice: label.optional(),
  sponsor: label.optional(),
  byline: label.optional(),
  validFrom: localDay.optional(),
  validTo: localDay.optional(),
  planLineId: z.string().min(1).max(64).optional(),
  /** Who reads aloud in the recordings. */
  speakerName: label.optional(),
});
export type ImportDefaults = z.infer<typeof importDefaults>;

export const newImport = z.object({
  areaId: z.string().max(64),
  title: z.string().trim().max(200).default(''),
  defaults: importDefaults.default({}),
});
export type NewImport = z.infer<typeof newImport>;

const problem = z.object({ code: z.string(), vi: z.string(), en: z.string() });

export const importView = z.object({
  id: z.string(),
  areaId: z.string(),
  title: z.string(),
  defaults: importDefaults,
  state: z.enum(IMPORT_STATES),
  /** Why it failed. */
  reason: problem.nullable(),
  /** Followed at `/api/jobs/:id/events`. */
  jobId: z.string().nullable(),
  bytes: z.int(),
  /** Files by what became of them; a ZIP counts beside the files in it. */
  counts: z.object({ waiting: z.int(), done: z.int(), refused: z.int(), duplicate: z.int() }),
  createdByName: z.string(),
  createdAtMs: z.int(),
  endedAtMs: z.int().nullable(),
});
export type ImportView = z.infer<typeof importView>;

export const lineView = z.object({
  id: z.string(),
  /** Line of the archive that it lies in. */
  parentId: z.string().nullable(),
  kind: z.enum(LINE_KINDS),
  name: z.string(),
  bytes: z.int(),
  state: z.enum(LINE_STATES),
  itemId: z.string().nullable(),
  problem: problem.nullable(),
  notes: z.array(problem),
  excerpt: z.object({ before: z.string(), after: z.string() }).nullable(),
});
export type LineView = z.infer<typeof lineView>;

const page = {
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(100),
  cursor: z.string().max(64).optional(),
} as const;

export const importQuery = z.object(page);
export type ImportQuery = z.infer<typeof importQuery>;

export const lineQuery = z.object({ state: z.enum(LINE_STATES).optional(), ...page });
export type LineQuery = z.infer<typeof lineQuery>;

export const originView = z.object({
  itemId: z.string(),
  installation: z.string(),
  originItemId: z.string(),
  areaCode: z.string(),
  exportedAtMs: z.int(),
  decisions: z.array(
    z.object({
      version: z.int(),
      status: z.string(),
      approverName: z.string().nullable(),
      onBehalfOf: z.string().nullable(),
      decidedAtMs: z.int().nullable(),
    }),
  ),
});
