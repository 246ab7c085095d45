import { toHex } from '../../../devices/protocol/index.js';
import { type Subtree, subtreesOf } from '../../../proof/index.js';
import type { LogProof } from '../../../proof/pack/contents.js';
import { multiproof } from '../../../proof/pack/multiproof.js';
import type { Database } from '../../platform/database/index.js';
import type { TransparencyLog } from './transparency-log.js';

/** What a pack or an archive holds of the transparency log. */
export interface CommonProof {
  /** As it was signed. */
  readonly checkpoint: string;
  readonly size: number;
  /** Leaf numbers by receipt; one that is not in the tree has none. */
  readonly numbers: ReadonlyMap<string, number>;
  /** One proof for all of them; null: there is nothing to prove. */
  readonly proof: LogProof | null;
}

/** One proof for many receipts. Which hashes it tells follows from the leaf numbers alone, and only those are looked up. */
export async function commonProof(
  database: Database,
  log: TransparencyLog,
  receiptIds: readonly string[],
): Promise<CommonProof> {
  const { signed: checkpoint, size } = await log.freshCheckpoint();
  return database.read(async (reader) => {
    const places = await log.placesOf(reader, receiptIds, size);
    const numbers = new Map(places.map(({ receiptId, number }) => [receiptId, number]));
    const plan = planOf(
      [...new Set(numbers.values())].sort((a, b) => a - b),
      size,
    );
    const proof = numbers.size > 0 ? { size, nodes: (await log.hashes(reader, plan)).map(toHex) } : null;
    return { checkpoint, size, numbers, proof };
  });
}

const NOTHING = new Uint8Array();

/** The subtrees that each hash of the proof stands for, in its order. */
function planOf(leaves: readonly number[], size: number): Subtree[][] {
  const plan: Subtree[][] = [];
  multiproof(leaves, size, (low, high) => {
    plan.push(subtreesOf(low, high));
    return NOTHING;
  });
  return plan;
}
