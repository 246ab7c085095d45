import { setImmediate } from 'node:timers/promises';
import { type EntityManager, In } from 'typeorm';
import {
  consistencyPlan,
  edgeTilesOf,
  inclusionPlan,
  type PathPlan,
  pathOf,
  subtreesOf,
  type TileAddress,
  Tiles,
  tilesOf,
} from '../../../proof/index.js';
import { nodeCrypto } from '../../platform/keys/index.js';
import { LogTile } from './log.entity.js';

/** Brings the tiles that are not here yet, with one statement a level. */
export async function bringTiles(reader: EntityManager, tiles: Tiles, wanted: readonly TileAddress[]): Promise<void> {
  const missing = new Map<number, number[]>();
  for (const address of wanted)
    if (!tiles.has(address)) missing.set(address.level, [...(missing.get(address.level) ?? []), address.number]);
  for (const [level, numbers] of missing) {
    const rows = await reader.findBy(LogTile, { level, number: In(numbers) });
    for (const { number, hashes } of rows) tiles.put({ level, number }, Buffer.from(hashes, 'base64'));
  }
}

/** The right edge of a tree: with it the tree can grow. */
export async function edgeOf(reader: EntityManager, size: number): Promise<Tiles> {
  const tiles = new Tiles(nodeCrypto);
  await bringTiles(reader, tiles, edgeTilesOf(size));
  return tiles;
}

/** @throws RangeError for a tree that is not here */
export async function rootAt(reader: EntityManager, size: number): Promise<Uint8Array> {
  if (size === 0) return nodeCrypto.sha256(new Uint8Array());
  return (await pathsOf(reader, [[subtreesOf(0, size)]]))[0]?.[0] as Uint8Array;
}

export async function inclusionPath(reader: EntityManager, number: number, size: number): Promise<Uint8Array[]> {
  return (await pathsOf(reader, [inclusionPlan(number, size)]))[0] ?? [];
}

export async function consistencyPath(reader: EntityManager, from: number, to: number): Promise<Uint8Array[]> {
  return (await pathsOf(reader, [consistencyPlan(from, to)]))[0] ?? [];
}

/** Tiles of so many planned hashes are in memory together. */
const HASHES_AT_ONCE = 500;

/** The hashes of a plan, however long: stretch by stretch, neighbours share their tiles. */
export async function plannedHashes(reader: EntityManager, plan: PathPlan): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for (let from = 0; from < plan.length; from += HASHES_AT_ONCE) {
    hashes.push(...((await pathsOf(reader, [plan.slice(from, from + HASHES_AT_ONCE)]))[0] ?? []));
    // Requests have their turn meanwhile.
    await setImmediate();
  }
  return hashes;
}

async function pathsOf(reader: EntityManager, plans: readonly PathPlan[]): Promise<Uint8Array[][]> {
  const tiles = new Tiles(nodeCrypto);
  await bringTiles(reader, tiles, tilesOf(plans.flat()));
  return plans.map((plan) => pathOf(plan, tiles.read, nodeCrypto));
}
