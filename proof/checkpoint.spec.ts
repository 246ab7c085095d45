import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toHex, toUtf8 } from '../devices/protocol/index.js';
import { nodeCrypto, publicKeyBytes } from '../src/platform/keys/node-crypto.js';
import {
  type Checkpoint,
  checkpointBody,
  fromBase64,
  noteKeyId,
  parseCheckpoint,
  signCheckpoint,
  toBase64,
  verifyCheckpoint,
} from './checkpoint.js';

function keyPair() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKeyBytes(privateKey),
    sign: (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)),
  };
}

const KEY = keyPair();
const FOREIGN = keyPair();
const CHECKPOINT: Checkpoint = {
  origin: 'vang/0123abcd/1',
  size: 20_852_163,
  root: nodeCrypto.sha256(toUtf8('root')),
  signedAtMs: Date.UTC(2026, 10, 21, 5, 0, 0, 7),
  demo: false,
};
const TEXT = signCheckpoint(CHECKPOINT, KEY, nodeCrypto);

describe('a checkpoint', () => {
  it('is a signed note: name of the log, leaves, root, time, and the signature under them', () => {
    expect(TEXT.split('\n')).toEqual([
      'vang/0123abcd/1',
      '20852163',
      toBase64(CHECKPOINT.root),
      '2026-11-21T05:00:00.007Z',
      '',
      expect.stringMatching(/^\u2014 vang\/0123abcd\/1 [A-Za-z0-9+/]{91}=$/),
      '',
    ]);
  });

  it('reads as it was written, and its signature verifies', () => {
    fc.assert(
      fc.property(
        fc.record({
          origin: fc.constantFrom('vang/0123abcd/1', 'x', 'example.org/log-2'),
          size: fc.maxSafeNat(),
          root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
          signedAtMs: fc.integer({ min: 0, max: Date.UTC(9999, 0) }),
          demo: fc.boolean(),
        }),
        (checkpoint) => {
          const text = signCheckpoint(checkpoint, KEY, nodeCrypto);
          const verified = verifyCheckpoint(text, [FOREIGN.publicKey, KEY.publicKey], nodeCrypto);
          expect(verified).toEqual({ ok: true, checkpoint, publicKey: KEY.publicKey, others: 0 });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('of a demo database says so under its signature', () => {
    const text = signCheckpoint({ ...CHECKPOINT, demo: true }, KEY, nodeCrypto);
    expect(text.split('\n')[4]).toBe('demo');
    expect(verifyCheckpoint(text.replace('demo\n', ''), [KEY.publicKey], nodeCrypto)).toMatchObject({ ok: false });
  });

  it('names its key as signed notes do', () => {
    // The example of the Go project's package for notes.
    const key = fromBase64('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW') as Uint8Array;
    expect(toHex(noteKeyId('PeterNeumann', key.slice(1), nodeCrypto))).toBe('c74f20a3');
  });

  it('that was changed in any letter is refused', () => {
    fc.assert(
      fc.property(fc.nat(TEXT.length - 1), fc.constantFrom(...' \n\r\tA0+/=_-.\u00a0z'), (at, letter) => {
        fc.pre(TEXT.charAt(at) !== letter);
        const altered = TEXT.slice(0, at) + letter + TEXT.slice(at + 1);
        expect(verifyCheckpoint(altered, [KEY.publicKey], nodeCrypto).ok).toBe(false);
        const longer = TEXT.slice(0, at) + letter + TEXT.slice(at);
        expect(verifyCheckpoint(longer, [KEY.publicKey], nodeCrypto).ok).toBe(false);
        const shorter = TEXT.slice(0, at) + TEXT.slice(at + 1);
        expect(verifyCheckpoint(shorter, [KEY.publicKey], nodeCrypto).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing', ''],
    ['no signature', checkpointBody(CHECKPOINT)],
    ['an empty part for signatures', `${checkpointBody(CHECKPOINT)}\n`],
    ['no line break at the end', TEXT.slice(0, -1)],
    ['one too many', `${TEXT}\n`],
    ['line breaks of Windows', TEXT.replaceAll('\n', '\r\n')],
    ['a leading zero', TEXT.replace('\n20852163', '\n020852163')],
    ['a plus', TEXT.replace('\n20852163', '\n+20852163')],
    ['a size beyond counting', TEXT.replace('\n20852163', '\n9999999999999999')],
    ['base64 without padding', TEXT.replace('=\n2026', '\n2026')],
    ['base64 in the form for addresses', TEXT.replace(toBase64(CHECKPOINT.root), `${'_'.repeat(42)}8=`)],
    ['base64 with bits left over', TEXT.replace(toBase64(CHECKPOINT.root), `${'A'.repeat(42)}B=`)],
    ['a time without milliseconds', TEXT.replace('.007Z', 'Z')],
    ['a time of another zone', TEXT.replace('.007Z', '.007+00:00')],
    ['a day that is none', TEXT.replace('2026-11-21', '2026-11-31')],
    ['an unknown line', TEXT.replace('\n\n', '\nreal\n\n')],
    ['a name with a space', TEXT.replaceAll('vang/', 'vang /')],
    ['a hyphen for the dash', TEXT.replace('\u2014', '-')],
    ['too many signatures', TEXT + TEXT.slice(TEXT.indexOf('\u2014')).repeat(16)],
  ])('with %s is malformed', (_, text) => {
    expect(parseCheckpoint(text)).toEqual({ ok: false, problem: 'malformed' });
  });

  it('by a key that nobody knows is told apart from a wrong signature', () => {
    expect(verifyCheckpoint(TEXT, [FOREIGN.publicKey], nodeCrypto)).toEqual({ ok: false, problem: 'unknownKey' });
    const larger = TEXT.replace('\n20852163', '\n20852164');
    expect(verifyCheckpoint(larger, [KEY.publicKey], nodeCrypto)).toEqual({ ok: false, problem: 'wrongSignature' });
  });

  it('may be signed by a witness too, whom whoever does not know it leaves alone', () => {
    const witnessed = `${TEXT}\u2014 payer.example ${toBase64(new Uint8Array(68))}\n`;
    expect(verifyCheckpoint(witnessed, [KEY.publicKey], nodeCrypto)).toMatchObject({ ok: true, others: 1 });
    const renamed = TEXT.replace('\u2014 vang', '\u2014 wang');
    expect(verifyCheckpoint(renamed, [KEY.publicKey], nodeCrypto)).toEqual({ ok: false, problem: 'unknownKey' });
  });

  it.each([
    ['an origin with a line break', { origin: 'a\nb' }],
    ['an empty origin', { origin: '' }],
    ['a broken size', { size: 1.5 }],
    ['a negative size', { size: -1 }],
    ['a short root', { root: new Uint8Array(31) }],
    ['no time', { signedAtMs: Number.NaN }],
  ])('is not written with %s', (_, wrong) => {
    expect(() => checkpointBody({ ...CHECKPOINT, ...wrong })).toThrow(RangeError);
  });
});
