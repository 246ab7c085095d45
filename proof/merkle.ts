import { type Crypto, concatBytes, sameBytes, toUtf8 } from '../devices/protocol/index.js';

/**
 * The Merkle tree of RFC 9162 §2.1 over SHA-256: pure, synchronous, the same for the service, a browser and whoever checks us.
 * Sizes and numbers are counts of leaves up to 2^53, so nothing here uses operators of 32 bits. A hash is 32 bytes.
 */
export type Hashing = Pick<Crypto, 'sha256'>;

/** A full subtree: the leaves `index · 2^level` up to (without) `(index + 1) · 2^level`. A leaf has level 0. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The hash of a full subtree. @throws if it is not there: whoever reads has to have fetched it before */
export type HashReader = (subtree: Subtree) => Uint8Array;

/** Each hash of a path is that of a range of leaves, given as the full subtrees that it consists of, left to right. */
export type PathPlan = readonly (readonly Subtree[])[];

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data: Uint8Array, crypto: Hashing): Uint8Array {
  return crypto.sha256(concatBytes(LEAF, data));
}

export function nodeHash(left: Uint8Array, right: Uint8Array, crypto: Hashing): Uint8Array {
  return crypto.sha256(concatBytes(NODE, left, right));
}

/**
 * The leaf of a receipt: its data is the SHA-256 of the bytes that the device signed (UTF-8 of the text), so the log reveals nothing,
 * and proves a receipt whose text has left for an archive.
 */
export function receiptLeaf(text: string, crypto: Hashing): Uint8Array {
  return leafHash(crypto.sha256(toUtf8(text)), crypto);
}

/** Of a tree with these leaves. The empty tree has the hash of nothing. */
export function rootOf(leafHashes: Iterable<Uint8Array>, crypto: Hashing): Uint8Array {
  const frontier = new Frontier();
  for (const hash of leafHashes) frontier.append(hash, crypto);
  return frontier.root(crypto);
}

/** RFC 9162 §2.1.3.2. Malformed input is `false`, never a throw. */
export function verifyInclusion({ leafHash, index, size, path, root }: InclusionClaim, crypto: Hashing): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || ![leafHash, root, ...path].every(isHash)) return false;
  const climb = new Climb(index, size - 1);
  let hash = leafHash;
  for (const other of path) {
    if (climb.done) return false;
    hash = climb.turn() === 'left' ? nodeHash(other, hash, crypto) : nodeHash(hash, other, crypto);
  }
  return climb.done && sameBytes(hash, root);
}

export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/**
 * RFC 9162 §2.1.4.2: the first `from` leaves of the tree `to` are those of the tree `from`. Of an empty tree everything is a
 * continuation, and of the same tree the path is empty. Malformed input is `false`, never a throw.
 */
export function verifyConsistency({ from, fromRoot, to, toRoot, path }: ConsistencyClaim, crypto: Hashing): boolean {
  if (!isCount(from) || !isCount(to) || from > to || ![fromRoot, toRoot, ...path].every(isHash)) return false;
  if (from === to) return path.length === 0 && sameBytes(fromRoot, toRoot);
  if (from === 0) return path.length === 0 && sameBytes(fromRoot, rootOf([], crypto));
  const [start, ...rest] = isPowerOfTwo(from) ? [fromRoot, ...path] : path;
  if (!start) return false;
  const climb = new Climb(from - 1, to - 1);
  climb.skipFull();
  let old = start;
  let grown = start;
  for (const other of rest) {
    if (climb.done) return false;
    if (climb.turn() === 'left') {
      old = nodeHash(other, old, crypto);
      grown = nodeHash(other, grown, crypto);
    } else grown = nodeHash(grown, other, crypto);
  }
  return climb.done && sameBytes(old, fromRoot) && sameBytes(grown, toRoot);
}

export interface ConsistencyClaim {
  readonly from: number;
  readonly fromRoot: Uint8Array;
  readonly to: number;
  readonly toRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** The way from a leaf to the root of a tree whose last leaf is `last`. */
class Climb {
  constructor(
    private at: number,
    private last: number,
  ) {}

  get done(): boolean {
    return this.last === 0;
  }

