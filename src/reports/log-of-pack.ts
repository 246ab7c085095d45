import { setImmediate } from 'node:timers/promises';
import { inclusionPlan } from '../../proof/index.js';
import type { LogProof } from '../../proof/pack/contents.js';
import { multiproof } from '../../proof/pack/multiproof.js';
import type { Database } from '../platform/database/index.js';
import type { TransparencyLog } from '../receipts/index.js';

/** Others have their turn after so many. */
const RECEIPTS_A_TURN = 1_000;

/** What a pack holds of the transparency log. */
export interface PackLog {
  /** As it was signed. */
  readonly checkpoint: string;
  readonly size: number;
  /** Leaf numbers by receipt; one that is not in the tree has none. */
  readonly numbers: ReadonlyMap<string, number>;
  /** One proof for all of them; null: there is nothing to prove. */
  readonly proof: LogProof | null;
}

/** Paths of many receipts, told as one proof: what they share stands once. */
export async function logOfPack(
  database: Database,
  log: TransparencyLog,
  receiptIds: readonly string[],
): Promise<PackLog> {
  const { signed, size } = await log.freshCheckpoint();
  const numbers = new Map<string, number>();
  const leaves: number[] = [];
  const known = new Map<string, Uint8Array>();
  await database.read(async (reader) => {
    // In the order of leaf numbers: a range with a leaf of the pack is asked by nobody, and only the others stay in memory.
    for await (const { receiptId, number, path } of log.proofsOf(reader, receiptIds, size)) {
      const before = leaves.at(-1) ?? -1;
      numbers.set(receiptId, number);
      if (number === before) continue;
      leaves.push(number);
      known.delete(`${number}-${number + 1}`);
      for (const [step, { low, high, own }] of rangesOf(number, size).entries()) {
        const hash = path[step];
        const isOpen = low > number || low > before;
        if (hash && isOpen) known.set(`${low}-${high}`, hash);
        known.delete(own);
      }
      if (leaves.length % RECEIPTS_A_TURN === 0) await setImmediate();
    }
  });
  const hashOf = (low: number, high: number) => {
    const hash = known.get(`${low}-${high}`);
    if (!hash) throw new RangeError(`no path of the log goes by ${low}–${high}`);
    return hash;
  };
  const proof = leaves.length > 0 ? { size, nodes: multiproof(leaves, size, hashOf) } : null;
  return { checkpoint: signed, size, numbers, proof };
}

/** Which leaves each hash of a path stands for, from the leaf up, and those of the subtree that it makes with the way so far. */
function rangesOf(number: number, size: number): { low: number; high: number; own: string }[] {
  let [from, until] = [number, number + 1];
  return inclusionPlan(number, size).map((subtrees) => {
    const [first, last] = [subtrees[0], subtrees.at(-1)];
    if (!first || !last) throw new RangeError('an empty step');
    const [low, high] = [first.index * 2 ** first.level, Math.min(size, (last.index + 1) * 2 ** last.level)];
    [from, until] = [Math.min(from, low), Math.max(until, high)];
    return { low, high, own: `${from}-${until}` };
  });
}
