import { createHash } from 'node:crypto';
import type { ArchiveEntry } from '../../../documents/index.js';

/** What a line of an archive is to say before anything in it is taken. */
export interface Listed {
  readonly kind: 'entry' | 'item';
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string | null;
  /** Why it is refused; null: it waits. */
  readonly code: string | null;
  readonly place: number;
  readonly groupRef: string | null;
}

/** Files of an archive that an export wrote: two for each item, and pictures. */
export const LIBRARY_LIMITS = { maxEntries: 100_000 } as const;

/** The archive is refused as a whole. */
export class ListingRefused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export async function hashed(entry: ArchiveEntry): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of await entry.open()) {
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return { sha256: hash.digest('hex'), bytes };
}
