import { z } from 'zod';
import { BREACH_CODES } from '../engine/rules/index.js';

export const newOverride = z.object({
  /** Identity of the occurrence as previews show it; null: all of the entry. */
  occurrence: z.string().max(120).nullable(),
  codes: z.array(z.enum(BREACH_CODES)).min(1).max(BREACH_CODES.length),
  /** Who reads it later was not there: a word is not enough. */
  reason: z.string().trim().min(10).max(500),
});
export type NewOverride = z.output<typeof newOverride>;

export const overrideView = z.object({
  id: z.string(),
  entryId: z.string(),
  occurrence: z.string().nullable(),
  codes: z.array(z.enum(BREACH_CODES)),
  reason: z.string(),
  byName: z.string(),
  atMs: z.int(),
  revokedAtMs: z.int().nullable(),
});
export type OverrideView = z.output<typeof overrideView>;
