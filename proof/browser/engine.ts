import { ed25519 } from '@noble/curves/ed25519.js';
import { Sha256, sha256 } from '../sha256.js';
import type { Engine } from '../verify/index.js';

/** RFC 8032 to the letter, as WebCrypto and Node judge. */
const STRICT = { zip215: false };

function verified(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, STRICT);
  } catch {
    return false;
  }
}

/** Messages to the browser's own threads that are under way at a time: enough to keep them busy, few enough to hold in memory. */
const AT_A_TIME = 256;

/** Bytes of their own, which WebCrypto's types ask for. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/**
 * What the browser has, else what is bundled (Chrome 109 knows no Ed25519). @returns the engine, and whether the browser's Ed25519 is used
 */
export async function browserEngine(): Promise<{ readonly engine: Engine; readonly native: boolean }> {
  const native = await hasEd25519();
  const keys = new Map<string, Promise<CryptoKey | null>>();
  const keyOf = (publicKey: Uint8Array) => {
    const name = publicKey.join();
    const known = keys.get(name);
    if (known) return known;
    const key = crypto.subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify']).catch(() => null);
    keys.set(name, key);
    return key;
  };
  const engine: Engine = {
    sha256,
    hasher: () => new Sha256(),
    verifyEd25519: verified,
    together: native ? AT_A_TIME : 1,
    verifyLater: async (publicKey, message, signature) => {
      if (!native) return verified(publicKey, message, signature);
      const key = await keyOf(publicKey);
      return key !== null && (await crypto.subtle.verify('Ed25519', key, own(signature), own(message)));
    },
  };
  return { engine, native };
}

/** The basepoint is a good key; a browser without Ed25519 refuses its name. */
async function hasEd25519(): Promise<boolean> {
  try {
    await crypto.subtle.importKey('raw', own(ed25519.Point.BASE.toBytes()), 'Ed25519', false, ['verify']);
    return true;
  } catch {
    return false;
  }
}
