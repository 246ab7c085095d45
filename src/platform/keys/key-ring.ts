import { createPrivateKey, generateKeyPairSync, hkdfSync, type KeyObject, sign } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type JwsType,
  type KeySet,
  keyIdOf,
  openKeySet,
  type Signer,
  signJws,
  toBase64Url,
  toHex,
} from '../../../devices/protocol/index.js';
import type { Clock } from '../clock/index.js';
import { nodeCrypto, publicKeyBytes } from './node-crypto.js';

const YEAR_MS = 365 * 86_400_000;
/** No installation is older than this program. */
const BUILT_AFTER_MS = Date.UTC(2025, 11, 1);

/**
 * The installation's keys, as files of the data folder, readable by the service's user alone:
 * `root.key` signs the key set and may (should) be taken away once the set is signed, `root.pub` stays;
 * `signing.key` signs plans, acknowledgements and time; `keyset.jws` is what devices get.
 */
export class KeyRing {
  #state: {
    readonly root: Uint8Array;
    readonly signer: Signer;
    readonly keySet: string;
    readonly keys: KeySet;
    readonly secret: Buffer;
  } | null = null;

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** Makes what is missing at the first start; refuses a folder whose parts do not belong together. */
  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const stored = await this.#read('root.pub');
    if (!stored) await this.#create();
    const root = new Uint8Array(Buffer.from((await this.#demand('root.pub')).trim(), 'base64url'));
    const signing = createPrivateKey(await this.#demand('signing.key'));
    const keySet = (await this.#demand('keyset.jws')).trim();
    const opened = openKeySet(keySet, root, nodeCrypto);
    if (!opened.ok) throw new Error(`${this.folder}: keyset.jws was not signed by root.pub (${opened.problem})`);
    const signer = signerOf(signing);
    const key = opened.keys.keys.find((candidate) => candidate.kid === signer.kid);
    if (!key) throw new Error(`${this.folder}: signing.key is not in keyset.jws`);
    if (key.until < this.clock.nowMs())
      throw new Error(`${this.folder}: signing.key expired; sign a new key set with the root key`);
    if (key.from > this.clock.nowMs())
      throw new Error(
        `${this.folder}: signing.key is not valid yet; is this machine's clock right? (it was made when the clock was ahead)`,
      );
    const secret = signing.export({ format: 'der', type: 'pkcs8' });
    this.#state = { root, signer, keySet, keys: opened.keys, secret };
  }

  /** Raw 32 bytes, base64url. */
  get rootPublicKey(): string {
    return toBase64Url(this.#ready.root);
  }

  /** SHA-256 of the raw root key, hex: what a claim pins. */
  get rootFingerprint(): string {
    return toHex(nodeCrypto.sha256(this.#ready.root));
  }

  /** The signed key set as it is retained for devices. */
  get keySet(): string {
    return this.#ready.keySet;
  }

  /** Of the signing key: areas whose devices obey it, each with everything below; `*` is all. */
  get scope(): readonly string[] {
    const { keys, signer } = this.#ready;
    return keys.keys.find(({ kid }) => kid === signer.kid)?.scope ?? [];
  }

  sign(typ: JwsType, payload: unknown): string {
    return signJws(typ, payload, this.#ready.signer);
  }

  /**
   * 32 secret bytes for one purpose, the same in every process of this installation until its signing key changes (HKDF,
   * RFC 5869). What is derived from them stands in no table.
   */
  secretFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#ready.secret, 'vang', purpose, 32));
  }

  get #ready() {
    if (!this.#state) throw new Error('keys are not loaded yet');
    return this.#state;
  }

  async #create(): Promise<void> {
    const root = generateKeyPairSync('ed25519').privateKey;
    const signing = generateKeyPairSync('ed25519').privateKey;
    const now = this.clock.nowMs();
    if (now < BUILT_AFTER_MS)
      throw new Error("this machine's clock is in the past: set it before the first start, because keys carry dates");
    const keys: KeySet = {
      v: 1,
      version: 1,
      keys: [
        {
          kid: signerOf(signing).kid,
          publicKey: toBase64Url(publicKeyBytes(signing)),
          // A device's clock may be a little behind ours when it meets the key.
          from: now - 86_400_000,
          until: now + 10 * YEAR_MS,
          scope: ['*'],
        },
      ],
    };
    // root.pub last: it marks the set as whole, so a crash in between only starts over.
    await this.#write('root.key', root.export({ format: 'pem', type: 'pkcs8' }).toString());
    await this.#write('signing.key', signing.export({ format: 'pem', type: 'pkcs8' }).toString());
    await this.#write('keyset.jws', signJws('vang-keys', keys, signerOf(root)));
    await this.#write('root.pub', toBase64Url(publicKeyBytes(root)));
  }

  async #read(name: string): Promise<string | null> {
    try {
      return await readFile(join(this.folder, name), 'utf8');
    } catch (error) {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  async #demand(name: string): Promise<string> {
    const text = await this.#read(name);
    if (text === null) throw new Error(`${join(this.folder, name)} is missing: restore the keys from their backup`);
    return text;
  }

  async #write(name: string, text: string): Promise<void> {
    const temporary = join(this.folder, `${name}.new`);
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, 0o600);
    await rename(temporary, join(this.folder, name));
    const folder = await open(this.folder, 'r');
    await folder.sync().finally(() => folder.close());
  }
}

function signerOf(key: KeyObject): Signer {
  return { kid: keyIdOf(publicKeyBytes(key), nodeCrypto), sign: (message) => sign(null, message, key) };
}
