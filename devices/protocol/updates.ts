import { z } from 'zod';
import { assetRef } from './assets.js';
import type { KeySet } from './keys.js';
import { epochMs, id } from './words.js';

/**
 * The program that a device shall run: retained per device, JWS `vang-update`. The bundle travels as an asset like any
 * other. The version before stays until the new one has shown that it works, and comes back by itself when it does not.
 */
export const updateOrder = z.object({
  v: z.literal(1),
  device: id,
  /**
   * Counts releases. Of a lower number than the one that runs nothing is installed, except to go back on a person's word. The number that
   * runs takes back what waits to be installed: nothing is fetched, and the answer is `healthy`.
   */
  release: z.int().min(1),
  name: z.string().min(1).max(60),
  bundle: assetRef,
  /** Not before this, and never within `QUIET_BEFORE_PLAY_MS` of a planned play. */
  notBeforeMs: epochMs,
  /** Set where a person ordered an older release. */
  back: z.boolean().optional(),
});
export type UpdateOrder = z.infer<typeof updateOrder>;

/** No program is changed while a play is nearer than this. */
export const QUIET_BEFORE_PLAY_MS = 15 * 60_000;
/** A new program has this long to show that it plays and reaches the service; then the one before comes back. */
export const PROBATION_MS = 5 * 60_000;

export const UPDATE_STATES = ['received', 'downloaded', 'installing', 'healthy', 'rolledBack', 'refused'] as const;
export type UpdateState = (typeof UPDATE_STATES)[number];

export const updateStatus = z.object({
  v: z.literal(1),
  device: id,
  release: z.int().min(1),
  state: z.enum(UPDATE_STATES),
  detail: z.string().max(300).optional(),
  atMs: epochMs.nullable(),
});
export type UpdateStatus = z.infer<typeof updateStatus>;

/** A key for the plans of one commune must not change programs: only one whose scope is everything may. */
export function maySignUpdates(keys: KeySet, kid: string): boolean {
  return keys.keys.some((key) => key.kid === kid && key.scope.includes('*'));
}
