import { type Hashing, type HashReader, nodeHash, type PathPlan, type Subtree, subtreesOf } from './merkle.js';

/**
 * How the hashes of the tree lie in tiles (C2SP tlog-tiles): a tile of level L has up to 256 hashes of full subtrees of 256^L leaves,
 * side by side. All other hashes follow from them.
 */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const HASH_BYTES = 32;

export interface TileAddress {
  readonly level: number;
  readonly number: number;
}

/** Which tile holds a subtree, or what it follows from. */
export function tileOf({ level, index }: Subtree): TileAddress {
  const above = TILE_HEIGHT - (level % TILE_HEIGHT);
  return { level: Math.floor(level / TILE_HEIGHT), number: Math.floor(index / 2 ** above) };
}

/** How many hashes a tile has in a tree of `size` leaves: 0 to 256. */
export function widthOf({ level, number }: TileAddress, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - number * TILE_WIDTH;
  return Math.min(TILE_WIDTH, Math.max(0, hashes));
}

/** The tiles at the right edge that are not full: with them a tree can grow. */
export function edgeTilesOf(size: number): TileAddress[] {
  return tilesOf([subtreesOf(0, size)]);
}

/** Each tile that is needed for a path, once. */
export function tilesOf(plan: PathPlan): TileAddress[] {
  const tiles = new Map<string, TileAddress>();
  for (const subtree of plan.flat()) {
    const tile = tileOf(subtree);
    tiles.set(nameOf(tile), tile);
  }
  return [...tiles.values()];
}

/** Tiles that are at hand. Hashes between those of a tile are made once, when they are first asked for. */
export class Tiles {
  readonly #tiles = new Map<string, TileRows>();

  constructor(private readonly crypto: Hashing) {}

  /** @param hashes one after the other, 32 bytes each */
  put(address: TileAddress, hashes: Uint8Array): void {
    const leaves: Uint8Array[] = [];
    for (let at = 0; at < hashes.length; at += HASH_BYTES) leaves.push(hashes.subarray(at, at + HASH_BYTES));
    this.#tiles.set(nameOf(address), [leaves]);
  }

  has(address: TileAddress): boolean {
    return this.#tiles.has(nameOf(address));
  }

  forget(address: TileAddress): void {
    this.#tiles.delete(nameOf(address));
  }

  /** Of a tile that is here; none is an empty one. */
  hashesOf(address: TileAddress): readonly Uint8Array[] {
    return this.#tiles.get(nameOf(address))?.[0] ?? [];
  }

  /** @throws RangeError for a subtree that no tile here holds whole */
  readonly read: HashReader = (subtree) => {
    const tile = this.#tiles.get(nameOf(tileOf(subtree)));
    const row = subtree.level % TILE_HEIGHT;
    const hash = tile && this.#hash(tile, row, subtree.index % 2 ** (TILE_HEIGHT - row));
    if (!hash) throw new RangeError(`no hash of subtree ${subtree.level}/${subtree.index}`);
    return hash;
  };

  #hash(tile: TileRows, row: number, index: number): Uint8Array | undefined {
    tile[row] ??= [];
    const hashes = tile[row];
    const known = hashes[index];
    if (known || row === 0) return known;
    const left = this.#hash(tile, row - 1, index * 2);
    const right = this.#hash(tile, row - 1, index * 2 + 1);
    if (!left || !right) return undefined;
    const made = nodeHash(left, right, this.crypto);
    hashes[index] = made;
    return made;
  }
}

/** Hashes by height in the tile, lowest first, then by place. */
type TileRows = (Uint8Array | undefined)[][] & { 0: Uint8Array[] };

/** `0/x001/x234/067.p/12`: how C2SP tlog-tiles names a tile, the width behind it unless it is full. */
export function tilePath({ level, number }: TileAddress, width: number): string {
  const digits = String(number).padStart(Math.ceil(String(number).length / 3) * 3, '0');
  const groups = digits.match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/** @returns null for anything but the one spelling of a tile */
export function parseTilePath(path: string): (TileAddress & { readonly width: number }) | null {
  const [, level, groups, width] = /^(\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  if (level === undefined || groups === undefined) return null;
  const tile = {
    level: Number(level),
    number: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  return tile.level < TILE_HEIGHT && tile.width > 0 && tilePath(tile, tile.width) === path ? tile : null;
}

const nameOf = ({ level, number }: TileAddress): string => `${level}/${number}`;
