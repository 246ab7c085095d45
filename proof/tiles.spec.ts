import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, toHex, toUtf8 } from '../devices/protocol/index.js';
import { nodeCrypto } from '../src/platform/keys/node-crypto.js';
import { inclusionPlan, leafHash, pathOf, rootOf, subtreesOf, verifyInclusion } from './merkle.js';
import { edgeTilesOf, parseTilePath, TILE_WIDTH, Tiles, tileOf, tilePath, tilesOf, widthOf } from './tiles.js';

describe('a tile', () => {
  it('holds the hashes of 256 subtrees side by side; those between follow from them', () => {
    expect(tileOf({ level: 0, index: 255 })).toEqual({ level: 0, number: 0 });
    expect(tileOf({ level: 0, index: 256 })).toEqual({ level: 0, number: 1 });
    expect(tileOf({ level: 7, index: 3 })).toEqual({ level: 0, number: 1 });
    expect(tileOf({ level: 8, index: 3 })).toEqual({ level: 1, number: 0 });
    expect(tileOf({ level: 17, index: 2 ** 40 })).toEqual({ level: 2, number: 2 ** 33 });
  });

  it.each([
    [{ level: 0, number: 0 }, 0, 0],
    [{ level: 0, number: 0 }, 70_000, 256],
    [{ level: 0, number: 273 }, 70_000, 112],
    [{ level: 0, number: 274 }, 70_000, 0],
    [{ level: 1, number: 1 }, 70_000, 17],
    [{ level: 2, number: 0 }, 70_000, 1],
    [{ level: 3, number: 0 }, 70_000, 0],
  ])('%j of a tree of %d leaves has %d hashes', (tile, size, width) => {
    expect(widthOf(tile, size)).toBe(width);
  });

  it('stands at the right edge of a tree unless it is full', () => {
    expect(edgeTilesOf(0)).toEqual([]);
    expect(edgeTilesOf(70_000)).toEqual([
      { level: 2, number: 0 },
      { level: 1, number: 1 },
      { level: 0, number: 273 },
    ]);
  });

  it('gives the paths of the tree, from every size that it has seen', () => {
    const leaves = Array.from({ length: 600 }, (_, n) => leafHash(toUtf8(`${n}`), nodeCrypto));
    const tiles = new Tiles(nodeCrypto);
    for (const number of [0, 1, 2])
      tiles.put({ level: 0, number }, concatBytes(...leaves.slice(number * TILE_WIDTH, (number + 1) * TILE_WIDTH)));
    const fullRoots = [0, 1].map((index) => tiles.read({ level: 7, index: index * 2 }));
    expect(fullRoots).toHaveLength(2);
    const roots = [0, 1].map((n) => rootOf(leaves.slice(n * TILE_WIDTH, (n + 1) * TILE_WIDTH), nodeCrypto));
    tiles.put({ level: 1, number: 0 }, concatBytes(...roots));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(599), (size, other) => {
        const index = other % size;
        const plan = inclusionPlan(index, size);
        expect(tilesOf(plan).every((tile) => tiles.has(tile))).toBe(true);
        const path = pathOf(plan, tiles.read, nodeCrypto);
        const root = rootOf(leaves.slice(0, size), nodeCrypto);
        const claim = { leafHash: leaves[index] as Uint8Array, index, size, path, root };
        expect(verifyInclusion(claim, nodeCrypto)).toBe(true);
        expect(toHex(pathOf([subtreesOf(0, size)], tiles.read, nodeCrypto)[0] as Uint8Array)).toBe(toHex(root));
      }),
      { numRuns: 40 },
    );
    expect(() => tiles.read({ level: 0, index: 600 })).toThrow(RangeError);
    expect(() => tiles.read({ level: 6, index: 9 })).toThrow(RangeError);
    expect(() => tiles.read({ level: 0, index: 768 })).toThrow(RangeError);
    tiles.forget({ level: 0, number: 0 });
    expect(tiles.has({ level: 0, number: 0 })).toBe(false);
  });

  it.each([
    ['0/000', { level: 0, number: 0, width: 256 }],
    ['1/067.p/12', { level: 1, number: 67, width: 12 }],
    ['0/x001/x234/067', { level: 0, number: 1_234_067, width: 256 }],
    ['7/x001/000.p/255', { level: 7, number: 1_000, width: 255 }],
  ])('is called %s', (path, tile) => {
    expect(parseTilePath(path)).toEqual(tile);
    expect(tilePath(tile, tile.width)).toBe(path);
  });

  it.each([
    '',
    '0',
    '0/0',
    '00/000',
    '8/000',
    '-1/000',
    '0/x000/067',
    '0/067.p/0',
    '0/067.p/256',
    '0/067.p/012',
    '0/067/',
    '/0/067',
    '0/X001/067',
    '0/001/067',
    '0/x001',
    '0/../067',
    'entries/000',
    '0/x001/x001/x001/x001/x001/067',
  ])('is not called %j', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });
});
