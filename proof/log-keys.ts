import { type Crypto, fromBase64Url, openKeySet, toHex } from '../devices/protocol/index.js';
import { type VerifiedCheckpoint, verifyCheckpoint } from './checkpoint.js';

/** A key that may sign checkpoints, as the newest set that names it tells. */
export interface LogKey {
  readonly kid: string;
  readonly publicKey: Uint8Array;
  /** UTC epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Versions of the key sets that name it; a newest set without it has revoked or outlived it. */
  readonly firstVersion: number;
  readonly lastVersion: number;
}

export type LogKeys =
  | { readonly ok: true; readonly keys: readonly LogKey[]; readonly newestVersion: number }
  /** The place in the list of the set that the root key did not sign. */
  | { readonly ok: false; readonly problem: 'notOfRoot'; readonly at: number };

/**
 * Every key that the root key ever let sign for the whole installation. The root key vouches for all of them, so a history with a set
 * left out only knows fewer keys, and one with a foreign set is refused.
 * @param signedSets key sets as devices had them, in any order
 */
export function logKeysOf(signedSets: readonly string[], rootPublicKey: Uint8Array, crypto: Crypto): LogKeys {
  const sets = [];
  for (const [at, signed] of signedSets.entries()) {
    const opened = openKeySet(signed, rootPublicKey, crypto);
    if (!opened.ok) return { ok: false, problem: 'notOfRoot', at };
    sets.push(opened.keys);
  }
  const keys = new Map<string, LogKey>();
  for (const { version, keys: rows } of [...sets].sort((a, b) => a.version - b.version))
    for (const { kid, publicKey, from, until, scope } of rows)
      if (scope.includes('*')) {
        const firstVersion = keys.get(kid)?.firstVersion ?? version;
        const validity = { fromMs: from, untilMs: until, firstVersion, lastVersion: version };
        keys.set(kid, { kid, publicKey: fromBase64Url(publicKey), ...validity });
      }
  return { ok: true, keys: [...keys.values()], newestVersion: Math.max(0, ...sets.map(({ version }) => version)) };
}

export type HistoricCheckpoint =
  | (Extract<VerifiedCheckpoint, { ok: true }> & { readonly key: LogKey; readonly epoch: number })
  | {
      readonly ok: false;
      readonly problem: 'malformed' | 'foreignLog' | 'unknownKey' | 'wrongSignature' | 'keyNotValid';
    };

/** Whether a checkpoint, however old, is of the installation with this root key, by a key that was valid when it was signed. */
export function verifyCheckpointOf(
  text: string,
  keys: readonly LogKey[],
  rootPublicKey: Uint8Array,
  crypto: Crypto,
): HistoricCheckpoint {
  const verified = verifyCheckpoint(
    text,
    keys.map(({ publicKey }) => publicKey),
    crypto,
  );
  if (!verified.ok) return verified;
  const { origin, signedAtMs } = verified.checkpoint;
  const epoch = epochOf(origin, rootPublicKey, crypto);
  if (epoch === null) return { ok: false, problem: 'foreignLog' };
  const key = keys.find(({ publicKey }) => toHex(publicKey) === toHex(verified.publicKey)) as LogKey;
  if (signedAtMs < key.fromMs || signedAtMs > key.untilMs) return { ok: false, problem: 'keyNotValid' };
  return { ...verified, key, epoch };
}

/**
 * What the log of an installation is called: by its root key, and by how often it had to break off (a restored backup knows less than a
 * checkpoint that somebody holds, so from then on it is another log).
 */
export function logOrigin(rootPublicKey: Uint8Array, epoch: number, crypto: Pick<Crypto, 'sha256'>): string {
  return `vang/${toHex(crypto.sha256(rootPublicKey)).slice(0, 32)}/${epoch}`;
}

/** @returns null for the log of another installation */
export function epochOf(origin: string, rootPublicKey: Uint8Array, crypto: Pick<Crypto, 'sha256'>): number | null {
  const epoch = Number(origin.split('/').at(-1));
  return Number.isSafeInteger(epoch) && epoch > 0 && logOrigin(rootPublicKey, epoch, crypto) === origin ? epoch : null;
}
