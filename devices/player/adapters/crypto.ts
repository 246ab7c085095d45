import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { type Crypto, keyIdOf, type Signer, toBase64Url } from '../../protocol/index.js';

/** More keys than any key set names: a flood of invented keys cannot fill memory. */
const KEYS_HELD = 64;

/** node:crypto behind the contract's three operations; the same key is parsed once. */
export class NodeCrypto implements Crypto {
  readonly #keys = new Map<string, KeyObject>();

  sha256(bytes: Uint8Array): Uint8Array {
    return createHash('sha256').update(bytes).digest();
  }

  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    try {
      return verify(null, message, this.#keyOf(toBase64Url(publicKey)), signature);
    } catch {
      return false;
    }
  }

  #keyOf(x: string): KeyObject {
    const held = this.#keys.get(x);
    if (held) return held;
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    if (this.#keys.size >= KEYS_HELD) this.#keys.clear();
    this.#keys.set(x, key);
    return key;
  }
}

/** The device's own key. `publicKey` is raw, base64url. */
export interface DeviceKey extends Signer {
  readonly publicKey: string;
}

export function newPrivateKeyPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Throws when the text is not an Ed25519 private key in PKCS #8. */
export function deviceKeyOf(pem: string): DeviceKey {
  const key = createPrivateKey(pem);
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519' || !x) throw new Error('not an Ed25519 private key');
  const kid = keyIdOf(Buffer.from(x, 'base64url'), new NodeCrypto());
  return { kid, publicKey: x, sign: (message) => sign(null, message, key) };
}
