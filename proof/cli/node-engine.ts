import { createHash, createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { SPKI_PREFIX } from '../threads/signatures.layout.mjs';
import type { Engine } from '../verify/index.js';

/** Parsing a key costs more than a verification, and a device's comes again and again. */
const keys = new Map<string, KeyObject | null>();

function keyOf(publicKey: Uint8Array): KeyObject | null {
  const name = Buffer.from(publicKey).toString('base64');
  const known = keys.get(name);
  if (known !== undefined) return known;
  let key: KeyObject | null = null;
  try {
    key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  } catch {
    // No 32 bytes, or no point of the curve.
  }
  keys.set(name, key);
  return key;
}

const verified = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  const key = keyOf(publicKey);
  return key !== null && signature.length === 64 && verify(null, message, key, signature);
};

/** The verifier's needs by node:crypto, on this thread. For large packs see `withSignatureThreads`. */
export const nodeEngine: Engine = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  hasher: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => hash.update(bytes), digest: () => hash.digest() };
  },
  verifyEd25519: verified,
  verifyLater: (publicKey, message, signature) => Promise.resolve(verified(publicKey, message, signature)),
  together: 1,
};
