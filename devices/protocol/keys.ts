import { z } from 'zod';
import { fromBase64Url } from './bytes.js';
import type { Crypto } from './crypto.js';
import { openJws } from './jws.js';
import { epochMs, id, publicKeyText } from './words.js';

/**
 * The key set: signed by the root key that every device pinned at enrolment, retained on `vang/v1/keys`.
 * Devices keep the highest version they have seen and refuse a lower one (a replayed old set would revive revoked keys).
 */
export const keySet = z.object({
  v: z.literal(1),
  version: z.int().min(1),
  keys: z
    .array(
      z.object({
        kid: z.string().min(1).max(64),
        publicKey: publicKeyText,
        from: epochMs,
        until: epochMs,
        /** Areas whose devices obey this key: ids of areas, each with everything below it, or `*`. */
        scope: z
          .array(z.union([z.literal('*'), id]))
          .min(1)
          .max(256),
      }),
    )
    .min(1)
    .max(32),
});
export type KeySet = z.infer<typeof keySet>;

export type OpenedKeySet =
  | { readonly ok: true; readonly keys: KeySet }
  | { readonly ok: false; readonly problem: string };

export function openKeySet(compact: string, rootPublicKey: Uint8Array, crypto: Crypto): OpenedKeySet {
  const opened = openJws(compact, 'vang-keys', crypto, () => rootPublicKey);
  if (!opened.ok) return { ok: false, problem: opened.problem };
  const parsed = keySet.safeParse(opened.payload);
  return parsed.success ? { ok: true, keys: parsed.data } : { ok: false, problem: 'malformed' };
}

/**
 * The public key `kid` if it may speak now to a device in the areas of `path` (its own area and all above it).
 * `nowMs` is null while the device has no trusted time: then validity cannot be judged and only the scope counts,
 * because a plan is needed to be ready and nothing scheduled plays before time is trusted (invariant 14).
 */
export function coveringKey(
  keys: KeySet,
  kid: string,
  path: readonly string[],
  nowMs: number | null,
): Uint8Array | undefined {
  const key = keys.keys.find((candidate) => candidate.kid === kid);
  if (!key) return undefined;
  if (nowMs !== null && (nowMs < key.from || nowMs > key.until)) return undefined;
  if (!key.scope.some((area) => area === '*' || path.includes(area))) return undefined;
  return fromBase64Url(key.publicKey);
}
