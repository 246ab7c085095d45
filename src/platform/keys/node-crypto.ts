import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import type { Crypto } from '../../../devices/protocol/index.js';

/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 raw bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** Parsing a key costs more than a verification; a fleet's keys come again and again. */
const PARSED_KEYS = 20_000;
const parsed = new Map<string, KeyObject>();

function keyOf(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString('base64');
  const known = parsed.get(name);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  if (parsed.size >= PARSED_KEYS) parsed.delete(parsed.keys().next().value as string);
  parsed.set(name, key);
  return key;
}

/** The contract's cryptography by node:crypto. */
export const nodeCrypto: Crypto & { readonly sha256OfText: (text: string) => Uint8Array } = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  /** Of its UTF-8. */
  sha256OfText: (text) => hash('sha256', text, 'buffer'),
  verifyEd25519: (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    try {
      return verify(null, message, keyOf(publicKey), signature);
    } catch {
      return false;
    }
  },
};

/** The same on a thread of Node's pool: nobody waits for it. */
export function verifiedLater(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return Promise.resolve(false);
  return new Promise((resolve) => {
    try {
      verify(null, message, keyOf(publicKey), signature, (error, verified) => resolve(error === null && verified));
    } catch {
      // No point of the curve.
      resolve(false);
    }
  });
}

/** The raw 32 bytes of an Ed25519 public (or private) key. */
export function publicKeyBytes(key: KeyObject): Uint8Array {
  const der = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(SPKI_PREFIX.length));
}
