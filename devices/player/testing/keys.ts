import { createPrivateKey } from 'node:crypto';
import { type KeySet, signJws, toHex } from '../../protocol/index.js';
import { type DeviceKey, deviceKeyOf, NodeCrypto } from '../adapters/crypto.js';

export const crypto = new NodeCrypto();

/** The same name gives the same Ed25519 key in every run. */
export function testKey(name: string): DeviceKey {
  const seed = crypto.sha256(Buffer.from(`test key ${name}`));
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return deviceKeyOf(
    createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
}

export const ROOT = testKey('root');
/** Signs for everything. */
export const SERVICE = testKey('service');

export const rawOf = (key: DeviceKey): Uint8Array => Buffer.from(key.publicKey, 'base64url');
export const fingerprintOf = (key: DeviceKey): string => toHex(crypto.sha256(rawOf(key)));

export interface TestKey {
  readonly key: DeviceKey;
  readonly scope?: readonly string[];
  readonly from?: number;
  readonly until?: number;
}

export function keySetOf(version: number, keys: readonly TestKey[]): KeySet {
  return {
    v: 1,
    version,
    keys: keys.map(({ key, scope = ['*'], from = 0, until = 253_402_300_799_999 }) => ({
      kid: key.kid,
      publicKey: key.publicKey,
      from,
      until,
      scope: [...scope],
    })),
  };
}

export const signedKeySet = (version: number, keys: readonly TestKey[] = [{ key: SERVICE }], root = ROOT): string =>
  signJws('vang-keys', keySetOf(version, keys), root);
