import { concatBytes } from '../../../../devices/protocol/index.js';
import {
  edgeTilesOf,
  Frontier,
  type Hashing,
  subtreesOf,
  TILE_WIDTH,
  type TileAddress,
  type Tiles,
} from '../../../../proof/index.js';

export interface GrownTile extends TileAddress {
  /** One after the other. */
  readonly hashes: Uint8Array;
}

/** The tiles that change when leaves are added: those that became full, and the new edge. */
export function grown(size: number, edge: Tiles, leaves: readonly Uint8Array[], crypto: Hashing): GrownTile[] {
  const frontier = new Frontier(size, subtreesOf(0, size).map(edge.read));
  const changed: GrownTile[] = [];
  const rows = new Map<number, { number: number; hashes: Uint8Array[]; isChanged: boolean }>();
  for (const { level, number } of edgeTilesOf(size))
    rows.set(level, { number, hashes: [...edge.hashesOf({ level, number })], isChanged: false });
  const add = (level: number, index: number, hash: Uint8Array) => {
    const number = Math.floor(index / TILE_WIDTH);
    const row = rows.get(level) ?? { number, hashes: [], isChanged: true };
    rows.set(level, row);
    row.hashes.push(hash);
    row.isChanged = true;
    if (row.hashes.length < TILE_WIDTH) return;
    changed.push({ level, number: row.number, hashes: concatBytes(...row.hashes) });
    rows.delete(level);
  };
  for (const leaf of leaves) {
    add(0, frontier.size, leaf);
    frontier.append(leaf, crypto, ({ level, index }, hash) => {
      if (level % 8 === 0) add(level / 8, index, hash);
    });
  }
  for (const [level, { number, hashes, isChanged }] of rows)
    if (isChanged) changed.push({ level, number, hashes: concatBytes(...hashes) });
  return changed;
}
