import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type KeySet, signJws, toBase64Url } from '../devices/protocol/index.js';
import { nodeCrypto, publicKeyBytes } from '../src/platform/keys/node-crypto.js';
import { signCheckpoint } from './checkpoint.js';
import { epochOf, logKeysOf, logOrigin, verifyCheckpointOf } from './log-keys.js';

function keyPair() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = publicKeyBytes(privateKey);
  const kid = toBase64Url(nodeCrypto.sha256(publicKey).slice(0, 16));
  return { kid, publicKey, sign: (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)) };
}
type Key = ReturnType<typeof keyPair>;

const [ROOT, FIRST, SECOND, COMMUNE, STRANGER] = [keyPair(), keyPair(), keyPair(), keyPair(), keyPair()];
const row = (key: Key, from: number, until: number, scope: string[] = ['*']) => ({
  ...{ kid: key.kid, publicKey: toBase64Url(key.publicKey), from, until, scope },
});
const setOf = (version: number, keys: KeySet['keys'], root = ROOT) =>
  signJws('vang-keys', { v: 1, version, keys } satisfies KeySet, root);

const SETS = [
  setOf(1, [row(FIRST, 1_000, 100_000)]),
  setOf(2, [row(FIRST, 1_000, 100_000), row(SECOND, 5_000, 200_000), row(COMMUNE, 5_000, 200_000, ['an-khuong'])]),
  // Retired: its end was moved to an earlier day.
  setOf(3, [row(FIRST, 1_000, 9_000), row(SECOND, 5_000, 200_000)]),
  setOf(4, [row(SECOND, 5_000, 200_000)]),
];
const keysOf = (sets: readonly string[]) => {
  const told = logKeysOf(sets, ROOT.publicKey, nodeCrypto);
  if (!told.ok) throw new Error(told.problem);
  return told.keys;
};
const signedBy = (key: Key, signedAtMs: number, origin = logOrigin(ROOT.publicKey, 1, nodeCrypto)) =>
  signCheckpoint({ origin, size: 3, root: new Uint8Array(32), signedAtMs, demo: false }, key, nodeCrypto);
const judged = (text: string) => verifyCheckpointOf(text, keysOf(SETS), ROOT.publicKey, nodeCrypto);

describe('the keys of a log', () => {
  it('are those that the root key ever let sign for everybody, in whatever order the sets are told', () => {
    const keys = keysOf([...SETS].reverse());
    expect(
      keys.map(({ kid, fromMs, untilMs, firstVersion, lastVersion }) => [
        kid,
        fromMs,
        untilMs,
        firstVersion,
        lastVersion,
      ]),
    ).toEqual([
      [FIRST.kid, 1_000, 9_000, 1, 3],
      [SECOND.kid, 5_000, 200_000, 2, 4],
    ]);
    expect(logKeysOf(SETS, ROOT.publicKey, nodeCrypto)).toMatchObject({ ok: true, newestVersion: 4 });
  });

  it('are not told by a set of another root key, nor by one that was changed', () => {
    const foreign = setOf(5, [row(STRANGER, 1, 9_999_999)], STRANGER);
    expect(logKeysOf([...SETS, foreign], ROOT.publicKey, nodeCrypto)).toEqual({
      ok: false,
      problem: 'notOfRoot',
      at: 4,
    });
    const cut = (SETS[0] as string).slice(0, -2);
    expect(logKeysOf([cut], ROOT.publicKey, nodeCrypto)).toMatchObject({ ok: false, at: 0 });
  });

  it('vouch for a checkpoint of their days, also long after they were retired or revoked', () => {
    expect(judged(signedBy(FIRST, 8_000))).toMatchObject({ ok: true, epoch: 1, key: { kid: FIRST.kid } });
    expect(judged(signedBy(SECOND, 150_000))).toMatchObject({ ok: true, key: { lastVersion: 4 } });
  });

  it.each([
    ['a key outside its days', signedBy(FIRST, 9_001), 'keyNotValid'],
    ['a key before its days', signedBy(SECOND, 4_999), 'keyNotValid'],
    ['a key for some areas only', signedBy(COMMUNE, 6_000), 'unknownKey'],
    ['a stranger', signedBy(STRANGER, 6_000), 'unknownKey'],
    ['the log of another root', signedBy(SECOND, 6_000, logOrigin(STRANGER.publicKey, 1, nodeCrypto)), 'foreignLog'],
    ['a log without an epoch', signedBy(SECOND, 6_000, 'vang'), 'foreignLog'],
    ['no text', '', 'malformed'],
    ['an altered text', signedBy(SECOND, 6_000).replace('\n3\n', '\n4\n'), 'wrongSignature'],
  ])('do not vouch for %s', (_, text, problem) => {
    expect(judged(text)).toEqual({ ok: false, problem });
  });
});

describe('the name of a log', () => {
  it('says its root key and how often it was begun', () => {
    const origin = logOrigin(ROOT.publicKey, 3, nodeCrypto);
    expect(origin).toMatch(/^vang\/[0-9a-f]{32}\/3$/);
    expect(epochOf(origin, ROOT.publicKey, nodeCrypto)).toBe(3);
  });

  it.each(['/0', '/-1', '/01', '/1.0', '/', '/1/1', '/x'])('has one spelling: not with %s at its end', (end) => {
    const origin = logOrigin(ROOT.publicKey, 1, nodeCrypto).replace(/\/1$/, end);
    expect(epochOf(origin, ROOT.publicKey, nodeCrypto)).toBeNull();
  });
});
