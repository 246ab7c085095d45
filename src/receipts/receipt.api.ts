import { z } from 'zod';
import { DEVIATIONS, type Deviation } from './engine/deviations.js';

export const receiptQuery = z.object({
  itemId: z.string().max(64).optional(),
  clusterId: z.string().max(64).optional(),
  outcome: z.enum(['complete', 'partial', 'notPlayed']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type ReceiptQuery = z.infer<typeof receiptQuery>;

/** `receipt` is the text that the device signed, as it came. */
export const receiptView = z.object({
  id: z.string(),
  controllerId: z.string(),
  boot: z.int(),
  seq: z.int(),
  /** Null: it left, and the archive says. */
  receivedAtMs: z.int().nullable(),
  backfill: z.boolean().nullable(),
  /** The device was offline when its play was moved or got other content, and followed what it was told before. */
  followedFormer: z.boolean(),
  /** Stored sound, whose hash the device verified. False: a relay, of which nobody knows what its source sent. */
  contentVerified: z.boolean(),
  /** `transmitter`: it proves *đưa tới máy phát*, no more. */
  reach: z.enum(['horn', 'transmitter']),
  /** How it differs from what was planned (docs/outcomes.md); null: it left, and the archive says. */
  notAsRequired: z.array(z.enum(Object.keys(DEVIATIONS) as [Deviation, ...Deviation[]])).nullable(),
  /** Null: it left for `archive`. */
  receipt: z.string().nullable(),
  /** The file that holds it; null: the database does. */
  archive: z.string().nullable(),
});
export type ReceiptView = z.infer<typeof receiptView>;

/** Receipts that the chain of a device proves to exist, and that have not come. Their numbers lie between `after` and `before`. */
export const gapView = z.object({
  controllerId: z.string(),
  clusterId: z.string(),
  /** Boot 0: the device's life begins with it. */
  after: z.object({ boot: z.int(), seq: z.int() }),
  before: z.object({ boot: z.int(), seq: z.int() }),
  openedAtMs: z.int(),
  /** When the device was last asked for them; null: not yet, or it keeps no archive. */
  askedAtMs: z.int().nullable(),
});

export const quarantineView = z.object({
  id: z.string(),
  controllerId: z.string(),
  reason: z.string(),
  title: z.string(),
  receivedAtMs: z.int(),
  payload: z.string(),
});