  /** @returns on which side of us the next hash of the path stands; behind it we are there */
  turn(): 'left' | 'right' {
    const left = isOdd(this.at) || this.at === this.last;
    // The last node of a level that has no brother goes up as it is.
    if (left) while (!isOdd(this.at) && this.at !== 0) this.up();
    this.up();
    return left ? 'left' : 'right';
  }

  /** Over the full subtree that ends with this leaf. */
  skipFull(): void {
    while (isOdd(this.at)) this.up();
  }

  private up(): void {
    this.at = half(this.at);
    this.last = half(this.last);
  }
}

/** The right edge of a growing tree: hashes of the full subtrees that it consists of, the largest first. */
export class Frontier {
  #size: number;
  readonly #hashes: Uint8Array[];

  /** @param hashes of `subtreesOf(0, size)` */
  constructor(size = 0, hashes: readonly Uint8Array[] = []) {
    if (hashes.length !== subtreesOf(0, size).length) throw new RangeError(`not the frontier of ${size} leaves`);
    this.#size = size;
    this.#hashes = [...hashes];
  }

  get size(): number {
    return this.#size;
  }

  /** @param completed is told of each subtree above the leaf that is full with it, from below */
  append(leafHash: Uint8Array, crypto: Hashing, completed?: (subtree: Subtree, hash: Uint8Array) => void): void {
    let hash = leafHash;
    let level = 0;
    let index = this.#size;
    while (isOdd(index)) {
      hash = nodeHash(this.#hashes.pop() as Uint8Array, hash, crypto);
      index = half(index);
      completed?.({ level: ++level, index }, hash);
    }
    this.#hashes.push(hash);
    this.#size++;
  }

  root(crypto: Hashing): Uint8Array {
    return folded(this.#hashes, crypto);
  }
}

/** @throws RangeError for a leaf that is not in the tree */
export function inclusionPlan(index: number, size: number): PathPlan {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError(`no leaf ${index} in ${size}`);
  const plan: Subtree[][] = [];
  // RFC 9162 §2.1.3.1 from the root down; a path is told from the leaf up.
  for (let [low, high] = [0, size]; high - low > 1; ) {
    const middle = low + largestPowerBelow(high - low);
    plan.push(index < middle ? subtreesOf(middle, high) : subtreesOf(low, middle));
    [low, high] = index < middle ? [low, middle] : [middle, high];
  }
  return plan.reverse();
}

/** @throws RangeError for a tree that would have shrunk */
export function consistencyPlan(from: number, to: number): PathPlan {
  if (!isCount(from) || !isCount(to) || from > to) throw new RangeError(`${to} leaves do not continue ${from}`);
  if (from === 0 || from === to) return [];
  const plan: Subtree[][] = [];
  // RFC 9162 §2.1.4.1: down to the last full subtree of the old tree, which is told unless it is that whole tree.
  let [low, high] = [0, to];
  while (high !== from) {
    const middle = low + largestPowerBelow(high - low);
    plan.push(from <= middle ? subtreesOf(middle, high) : subtreesOf(low, middle));
    [low, high] = from <= middle ? [low, middle] : [middle, high];
  }
  if (low !== 0) plan.push(subtreesOf(low, high));
  return plan.reverse();
}

/** The hashes of a planned path. */
export function pathOf(plan: PathPlan, hashes: HashReader, crypto: Hashing): Uint8Array[] {
  return plan.map((subtrees) => folded(subtrees.map(hashes), crypto));
}

/** The full subtrees that the leaves from `low` up to (without) `high` consist of, left to right. `low`: a border of a subtree. */
export function subtreesOf(low: number, high: number): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = low; at < high; ) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= high) {
      width *= 2;
      level++;
    }
    subtrees.push({ level, index: at / width });
    at += width;
  }
  return subtrees;
}

function folded(hashes: readonly Uint8Array[], crypto: Hashing): Uint8Array {
  const last = hashes.at(-1);
  if (!last) return crypto.sha256(new Uint8Array());
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right, crypto), last);
}

const isOdd = (count: number): boolean => count % 2 === 1;
const half = (count: number): number => Math.floor(count / 2);
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isHash = (hash: Uint8Array): boolean => hash.length === 32;

function isPowerOfTwo(count: number): boolean {
  return subtreesOf(0, count).length === 1;
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
