import { z } from 'zod';

export const archivesQuery = z.object({
  /** Those made before this one, by its id. */
  before: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});
export type ArchivesQuery = z.infer<typeof archivesQuery>;

const rule = z.object({
  /** After how many days receipts may leave; null: never. */
  receiptDays: z.int().nullable(),
  confirmationDays: z.int().nullable(),
});

export const archiveView = z.object({
  id: z.string(),
  /** Of the file. */
  name: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  madeAtMs: z.int(),
  /** As it was configured then. */
  rule,
  devices: z.int(),
  runs: z.int(),
  receipts: z.int(),
  sessions: z.int(),
  answers: z.int(),
  /** When the service had received its runs; null: it holds none. */
  receivedFromMs: z.int().nullable(),
  receivedToMs: z.int().nullable(),
  /** Signed, of the tree that holds its receipts; null: it holds none. */
  checkpoint: z.string().nullable(),
  logSize: z.int().nullable(),
  /** The file is where it was put, in its size. */
  present: z.boolean(),
});
export type ArchiveView = z.infer<typeof archiveView>;

export const archivesView = z.object({
  /** As it is configured now. */
  rule,
  /** When all that might leave had left; null: not yet. */
  lookedAtMs: z.int().nullable(),
  /** What stopped the last turn; null: nothing did. */
  problem: z.object({ code: z.string(), title: z.string() }).nullable(),
  /** The newest first. */
  archives: z.array(archiveView),
});
export type ArchivesView = z.infer<typeof archivesView>;
