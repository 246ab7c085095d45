import { z } from 'zod';
import { sha256Hex } from '../../../devices/protocol/index.js';
import { VERDICTS } from './engine/verdict.js';

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
/** As an address says it: digits, and no second spelling. */
const countText = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,15})$/)
  .transform(Number)
  .pipe(count);
const hash = z.string().length(44);

export const logView = z.object({
  /** Name of the log in its checkpoints. */
  origin: z.string(),
  /** The log of a demonstration: it proves nothing. */
  demo: z.boolean(),
  /** Receipts that have a number. */
  size: count,
  /** Raw, base64url: what devices pinned, and what a verifier should have from elsewhere. */
  rootPublicKey: z.string(),
  /** Every key set that the root key signed, oldest first. */
  keySets: z.array(z.object({ version: z.int(), signed: z.string(), takenAtMs: z.int() })),
  /** Each time the log was begun anew because an older backup was restored. */
  epochs: z.array(z.object({ number: z.int(), beganAtMs: z.int(), size: count, reason: z.string() })),
});

/** Exactly one of `sha256` and `number`. Without `size`: that of the last checkpoint. */
export const inclusionQuery = z
  .object({
    /** SHA-256 of the text that the device signed, hex, as `sha256sum` prints it. */
    sha256: sha256Hex.optional(),
    number: countText.optional(),
    size: countText.optional(),
  })
  .refine(({ sha256, number }) => (sha256 === undefined) !== (number === undefined), 'sha256 or number');
export type InclusionQuery = z.infer<typeof inclusionQuery>;

/** Of a receipt that the asker may see. */
export const sizeQuery = z.object({ size: countText.optional() });
export type SizeQuery = z.infer<typeof sizeQuery>;

export const inclusionView = z.object({
  number: count,
  size: count,
  /** Leaf hash, base64. */
  leaf: hash,
  /** From the leaf up, base64. */
  path: z.array(hash),
});

export const consistencyQuery = z.object({ from: countText, to: countText.optional() });
export type ConsistencyQuery = z.infer<typeof consistencyQuery>;

export const consistencyView = z.object({ from: count, to: count, path: z.array(hash) });

/** A checkpoint is short; whoever adds witnesses has room. */
export const checkRequest = z.object({ checkpoint: z.string().max(8_192) });
export type CheckRequest = z.infer<typeof checkRequest>;

export const checkView = z.object({
  verdict: z.enum(Object.keys(VERDICTS) as [keyof typeof VERDICTS]),
  words: z.string(),
  size: count.optional(),
  signedAtMs: z.int().optional(),
  epoch: z.int().optional(),
});

export const epochRequest = z.object({ reason: z.string().trim().min(1).max(500) });
export type EpochRequest = z.infer<typeof epochRequest>;
export const epochView = z.object({ number: z.int(), beganAtMs: z.int(), size: count, reason: z.string() });
