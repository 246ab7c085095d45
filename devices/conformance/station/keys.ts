import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { type Crypto, type JwsType, type KeySet, keyIdOf, type Signer, signJws, toHex } from '../../protocol/index.js';

export const nodeCrypto: Crypto = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  verifyEd25519(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const x = Buffer.from(publicKey).toString('base64url');
    try {
      return verify(
        null,
        message,
        createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
        signature,
      );
    } catch {
      return false;
    }
  },
};

export const sha256Of = (bytes: Uint8Array): string => toHex(nodeCrypto.sha256(bytes));
/** `bytes` unguessable bytes, base64url. */
export const letters = (bytes: number): string => randomBytes(bytes).toString('base64url');

export interface SigningKey extends Signer {
  /** Raw, base64url. */
  readonly publicKey: string;
}

export function newKey(): SigningKey {
  const pair = generateKeyPairSync('ed25519');
  const { x = '' } = pair.publicKey.export({ format: 'jwk' });
  return signingKey(pair.privateKey, x);
}

function signingKey(key: KeyObject, publicKey: string): SigningKey {
  const kid = keyIdOf(Buffer.from(publicKey, 'base64url'), nodeCrypto);
  return { kid, publicKey, sign: (message) => sign(null, message, key) };
}

const FROM = 0;
const UNTIL = 253_402_300_799_999;
/** Not 1: there must be a lower one to refuse. */
const FIRST_VERSION = 5;

/** The keys of one run, made for it and gone with it. */
export class KeyBoard {
  readonly root = newKey();
  /** Signs for everything. */
  readonly service = newKey();
  /** Signs for the area of the controller, so it may not change programs. */
  readonly ofArea = newKey();
  /** Signs for another area alone. */
  readonly elsewhere = newKey();
  readonly expired = newKey();
  readonly notYet = newKey();
  /** In the key set of a version that is over. */
  readonly revoked = newKey();
  /** In no key set. */
  readonly stranger = newKey();
  #version = FIRST_VERSION;

  constructor(
    private readonly area: string,
    private readonly now: () => number,
  ) {}

  get version(): number {
    return this.#version;
  }

  /** A key set by the root. `extra` speaks for everything. */
  signed(version = this.#version, extra: readonly SigningKey[] = [], root = this.root): string {
    const row = (key: SigningKey, scope: string[], from = FROM, until = UNTIL) => ({
      kid: key.kid,
      publicKey: key.publicKey,
      from,
      until,
      scope,
    });
    const keys: KeySet & { comment: string } = {
      v: 1,
      version,
      comment: 'a field that no version 1 knows',
      keys: [
        row(this.service, ['*']),
        row(this.ofArea, [this.area]),
        row(this.elsewhere, ['another-area']),
        row(this.expired, ['*'], FROM, this.now() - 86_400_000),
        row(this.notYet, ['*'], this.now() + 86_400_000, UNTIL),
        ...extra.map((key) => row(key, ['*'])),
      ],
    };
    return signJws('vang-keys', keys, root);
  }

  raise(): string {
    this.#version += 1;
    return this.signed();
  }

  sign(typ: JwsType, payload: unknown, by: Signer = this.service): string {
    return signJws(typ, payload, by);
  }

  /** Looks signed by the service's key and is signed by another. */
  forge(typ: JwsType, payload: unknown): string {
    return signJws(typ, payload, { kid: this.service.kid, sign: (message) => this.stranger.sign(message) });
  }
}
