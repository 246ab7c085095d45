import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromHex, toHex, toUtf8 } from '../devices/protocol/index.js';
import { nodeCrypto } from '../src/platform/keys/node-crypto.js';
import {
  consistencyPlan,
  Frontier,
  type HashReader,
  inclusionPlan,
  leafHash,
  nodeHash,
  pathOf,
  receiptLeaf,
  rootOf,
  type Subtree,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle.js';

/** The definitions of RFC 9162 §2.1, word by word: slow, and nothing shared with what is tested. */
const naive = {
  split(count: number): number {
    let k = 1;
    while (k * 2 < count) k *= 2;
    return k;
  },
  root(leaves: readonly Uint8Array[]): Uint8Array {
    if (leaves.length === 0) return nodeCrypto.sha256(new Uint8Array());
    if (leaves.length === 1) return leaves[0] as Uint8Array;
    const k = naive.split(leaves.length);
    return nodeHash(naive.root(leaves.slice(0, k)), naive.root(leaves.slice(k)), nodeCrypto);
  },
  path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
    if (leaves.length === 1) return [];
    const k = naive.split(leaves.length);
    return m < k
      ? [...naive.path(m, leaves.slice(0, k)), naive.root(leaves.slice(k))]
      : [...naive.path(m - k, leaves.slice(k)), naive.root(leaves.slice(0, k))];
  },
  proof(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
    const subproof = (m: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] => {
      if (m === leaves.length) return whole ? [] : [naive.root(leaves)];
      const k = naive.split(leaves.length);
      return m <= k
        ? [...subproof(m, leaves.slice(0, k), whole), naive.root(leaves.slice(k))]
        : [...subproof(m - k, leaves.slice(k), false), naive.root(leaves.slice(0, k))];
    };
    return subproof(m, leaves, true);
  },
};

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, n) => leafHash(toUtf8(`receipt ${n}`), nodeCrypto));
const readerOf =
  (leaves: readonly Uint8Array[]): HashReader =>
  ({ level, index }: Subtree) =>
    naive.root(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
const hexes = (hashes: readonly Uint8Array[]) => hashes.map(toHex);

const MOST = 70;
const LEAVES = leavesOf(MOST);
const ROOTS = LEAVES.map((_, n) => naive.root(LEAVES.slice(0, n)));
const treeAndLeaf = fc
  .integer({ min: 1, max: MOST - 1 })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }));
const twoSizes = fc
  .integer({ min: 0, max: MOST - 1 })
  .chain((to) => fc.record({ to: fc.constant(to), from: fc.integer({ min: 0, max: to }) }));

const inclusionOf = ({ index, size }: { index: number; size: number }) => ({
  leafHash: LEAVES[index] as Uint8Array,
  index,
  size,
  path: pathOf(inclusionPlan(index, size), readerOf(LEAVES), nodeCrypto),
  root: ROOTS[size] as Uint8Array,
});
const consistencyOf = ({ from, to }: { from: number; to: number }) => ({
  from,
  fromRoot: ROOTS[from] as Uint8Array,
  to,
  toRoot: ROOTS[to] as Uint8Array,
  path: pathOf(consistencyPlan(from, to), readerOf(LEAVES), nodeCrypto),
});
const flipped = (hash: Uint8Array, bit: number) =>
  hash.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

