import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import {
  fromBase64Url,
  type KeySet,
  keyIdOf,
  keySet as keySetSchema,
  openKeySet,
  signJws,
  toBase64Url,
  toHex,
} from '../../../devices/protocol/index.js';
import type { Clock } from '../clock/index.js';
import {
  demandSigner,
  KeySetProblem,
  kidOf,
  type SigningRow,
  signerAt,
  withEnd,
  withKey,
  without,
} from './engine/key-set.js';
import { KeyFolder, pemOf, readIfThere, signerOf } from './key-folder.js';
import { nodeCrypto, publicKeyBytes } from './node-crypto.js';

export interface NewKey {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly scope: readonly string[];
  /** Raw, base64url: of a key whose private half is elsewhere. Absent: one is made here. */
  readonly publicKey?: string;
}

export interface ShownSet {
  readonly version: number;
  /** SHA-256 of the root key, hex. */
  readonly root: string;
  readonly rootIsHere: boolean;
  readonly keys: readonly (SigningRow & { readonly held: boolean; readonly signs: boolean })[];
}

/**
 * Where a person with the root key makes the next key set, offline: it works on the files of a data folder, and the service
 * takes the set at its next start. A cut leaves the former set or the new one.
 */
export class KeyDesk {
  readonly #folder: KeyFolder;
  readonly #rootFile: string;

  /** @param rootFile where the root key is; default: in the folder */
  constructor(
    folder: string,
    private readonly clock: Clock,
    rootFile?: string,
  ) {
    this.#folder = new KeyFolder(folder);
    this.#rootFile = rootFile ?? join(folder, 'root.key');
  }

  async show(): Promise<ShownSet> {
    const { set, root } = await this.#present();
    const held = await this.#held();
    const signs = signerAt(set.keys, held, this.clock.nowMs())?.kid;
    return {
      version: set.version,
      root: toHex(nodeCrypto.sha256(root)),
      rootIsHere: (await this.#folder.read('root.key')) !== null,
      keys: set.keys.map((row) => ({ ...row, held: held.has(row.kid), signs: row.kid === signs })),
    };
  }

  async add({ fromMs, untilMs, scope, publicKey }: NewKey): Promise<ShownSet> {
    const { set } = await this.#present();
    const key = publicKey === undefined ? generateKeyPairSync('ed25519').privateKey : null;
    const bytes = key ? publicKeyBytes(key) : fromBase64Url(publicKey ?? '');
    const kid = keyIdOf(bytes, nodeCrypto);
    const row = { kid, publicKey: toBase64Url(bytes), from: fromMs, until: untilMs, scope: [...scope] };
    const next = withKey(set, row, this.clock.nowMs());
    const root = await this.#root();
    // Before the set that names it.
    if (key) await this.#folder.write(`signing-${kid.slice(0, 12)}.key`, pemOf(key));
    return this.#take(next, root);
  }

  async retire(letters: string, atMs: number): Promise<ShownSet> {
    const { set } = await this.#present();
    return this.#take(withEnd(set, kidOf(set, letters), atMs, this.clock.nowMs()), await this.#root());
  }

  /** At once, and its private half goes too. */
  async revoke(letters: string): Promise<ShownSet> {
    const { set } = await this.#present();
    const kid = kidOf(set, letters);
    await this.#take(without(set, kid, this.clock.nowMs()), await this.#root());
    for (const { file, signer } of await this.#folder.signingKeys())
      if (signer.kid === kid) await this.#folder.remove(file);
    return this.show();
  }

  async #present(): Promise<{ set: KeySet; root: Uint8Array }> {
    const root = new Uint8Array(Buffer.from((await this.#folder.demand('root.pub')).trim(), 'base64url'));
    const opened = openKeySet((await this.#folder.demand('keyset.jws')).trim(), root, nodeCrypto);
    if (!opened.ok) throw new KeySetProblem(`keyset.jws was not signed by root.pub (${opened.problem})`);
    return { set: opened.keys, root };
  }

  async #take(next: KeySet, root: KeyObject): Promise<ShownSet> {
    const set = keySetSchema.parse(next);
    demandSigner(set, await this.#held(), this.clock.nowMs());
    // While it can still be made: it follows from the first signing key.
    await this.#folder.seed(set.version - 1);
    await this.#folder.write('keyset.jws', signJws('vang-keys', set, signerOf(root)));
    return this.show();
  }

  async #held(): Promise<ReadonlySet<string>> {
    return new Set((await this.#folder.signingKeys()).map(({ signer }) => signer.kid));
  }

  async #root(): Promise<KeyObject> {
    const pem = await readIfThere(this.#rootFile);
    if (pem === null)
      throw new KeySetProblem(`${this.#rootFile} is not there: bring the root key and name it with --root FILE`);
    const key = createPrivateKey(pem);
    const expected = (await this.#folder.demand('root.pub')).trim();
    if (toBase64Url(publicKeyBytes(createPublicKey(key))) !== expected)
      throw new KeySetProblem(`${this.#rootFile} is the root key of another installation`);
    return key;
  }
}
