import type { Position } from '../library.index.js';

/** Opaque to clients. */
export const cursorOf = ({ tier, place }: Position): string =>
  Buffer.from(JSON.stringify([tier, ...place])).toString('base64url');

/** @returns null for what no cursor is */
export function positionOf(cursor: string): Position | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts)) return null;
    const [tier, ...place]: unknown[] = parts;
    if (typeof tier !== 'number' || !Number.isSafeInteger(tier) || tier < 0 || tier > 3) return null;
    return place.every(isPart) ? { tier, place } : null;
  } catch {
    return null;
  }
}

/** PostgreSQL takes no NUL in a text, and no fraction in a bigint. */
const isPart = (part: unknown): part is number | string =>
  typeof part === 'string' ? !part.includes('\u0000') : Number.isSafeInteger(part);
