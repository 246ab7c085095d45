import { z } from 'zod';

/** Ids, codes and limits that more than one message uses. */

/** What may stand as one level of a topic (and as an id anywhere in the contract). */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
export const id = z.string().regex(ID_PATTERN);
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
/** Raw 32-byte Ed25519 public key in base64url. */
export const publicKeyText = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** UTC epoch milliseconds, from 1970 to the year 9999. */
export const epochMs = z.int().min(0).max(253_402_300_799_999);
/** A local calendar day of the schedule's zone, YYYY-MM-DD. */
export const localDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export const durationMs = z.int().min(0).max(31_622_400_000);

/** A thing that a receipt must still name when it is renamed or deleted later (invariant 8). */
export const named = z.object({ id, name: z.string().min(1).max(200) });
export type Named = z.infer<typeof named>;

export const PROTOCOL_VERSION = 1;
