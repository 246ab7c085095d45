import { fromBase64Url, fromUtf8, type KeySet, openKeySet, toHex } from '../../devices/protocol/index.js';
import { FILES } from '../pack/contents.js';
import { signedManifestBytes } from '../pack/manifest.js';
import type { OpenedPack } from './archive.js';
import type { Engine, Report } from './verdict.js';

type SigningKey = KeySet['keys'][number];

/**
 * From the root key to the signature of the pack. Whoever is given a pack compares the fingerprint of the root key with the published
 * one: everything else follows from it.
 * @param published of the root key, hex; null: nobody said
 * @returns keys of the root's sets, for what else the installation signed
 */
export function checkKeys(
  pack: OpenedPack,
  published: string | null,
  engine: Engine,
  report: Report,
): readonly Uint8Array[] {
  report.begin('keys');
  const { manifest } = pack;
  const root = rootOf(pack);
  if (!root) {
    report.find('keys', 'fileUnreadable', { file: FILES.root });
    return [];
  }
  const fingerprint = toHex(engine.sha256(root));
  if (fingerprint !== manifest.root || (published !== null && fingerprint !== published))
    report.find('keys', 'rootWrong', { found: fingerprint });
  if (published === null) report.note('rootUnchecked');
  const keys: SigningKey[] = [];
  for (const { name } of manifest.files.filter((file) => file.name.startsWith('keys/set-'))) {
    const opened = openKeySet(fromUtf8(pack.bytes(name)), root, engine);
    if (!opened.ok || FILES.keySet(opened.keys.version) !== name) report.find('keys', 'keySetWrong', { file: name });
    else keys.push(...opened.keys.keys);
    report.looked('keys');
  }
  const { madeAtMs } = manifest;
  const valid = keys.filter(
    ({ kid, from, until, scope }) =>
      kid === manifest.kid && madeAtMs >= from && madeAtMs <= until && scope.includes('*'),
  );
  const message = signedManifestBytes(pack.manifestSha256);
  if (valid.length === 0) report.find('keys', 'keyUnknown', { at: new Date(madeAtMs).toISOString() });
  else if (!valid.some(({ publicKey }) => engine.verifyEd25519(fromBase64Url(publicKey), message, pack.signature)))
    report.find('keys', 'manifestUnsigned');
  return [...new Set(keys.map(({ publicKey }) => publicKey))].map(fromBase64Url);
}

function rootOf(pack: OpenedPack): Uint8Array | null {
  try {
    const key = fromBase64Url(fromUtf8(pack.bytes(FILES.root)));
    return key.length === 32 ? key : null;
  } catch {
    return null;
  }
}
