import { generateKeyPairSync, hkdfSync } from 'node:crypto';
import {
  fromBase64Url,
  type JwsType,
  type KeySet,
  largestSigned,
  openJws,
  openKeySet,
  type Signer,
  signJws,
  toBase64Url,
  toHex,
} from '../../../devices/protocol/index.js';
import type { Clock } from '../clock/index.js';
import { type SigningRow, signerAt } from './engine/key-set.js';
import { KeyFolder, pemOf, signerOf } from './key-folder.js';
import { nodeCrypto, publicKeyBytes } from './node-crypto.js';

const YEAR_MS = 365 * 86_400_000;
/** No installation is older than this program. */
const BUILT_AFTER_MS = Date.UTC(2025, 11, 1);
/** A device's clock may be a little behind ours when it meets the key. */
export const KEY_AHEAD_MS = 86_400_000;

/**
 * The installation's keys, as files of the data folder, readable by the service's user alone:
 * `root.key` signs the key set and may (should) be taken away once the set is signed, `root.pub` stays;
 * `signing*.key` sign plans, acknowledgements and time; `keyset.jws` is what devices get. A new set is made by `KeyDesk`.
 */
export class KeyRing {
  readonly #folder: KeyFolder;
  #state: {
    readonly root: Uint8Array;
    readonly signers: ReadonlyMap<string, Signer>;
    readonly held: ReadonlySet<string>;
    readonly keySet: string;
    readonly keys: KeySet;
    readonly seed: Buffer;
  } | null = null;
  /** Of every set of this installation that is known here: what may have signed what we once stored. */
  readonly #everKnown = new Map<string, Uint8Array>();

  constructor(
    folder: string,
    private readonly clock: Clock,
  ) {
    this.#folder = new KeyFolder(folder);
  }

  /** Makes what is missing at the first start; refuses a folder whose parts do not belong together. */
  async start(): Promise<void> {
    const folder = this.#folder;
    await folder.open();
    if ((await folder.read('root.pub')) === null) await this.#create();
    const root = new Uint8Array(Buffer.from((await folder.demand('root.pub')).trim(), 'base64url'));
    const held = await folder.signingKeys();
    if (held.length === 0) await folder.demand('signing.key');
    const keySet = (await folder.demand('keyset.jws')).trim();
    const opened = openKeySet(keySet, root, nodeCrypto);
    if (!opened.ok) throw new Error(`${folder.path}: keyset.jws was not signed by root.pub (${opened.problem})`);
    const most = largestSigned('vang-keys');
    if (keySet.length > most)
      throw new Error(`${folder.path}: keyset.jws has ${keySet.length} letters: devices take ${most}`);
    const signers = new Map(held.map(({ signer }) => [signer.kid, signer]));
    this.#demandSigner(opened.keys, signers);
    const seed = await folder.seed(opened.keys.version);
    this.#state = { root, signers, held: new Set(signers.keys()), keySet, keys: opened.keys, seed };
    this.learn(keySet);
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

  get version(): number {
    return this.#ready.keys.version;
  }

  /** Of the key that signs now: areas whose devices obey it, each with everything below; `*` is all. */
  get scope(): readonly string[] {
    return this.#row.scope;
  }

  /** When the key that signs now ends, if none of ours comes after it, epoch ms. */
  get endsAtMs(): number {
    const { keys, held } = this.#ready;
    return Math.max(...keys.keys.filter(({ kid }) => held.has(kid)).map(({ until }) => until));
  }

  /** @throws RangeError for what no device would take: it is larger than the contract allows */
  sign(typ: JwsType, payload: unknown): string {
    const signed = signJws(typ, payload, this.#signer);
    const most = largestSigned(typ);
    if (signed.length > most) throw new RangeError(`a ${typ} of ${signed.length} letters: devices take ${most}`);
    return signed;
  }

  /** Signs what is for people and not for devices: the checkpoints of the transparency log. */
  get noteSigner(): Signer & { readonly publicKey: Uint8Array } {
    const { kid, publicKey } = this.#row;
    const signer = this.#signer;
    return { kid, publicKey: fromBase64Url(publicKey), sign: (message) => signer.sign(message) };
  }

  /**
   * What was stored signed, as devices believe it now: with the key that signs now. The same letters each time. What no key of
   * this installation signed is given back as it is.
   * @param change of what it says
   */
  renewed<T>(typ: JwsType, compact: string, change: (payload: T) => T = (payload) => payload): string {
    const { kid: present } = this.#row;
    const opened = openJws(compact, typ, nodeCrypto, (kid) => (kid === present ? undefined : this.#everKnown.get(kid)));
    if (!opened.ok) return compact;
    return this.sign(typ, change(opened.payload as T));
  }

  /** A set that devices once had. One that this root did not sign teaches nothing. */
  learn(keySet: string): void {
    const opened = openKeySet(keySet, this.#ready.root, nodeCrypto);
    if (!opened.ok) return;
    for (const { kid, publicKey } of opened.keys.keys) this.#everKnown.set(kid, fromBase64Url(publicKey));
  }

  /**
   * 32 secret bytes for one purpose, the same in every process of this installation and after a rotation (HKDF, RFC 5869). What is
   * derived from them stands in no table.
   */
  secretFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#ready.seed, 'vang', purpose, 32));
  }

  get #ready() {
    if (!this.#state) throw new Error('keys are not loaded yet');
    return this.#state;
  }

  get #row(): SigningRow {
    const { keys, held } = this.#ready;
    const row = signerAt(keys.keys, held, this.clock.nowMs());
    if (!row) throw new Error(OVER);
    return row;
  }

  get #signer(): Signer {
    return this.#ready.signers.get(this.#row.kid) as Signer;
  }

  #demandSigner({ keys }: KeySet, signers: ReadonlyMap<string, Signer>): void {
    const { path } = this.#folder;
    const nowMs = this.clock.nowMs();
    const ours = keys.filter(({ kid }) => signers.has(kid));
    if (ours.length === 0) throw new Error(`${path}: no signing key of this folder is in keyset.jws`);
    if (signerAt(ours, new Set(signers.keys()), nowMs)) return;
    if (ours.some(({ from }) => from > nowMs))
      throw new Error(
        `${path}: the signing key is not valid yet; is this machine's clock right? (it was made when the clock was ahead)`,
      );
    throw new Error(`${path}: ${OVER}`);
  }

  async #create(): Promise<void> {
    const root = generateKeyPairSync('ed25519').privateKey;
    const signing = generateKeyPairSync('ed25519').privateKey;
    const now = this.clock.nowMs();
    if (now < BUILT_AFTER_MS)
      throw new Error("this machine's clock is in the past: set it before the first start, because keys carry dates");
    const { kid } = signerOf(signing);
    const publicKey = toBase64Url(publicKeyBytes(signing));
    const row = { kid, publicKey, from: now - KEY_AHEAD_MS, until: now + 10 * YEAR_MS, scope: ['*'] };
    const keys: KeySet = { v: 1, version: 1, keys: [row] };
    // root.pub last: it marks the set as whole, so a crash in between only starts over.
    await this.#folder.write('root.key', pemOf(root));
    await this.#folder.write('signing.key', pemOf(signing));
    await this.#folder.write('keyset.jws', signJws('vang-keys', keys, signerOf(root)));
    await this.#folder.remove('secret.key');
    await this.#folder.write('root.pub', toBase64Url(publicKeyBytes(root)));
  }
}

const OVER = 'every signing key is over: add one with the root key (npm run keys -- add)';
