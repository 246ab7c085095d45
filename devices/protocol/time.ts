import { z } from 'zod';
import { epochMs, id } from './words.js';

/** A device asks for the time with a fresh nonce; the service answers signed (JWS `vang-time`). */
export const timeRequest = z.object({ v: z.literal(1), device: id, nonce: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/) });
export type TimeRequest = z.infer<typeof timeRequest>;

export const timeReply = timeRequest.extend({ serverMs: epochMs });
export type TimeReply = z.infer<typeof timeReply>;

export const TIME_TRUSTS = ['trusted', 'coasting', 'untrusted'] as const;
export type TimeTrust = (typeof TIME_TRUSTS)[number];

/** A round trip longer than this says too little about the time to be used. */
export const MAX_ROUND_TRIP_MS = 10_000;
/** How soon a question that nobody answered is asked again. */
export const TIME_AGAIN_MS = 5_000;
/** How often a connected device asks again. */
export const RESYNC_MS = 3_600_000;
/** After this without an answer, time is no longer trusted but coasting on the device's own crystal. */
export const COASTING_AFTER_MS = 6 * 3_600_000;
/** Assumed worst drift of an uncorrected crystal: 100 millionths, 8.64 s a day. */
export const DRIFT = 100e-6;
/** A coasting clock that may be off by more than this plays no schedule any more (about 14 days without an answer). */
export const MAX_ERROR_MS = 120_000;
