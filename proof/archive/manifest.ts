import { z } from 'zod';
import { epochMs, sha256Hex } from '../../devices/protocol/index.js';
import { packedFile } from '../pack/manifest.js';
import { MOST_ENTRIES } from '../pack/zip.js';

const count = z.int().min(0);
const days = z.int().min(1).nullable();

export const ARCHIVE_FORMAT = 'vang-archive';

/**
 * What left the database of an installation, signed by it. Written as JSON without spaces, keys in the order that stands here: it has
 * one spelling.
 */
export const archiveManifest = z.strictObject({
  format: z.literal(ARCHIVE_FORMAT),
  v: z.literal(1),
  /** SHA-256 of the root key, hex: to be compared with the published one. */
  root: sha256Hex,
  /** Key of `manifest.sig`. */
  kid: z.string().min(1).max(64),
  madeAtMs: epochMs,
  /** Of a database with simulated devices: proof of nothing (invariant 13). */
  demo: z.boolean(),
  /** As the file was called when it was made. */
  name: z.string().min(1).max(100),
  /** After how many days rows might leave; null: never. */
  rule: z.strictObject({ receiptDays: days, confirmationDays: days }),
  /** When the service had received its runs; null: it holds none. */
  received: z.strictObject({ fromMs: epochMs, toMs: epochMs }).nullable(),
  /** The tree that holds every receipt of the file; null: there is none to hold. */
  checkpoint: z.strictObject({ origin: z.string().max(128), size: z.int().min(1) }).nullable(),
  counts: z.strictObject({ devices: count, runs: count, receipts: count, sessions: count, answers: count }),
  files: z.array(packedFile).max(MOST_ENTRIES),
});
export type ArchiveManifest = z.infer<typeof archiveManifest>;
export type ArchiveHead = Omit<ArchiveManifest, 'format' | 'v' | 'root' | 'kid' | 'files'>;

export const writtenArchiveManifest = (said: ArchiveManifest): string => JSON.stringify(archiveManifest.parse(said));

export function readArchiveManifest(
  text: string,
): { readonly ok: true; readonly manifest: ArchiveManifest } | { readonly ok: false } {
  try {
    const manifest = archiveManifest.parse(JSON.parse(text));
    return JSON.stringify(manifest) === text ? { ok: true, manifest } : { ok: false };
  } catch {
    return { ok: false };
  }
}

/** Whether a manifest says that its file is an archive, before anybody looks at the rest. */
export const saysArchive = (text: string): boolean => text.startsWith(`{"format":"${ARCHIVE_FORMAT}"`);