describe('the tree of RFC 9162', () => {
  it('gives the roots and paths that the CT project tests with', () => {
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const leaves = data.map((hex) => leafHash(fromHex(hex), nodeCrypto));
    expect(data.map((_, n) => toHex(rootOf(leaves.slice(0, n + 1), nodeCrypto)))).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
    const path = [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ];
    expect(hexes(pathOf(inclusionPlan(0, 8), readerOf(leaves), nodeCrypto))).toEqual(path);
    expect(hexes(pathOf(consistencyPlan(1, 8), readerOf(leaves), nodeCrypto))).toEqual(path);
  });

  it('has the hash of nothing while it is empty', () => {
    expect(toHex(rootOf([], nodeCrypto))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('takes of a receipt only the hash of its bytes', () => {
    const text = '{"item":{"title":"Tin phòng dịch"}}';
    const leaf = leafHash(nodeCrypto.sha256(toUtf8(text)), nodeCrypto);
    expect(toHex(receiptLeaf(text, nodeCrypto))).toBe(toHex(leaf));
  });

  it('has the same root and completed subtrees, however it grew', () => {
    fc.assert(
      fc.property(twoSizes, ({ from, to }) => {
        const frontier = new Frontier(from, subtreesOf(0, from).map(readerOf(LEAVES)));
        const completed = new Map<string, string>();
        for (const leaf of LEAVES.slice(from, to))
          frontier.append(leaf, nodeCrypto, ({ level, index }, hash) =>
            completed.set(`${level}/${index}`, toHex(hash)),
          );
        expect([frontier.size, toHex(frontier.root(nodeCrypto))]).toEqual([to, toHex(ROOTS[to] as Uint8Array)]);
        const expected = new Map<string, string>();
        for (let level = 1; 2 ** level <= to; level++)
          for (let index = Math.floor(from / 2 ** level); (index + 1) * 2 ** level <= to; index++)
            expected.set(`${level}/${index}`, toHex(readerOf(LEAVES)({ level, index })));
        expect([...completed].sort()).toEqual([...expected].sort());
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a frontier that is not one', () => {
    expect(() => new Frontier(3, LEAVES.slice(0, 1))).toThrow(RangeError);
  });
});

describe('a proof that a leaf is in the tree', () => {
  it('is that of the definition, and verifies', () => {
    fc.assert(
      fc.property(treeAndLeaf, ({ index, size }) => {
        const claim = inclusionOf({ index, size });
        expect(hexes(claim.path)).toEqual(hexes(naive.path(index, LEAVES.slice(0, size))));
        expect(verifyInclusion(claim, nodeCrypto)).toBe(true);
      }),
    );
  });

  it('fails with any other leaf, number, size, root or path', () => {
    fc.assert(
      fc.property(treeAndLeaf, fc.nat(255), fc.nat(MOST - 1), fc.nat(8), ({ index, size }, bit, other, at) => {
        const claim = inclusionOf({ index, size });
        const wrong = [
          { ...claim, leafHash: flipped(claim.leafHash, bit) },
          { ...claim, root: flipped(claim.root, bit) },
          { ...claim, path: [...claim.path, LEAVES[0] as Uint8Array] },
          ...(claim.path.length > 0
            ? [
                { ...claim, path: claim.path.slice(1) },
                { ...claim, path: claim.path.slice(0, -1) },
                {
                  ...claim,
                  path: claim.path.map((hash, n) => (n === at % claim.path.length ? flipped(hash, bit) : hash)),
                },
              ]
            : []),
          ...(other === index ? [] : [{ ...claim, index: other }]),
        ];
        for (const one of wrong) expect(verifyInclusion(one, nodeCrypto)).toBe(false);
      }),
    );
  });

  it.each([
    ['a leaf behind the end', { index: 5 }],
    ['a negative number', { index: -1 }],
    ['a broken number', { index: 0.5 }],
    ['no number', { index: Number.NaN }],
    ['a size beyond counting', { size: 2 ** 53 }],
    ['a short root', { root: new Uint8Array(31) }],
    ['a long leaf', { leafHash: new Uint8Array(33) }],
    ['a short hash in the path', { path: [new Uint8Array(0)] }],
  ])('is false, not a throw, for %s', (_, wrong) => {
    expect(verifyInclusion({ ...inclusionOf({ index: 0, size: 5 }), ...wrong }, nodeCrypto)).toBe(false);
  });

  it.each([
    [5, 5],
    [-1, 5],
    [0, 0],
    [0.5, 5],
  ])('is not planned for leaf %d of %d', (index, size) => {
    expect(() => inclusionPlan(index, size)).toThrow(RangeError);
  });

  it('counts beyond 32 bits', () => {
    const size = 2 ** 40 + 3;
    expect(inclusionPlan(2 ** 40 + 1, size).map((part) => part.length)).toEqual([1, 1, 1]);
  });
});

describe('a proof that a tree continues a former one', () => {
  it('is that of the definition, and verifies', () => {
    fc.assert(
      fc.property(twoSizes, ({ from, to }) => {
        const claim = consistencyOf({ from, to });
        if (from > 0) expect(hexes(claim.path)).toEqual(hexes(naive.proof(from, LEAVES.slice(0, to))));
        expect(verifyConsistency(claim, nodeCrypto)).toBe(true);
      }),
    );
  });

  it('fails with any other root, size or path', () => {
    fc.assert(
      fc.property(twoSizes, fc.nat(255), fc.nat(8), ({ from, to }, bit, at) => {
        const claim = consistencyOf({ from, to });
        const { path } = claim;
        const wrong = [
          { ...claim, fromRoot: flipped(claim.fromRoot, bit) },
          { ...claim, path: [...path, LEAVES[0] as Uint8Array] },
          ...(from > 0 ? [{ ...claim, toRoot: flipped(claim.toRoot, bit) }] : []),
          ...(path.length > 0
            ? [
                { ...claim, path: path.slice(1) },
                { ...claim, path: path.slice(0, -1) },
                { ...claim, path: path.map((hash, n) => (n === at % path.length ? flipped(hash, bit) : hash)) },
              ]
            : []),
        ];
        for (const one of wrong) expect(verifyConsistency(one, nodeCrypto)).toBe(false);
      }),
    );
  });

  it('fails if one leaf of the former tree was altered or removed since', () => {
    fc.assert(
      fc.property(treeAndLeaf, fc.boolean(), ({ size, index }, removed) => {
        const altered = removed
          ? LEAVES.filter((_, n) => n !== index)
          : LEAVES.map((leaf, n) => (n === index ? flipped(leaf, 7) : leaf));
        const to = MOST - 1;
        const path = pathOf(consistencyPlan(size, to), readerOf(altered), nodeCrypto);
        const claim = {
          from: size,
          fromRoot: ROOTS[size] as Uint8Array,
          to,
          toRoot: naive.root(altered.slice(0, to)),
          path,
        };
        expect(verifyConsistency(claim, nodeCrypto)).toBe(false);
      }),
    );
  });

  it.each([
    ['a tree that shrank', { from: 9 }],
    ['a negative size', { from: -1 }],
    ['a broken size', { to: 8.5 }],
    ['no size', { to: Number.POSITIVE_INFINITY }],
    ['a short root', { fromRoot: new Uint8Array(31) }],
    ['a short hash in the path', { path: [new Uint8Array(5)] }],
    ['no path', { path: [] }],
  ])('is false, not a throw, for %s', (_, wrong) => {
    expect(verifyConsistency({ ...consistencyOf({ from: 5, to: 8 }), ...wrong }, nodeCrypto)).toBe(false);
  });

  it('is not planned for a tree that shrank', () => {
    expect(() => consistencyPlan(3, 2)).toThrow(RangeError);
  });
});
