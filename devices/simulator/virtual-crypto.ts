import { createHash } from 'node:crypto';
import type { DeviceKey } from '../player/adapters/crypto.js';
import { type Crypto, fromBase64Url, keyIdOf, sameBytes, toBase64Url } from '../protocol/index.js';

/**
 * For virtual time, where millions of signatures would take most of it: real SHA-256, and in place of Ed25519 a hash over
 * public key and message. It finds every mistake (other key, other bytes) and stops no attacker; there is none.
 */
export const virtualCrypto: Crypto = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  verifyEd25519: (publicKey, message, signature) => sameBytes(signatureOf(publicKey, message), signature),
};

function signatureOf(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  return createHash('sha512').update(publicKey).update(message).digest();
}

/** The same name gives the same key. */
export function virtualKey(name: string): DeviceKey {
  const publicKey = toBase64Url(virtualCrypto.sha256(Buffer.from(`virtual key ${name}`)));
  const raw = fromBase64Url(publicKey);
  return { kid: keyIdOf(raw, virtualCrypto), publicKey, sign: (message) => signatureOf(raw, message) };
}
