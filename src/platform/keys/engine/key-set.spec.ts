import { describe, expect, it } from '@jest/globals';
import type { KeySet } from '../../../../devices/protocol/index.js';
import { demandSigner, kidOf, type SigningRow, signerAt, withEnd, withKey, without } from './key-set.js';

const NOW = Date.parse('2026-11-21T00:00:00Z');
const DAY = 86_400_000;
const row = (kid: string, change: Partial<SigningRow> = {}): SigningRow => ({
  kid,
  publicKey: 'A'.repeat(43),
  from: NOW - DAY,
  until: NOW + 100 * DAY,
  scope: ['*'],
  ...change,
});
const set = (...keys: SigningRow[]): KeySet => ({ v: 1, version: 4, keys });
const all = (...kids: string[]) => new Set(kids);

describe('with which key the service signs', () => {
  const kidAt = (rows: SigningRow[], held: Set<string>, nowMs = NOW) => signerAt(rows, held, nowMs)?.kid ?? null;

  it('the newest that is valid, and that it has', () => {
    const rows = [row('new', { from: NOW - 1 }), row('old'), row('coming', { from: NOW + DAY })];
    expect(kidAt(rows, all('old', 'new', 'coming'))).toBe('new');
    expect(kidAt(rows, all('old', 'new', 'coming'), NOW + DAY)).toBe('coming');
    expect(kidAt(rows, all('old', 'elsewhere'))).toBe('old');
  });

  it('one for every area before a newer one for some: identities and the time are for all', () => {
    const rows = [row('whole'), row('commune', { from: NOW - 1, scope: ['commune-1'] })];
    expect(kidAt(rows, all('whole', 'commune'))).toBe('whole');
    expect(kidAt(rows, all('commune'))).toBe('commune');
  });

  it('none that is over, not yet valid, or not here', () => {
    expect(
      kidAt([row('over', { until: NOW - 1 }), row('coming', { from: NOW + 1 })], all('over', 'coming')),
    ).toBeNull();
    expect(kidAt([row('a')], all())).toBeNull();
  });
});

describe('the next key set', () => {
  it('has the next version and the new key beside the old one', () => {
    const { version, keys } = withKey(set(row('old')), row('new'), NOW);
    expect([version, keys.map(({ kid }) => kid)]).toEqual([5, ['old', 'new']]);
  });

  it('says until when a retired key holds', () => {
    expect(withEnd(set(row('old'), row('new')), 'old', NOW + DAY, NOW).keys[0]?.until).toBe(NOW + DAY);
  });

  it('names a revoked key no more, nor one that is over', () => {
    const { keys } = without(set(row('leaked'), row('over', { until: NOW }), row('new')), 'leaked', NOW);
    expect(keys.map(({ kid }) => kid)).toEqual(['new']);
  });

  it.each<[string, () => unknown, string]>([
    ['the same key twice', () => withKey(set(row('a')), row('a'), NOW), 'in the set already'],
    ['a key that is over', () => withKey(set(row('a')), row('b', { until: NOW }), NOW), 'over already'],
    [
      'a key that ends before it begins',
      () => withKey(set(row('a')), row('b', { from: NOW + 200 * DAY }), NOW),
      'before it begins',
    ],
    ['an end in the past', () => withEnd(set(row('a')), 'a', NOW, NOW), 'revoke it'],
    ['an end after its end', () => withEnd(set(row('a')), 'a', NOW + 101 * DAY, NOW), 'by itself'],
    ['an unknown key', () => without(set(row('a')), 'b', NOW), 'not in the set'],
    ['the last key', () => without(set(row('a')), 'a', NOW), 'add a key first'],
    [
      'a key too many',
      () => withKey(set(...Array.from({ length: 32 }, (_, n) => row(`k${n}`))), row('new'), NOW),
      '32 keys',
    ],
    ['letters that no key has', () => kidOf(set(row('abc')), 'x'), 'no key'],
    ['letters that two keys have', () => kidOf(set(row('abc'), row('abd')), 'ab'), 'several'],
    [
      'a service that could not sign for all',
      () => demandSigner(set(row('a', { scope: ['commune-1'] })), all('a'), NOW),
      'add one first',
    ],
    ['a service without the new key', () => demandSigner(set(row('a')), all('b'), NOW), 'add one first'],
  ])('%s is refused', (_, act, words) => {
    expect(act).toThrow(words);
  });
});
