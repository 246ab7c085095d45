import { createHash, createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import type { Engine } from '../verify/index.js';

/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 raw bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
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

/** The verifier's needs by node:crypto. Signatures are verified on other threads. */
export const nodeEngine: Engine = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  hasher: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => hash.update(bytes), digest: () => hash.digest() };
  },
  verifyEd25519: (publicKey, message, signature) => {
    const key = keyOf(publicKey);
    return key !== null && signature.length === 64 && verify(null, message, key, signature);
  },
  verifyLater: (publicKey, message, signature) => {
    const key = keyOf(publicKey);
    if (key === null || signature.length !== 64) return Promise.resolve(false);
    return new Promise((resolve) => {
      verify(null, message, key, signature, (error, good) => resolve(error === null && good));
    });
  },
};
