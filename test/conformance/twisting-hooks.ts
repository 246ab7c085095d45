import type { LoadHook } from 'node:module';
import { type Twist, twisted } from './twists.js';

let chosen: Twist | null = null;

export function initialize(twist: Twist): void {
  chosen = twist;
}

/** Node asks here for each module of the player; one of them comes back twisted. */
export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  if (!chosen || !url.endsWith(`/devices/${chosen.module}`)) return loaded;
  return { ...loaded, source: twisted(String(loaded.source), chosen) };
};
