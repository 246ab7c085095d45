import { z } from 'zod';
import { fromBase64Url, toBase64Url } from './bytes.js';
import { id, sha256Hex } from './words.js';

/**
 * Audio and day parts travel as assets: addressed by their SHA-256, cut into chunks, each chunk verified alone.
 * An asset of one chunk needs no descriptor: its chunk's hash is its own address.
 */
export const CHUNK_BYTES = 32_768;
export const MAX_CHUNK_BYTES = 65_536;
export const MAX_ASSET_BYTES = 268_435_456;

/** How a signed plan names an asset. `descriptor` is the SHA-256 of the descriptor's bytes, absent for one chunk. */
export const assetRef = z.object({
  sha256: sha256Hex,
  bytes: z.int().min(1).max(MAX_ASSET_BYTES),
  descriptor: sha256Hex.optional(),
});
export type AssetRef = z.infer<typeof assetRef>;

export const descriptor = z.object({
  v: z.literal(1),
  sha256: sha256Hex,
  bytes: z.int().min(1).max(MAX_ASSET_BYTES),
  chunkBytes: z.int().min(1024).max(MAX_CHUNK_BYTES),
  /** SHA-256 of each chunk, in order, base64url (43 letters each). */
  chunks: z.array(z.string().regex(/^[A-Za-z0-9_-]{43}$/)).min(1),
});
export type Descriptor = z.infer<typeof descriptor>;

export const chunkCount = (bytes: number, chunkBytes = CHUNK_BYTES): number => Math.ceil(bytes / chunkBytes);

/** Half-open byte range of a chunk. */
export function chunkRange(
  index: number,
  bytes: number,
  chunkBytes = CHUNK_BYTES,
): { readonly start: number; readonly end: number } {
  return { start: index * chunkBytes, end: Math.min((index + 1) * chunkBytes, bytes) };
}

/**
 * What a device lacks. `missing` is a bitmap (bit 0 of byte 0 is chunk 0) in base64url; absent while the device has no
 * descriptor yet, which asks for the descriptor and everything. `urgent` goes first.
 */
export const wish = z.object({
  v: z.literal(1),
  device: id,
  assets: z
    .array(
      z.object({
        sha256: sha256Hex,
        missing: z
          .string()
          .max(8192)
          .regex(/^[A-Za-z0-9_-]*$/)
          .optional(),
        urgent: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(64),
});
export type Wish = z.infer<typeof wish>;

/** A wish is repeated when nothing has come for so long; each device a little later, so that they do not ask in step. */
export const WISH_AGAIN_MS = 8_000;

export function toBitmap(missing: Iterable<number>, count: number): string {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (const index of missing) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  return toBase64Url(bits);
}

/** Indexes below `count`; throws a RangeError on a bitmap of another length. */
export function fromBitmap(bitmap: string, count: number): number[] {
  const bits = fromBase64Url(bitmap);
  if (bits.length !== Math.ceil(count / 8)) throw new RangeError('bitmap of another length');
  const missing: number[] = [];
  for (let index = 0; index < count; index++) if (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) missing.push(index);
  return missing;
}
