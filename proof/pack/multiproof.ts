import { toHex } from '../../devices/protocol/index.js';
import { type Hashing, nodeHash } from '../merkle.js';

/**
 * One proof for many leaves of one tree (RFC 9162 §2.1.1): the tree is walked from its root, a part without any of the leaves is told by
 * its hash and not entered. What paths of the leaves share is told once, so a hundred thousand neighbours need some dozen hashes.
 */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** First of the sorted numbers that is not below `value`. */
function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param leaves sorted, each once, below `size`
 * @param hashOf the hash of the leaves from `low` up to (without) `high`
 */
export function multiproof(
  leaves: readonly number[],
  size: number,
  hashOf: (low: number, high: number) => Uint8Array,
): string[] {
  const nodes: string[] = [];
  const walk = (low: number, high: number): void => {
    const at = lowerBound(leaves, low);
    if (at === leaves.length || (leaves[at] as number) >= high) nodes.push(toHex(hashOf(low, high)));
    else if (high - low > 1) {
      const middle = low + largestPowerBelow(high - low);
      walk(low, middle);
      walk(middle, high);
    }
  };
  walk(0, size);
  return nodes;
}

/** The root that these leaves and hashes make; null: the hashes are not exactly those that the walk asks for. */
export function rootOfMultiproof(
  leaves: ReadonlyMap<number, Uint8Array>,
  size: number,
  nodes: readonly Uint8Array[],
  crypto: Hashing,
): Uint8Array | null {
  const sorted = [...leaves.keys()].sort((a, b) => a - b);
  let used = 0;
  const walk = (low: number, high: number): Uint8Array | null => {
    const at = lowerBound(sorted, low);
    if (at === sorted.length || (sorted[at] as number) >= high) return nodes[used++] ?? null;
    if (high - low === 1) return leaves.get(low) ?? null;
    const middle = low + largestPowerBelow(high - low);
    const left = walk(low, middle);
    const right = left && walk(middle, high);
    return left && right && nodeHash(left, right, crypto);
  };
  if ((sorted.at(-1) ?? 0) >= size || (sorted[0] ?? 0) < 0) return null;
  const root = walk(0, size);
  return used === nodes.length ? root : null;
}
