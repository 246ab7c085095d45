import { fromBase64Url, fromUtf8, type KeySet, openKeySet, toHex } from '../../devices/protocol/index.js';
import { type LogKey, logKeysOf } from '../log-keys.js';
import { FILES } from '../pack/contents.js';
import { signedManifestBytes } from '../pack/manifest.js';
import type { Bound, OpenedPack } from './archive.js';
import type { Engine, Report } from './verdict.js';

type SigningKey = KeySet['keys'][number];
interface Vouched extends Bound {
  readonly format: string;
  readonly root: string;
  readonly kid: string;
  readonly madeAtMs: number;
}

export interface InstallationKeys {
  readonly root: Uint8Array;
  readonly logKeys: readonly LogKey[];
}

/**
 * From the root key to the signature of the pack. Whoever is given a pack compares the fingerprint of the root key with the published
 * one: everything else follows from it.
 * @param published of the root key, hex; null: nobody said
 * @returns for the checkpoint of the log; null: without a good root key nothing can be said of it
 */
export function checkKeys(
  pack: OpenedPack<Vouched>,
  published: string | null,
  engine: Engine,
  report: Report,
): InstallationKeys | null {
  report.begin('keys');
  const { manifest } = pack;
  const root = rootOf(pack);
  if (!root) {
    report.find('keys', 'fileUnreadable', { file: FILES.root });
    return null;
  }
  const fingerprint = toHex(engine.sha256(root));
  if (fingerprint !== manifest.root || (published !== null && fingerprint !== published))
    report.find('keys', 'rootWrong', { found: fingerprint });
  if (published === null) report.note('rootUnchecked');
  const keys: SigningKey[] = [];
  const sets: string[] = [];
  for (const { name } of manifest.files.filter((file) => file.name.startsWith('keys/set-'))) {
    const signed = textOf(pack, name);
    const opened = openKeySet(signed, root, engine);
    if (!opened.ok || FILES.keySet(opened.keys.version) !== name) report.find('keys', 'keySetWrong', { file: name });
    else {
      keys.push(...opened.keys.keys);
      sets.push(signed);
    }
    report.looked('keys');
  }
  const { madeAtMs } = manifest;
  const valid = keys.filter(
    ({ kid, from, until, scope }) =>
      kid === manifest.kid && madeAtMs >= from && madeAtMs <= until && scope.includes('*'),
  );
  const message = signedManifestBytes(pack.manifestSha256, manifest.format);
  if (valid.length === 0) report.find('keys', 'keyUnknown', { at: new Date(madeAtMs).toISOString() });
  else if (!valid.some(({ publicKey }) => engine.verifyEd25519(fromBase64Url(publicKey), message, pack.signature)))
    report.find('keys', 'manifestUnsigned');
  const logKeys = logKeysOf(sets, root, engine);
  return { root, logKeys: logKeys.ok ? logKeys.keys : [] };
}

function textOf(pack: OpenedPack<Bound>, name: string): string {
  try {
    return fromUtf8(pack.bytes(name));
  } catch {
    return '';
  }
}

function rootOf(pack: OpenedPack<Bound>): Uint8Array | null {
  try {
    const key = fromBase64Url(fromUtf8(pack.bytes(FILES.root)));
    return key.length === 32 ? key : null;
  } catch {
    return null;
  }
}
