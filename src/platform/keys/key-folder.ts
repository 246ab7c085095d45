import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keyIdOf, type Signer } from '../../../devices/protocol/index.js';
import { KeySetProblem } from './engine/key-set.js';
import { nodeCrypto, publicKeyBytes } from './node-crypto.js';

/** The first is `signing.key`; later ones carry the beginning of their name. */
const SIGNING = /^signing(-[A-Za-z0-9_-]+)?\.key$/;

export interface HeldKey {
  readonly file: string;
  readonly key: KeyObject;
  readonly signer: Signer;
}

/** The files of `<data>/keys`, each whole or absent, for the service's user alone. */
export class KeyFolder {
  constructor(readonly path: string) {}

  async open(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  async read(name: string): Promise<string | null> {
    return readIfThere(join(this.path, name));
  }

  async demand(name: string): Promise<string> {
    const text = await this.read(name);
    if (text === null)
      throw new KeySetProblem(`${join(this.path, name)} is missing: restore the keys from their backup`);
    return text;
  }

  async write(name: string, text: string): Promise<void> {
    const temporary = join(this.path, `${name}.new`);
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, 0o600);
    await rename(temporary, join(this.path, name));
    const folder = await open(this.path, 'r');
    await folder.sync().finally(() => folder.close());
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { force: true });
  }

  /** Every private key that may sign for the service. */
  async signingKeys(): Promise<HeldKey[]> {
    const names = (await readdir(this.path)).filter((name) => SIGNING.test(name)).toSorted();
    return Promise.all(
      names.map(async (file) => {
        const key = createPrivateKey(await this.demand(file));
        return { file, key, signer: signerOf(key) };
      }),
    );
  }

  /**
   * What secrets are derived from (HKDF): of the first signing key, and the same after that key has gone. Codes that were
   * printed can so be printed again after a rotation.
   * @param version of the key set: with the first one it follows from the key, later it can only be restored
   */
  async seed(version: number): Promise<Buffer> {
    const held = await this.read('secret.key');
    if (held !== null) return Buffer.from(held.trim(), 'base64url');
    if (version > 1) await this.demand('secret.key');
    const seed = createPrivateKey(await this.demand('signing.key')).export({ format: 'der', type: 'pkcs8' });
    await this.write('secret.key', seed.toString('base64url'));
    return seed;
  }
}

export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export function signerOf(key: KeyObject): Signer {
  return { kid: keyIdOf(publicKeyBytes(key), nodeCrypto), sign: (message) => sign(null, message, key) };
}

export const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();
