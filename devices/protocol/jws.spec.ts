import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crypto, ROOT, rawOf, SERVICE, signedKeySet, testKey } from '../player/testing/keys.js';
import { coveringKey, type KeySet, keyIdOf, openJws, openKeySet, signJws, toBase64Url } from './index.js';

const open = (compact: string, typ: 'vang-plan' | 'vang-keys' = 'vang-plan') =>
  openJws(compact, typ, crypto, (kid) => (kid === SERVICE.kid ? rawOf(SERVICE) : undefined));

describe('signed messages', () => {
  const signed = signJws('vang-plan', { title: 'Giảm nghèo', n: 1 }, SERVICE);

  test('what was signed opens, and says by which key', () => {
    expect(open(signed)).toEqual({ ok: true, kid: SERVICE.kid, payload: { title: 'Giảm nghèo', n: 1 } });
    expect(SERVICE.kid).toBe(keyIdOf(rawOf(SERVICE), crypto));
  });

  test('any other letter anywhere makes it worthless', () => {
    fc.assert(
      fc.property(fc.nat({ max: signed.length - 1 }), fc.constantFrom(...'ABCXYZabcxyz019-_.='), (at, letter) => {
        fc.pre(signed[at] !== letter);
        expect(open(signed.slice(0, at) + letter + signed.slice(at + 1)).ok).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  test('a signed plan is not a signed key set', () => {
    expect(open(signed, 'vang-keys')).toEqual({ ok: false, problem: 'wrongType' });
  });

  test('an unknown key', () => {
    expect(open(signJws('vang-plan', {}, testKey('stranger')))).toEqual({ ok: false, problem: 'unknownKey' });
  });

  test('a key that borrows the name of a known one', () => {
    const impostor = { kid: SERVICE.kid, sign: testKey('stranger').sign };
    expect(open(signJws('vang-plan', {}, impostor))).toEqual({ ok: false, problem: 'wrongSignature' });
  });

  test.each([
    ['no algorithm', { alg: 'none', kid: SERVICE.kid, typ: 'vang-plan' }],
    ['a critical extension', { alg: 'EdDSA', kid: SERVICE.kid, typ: 'vang-plan', crit: ['b64'], b64: false }],
    ['a key of its own', { alg: 'EdDSA', kid: SERVICE.kid, typ: 'vang-plan', jwk: {} }],
  ])('a header with %s is malformed', (_, header) => {
    const head = toBase64Url(Buffer.from(JSON.stringify(header)));
    const [, body] = signed.split('.');
    const signature = toBase64Url(SERVICE.sign(Buffer.from(`${head}.${body}`)));
    expect(open(`${head}.${body}.${signature}`)).toEqual({ ok: false, problem: 'malformed' });
  });

  test.each(['', '.', '..', 'a.b', 'a.b.c.d', '{}'])('%j is malformed', (text) => {
    expect(open(text)).toEqual({ ok: false, problem: 'malformed' });
  });
});

describe('the key set', () => {
  test('opens under the pinned root key and under no other', () => {
    expect(openKeySet(signedKeySet(3), rawOf(ROOT), crypto)).toMatchObject({ ok: true, keys: { version: 3 } });
    expect(openKeySet(signedKeySet(3), rawOf(testKey('other root')), crypto)).toEqual({
      ok: false,
      problem: 'wrongSignature',
    });
  });

  const covers = (change: { scope?: string[]; from?: number; until?: number }, nowMs: number | null = 50) => {
    const opened = openKeySet(
      signedKeySet(1, [{ key: SERVICE, from: 10, until: 100, ...change }]),
      rawOf(ROOT),
      crypto,
    );
    if (!opened.ok) throw new Error(opened.problem);
    const keys: KeySet = opened.keys;
    return coveringKey(keys, SERVICE.kid, ['commune-1', 'province-1'], nowMs) !== undefined;
  };

  test('a key speaks to its own areas and what lies below them', () => {
    expect(covers({ scope: ['*'] })).toBe(true);
    expect(covers({ scope: ['commune-1'] })).toBe(true);
    expect(covers({ scope: ['commune-2', 'province-1'] })).toBe(true);
    expect(covers({ scope: ['commune-2'] })).toBe(false);
  });

  test('only while it is valid; without trusted time that cannot be judged', () => {
    expect(covers({}, 9)).toBe(false);
    expect(covers({}, 101)).toBe(false);
    expect(covers({}, null)).toBe(true);
  });
});
