import { setImmediate } from 'node:timers/promises';
import { inclusionPlan } from '../../../proof/index.js';
import type { LogProof } from '../../../proof/pack/contents.js';
import { multiproof } from '../../../proof/pack/multiproof.js';
import type { Database } from '../../platform/database/index.js';
import type { TransparencyLog } from './transparency-log.js';

/** Others have their turn after so many. */
const RECEIPTS_A_TURN = 250;

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

/** Paths of many receipts, told as one proof: what they share stands once. */
export async function commonProof(
  database: Database,
  log: TransparencyLog,
  receiptIds: readonly string[],
): Promise<CommonProof> {
  const { signed, size } = await log.freshCheckpoint();
  const numbers = new Map<string, number>();
  const known = new Map<string, Uint8Array>();
  await database.read(async (reader) => {
    for await (const { receiptId, number, path } of log.proofsOf(reader, receiptIds, size)) {
      numbers.set(receiptId, number);
      for (const [step, range] of rangesOf(number, size).entries()) {
        const hash = path[step];
        if (hash && !known.has(range)) known.set(range, hash);
      }
      if (numbers.size % RECEIPTS_A_TURN === 0) await setImmediate();
    }
  });
  const leaves = [...new Set(numbers.values())].sort((a, b) => a - b);
  const hashOf = (low: number, high: number) => {
    const hash = known.get(`${low}-${high}`);
    if (!hash) throw new RangeError(`no path of the log goes by ${low}–${high}`);
    return hash;
  };
  const proof = leaves.length > 0 ? { size, nodes: multiproof(leaves, size, hashOf) } : null;
  return { checkpoint: signed, size, numbers, proof };
}

/** Which leaves each hash of a path stands for, from the leaf up: `low-high`. */
function rangesOf(number: number, size: number): string[] {
  return inclusionPlan(number, size).map((subtrees) => {
    const [first, last] = [subtrees[0], subtrees.at(-1)];
    if (!first || !last) throw new RangeError('an empty step');
    return `${first.index * 2 ** first.level}-${(last.index + 1) * 2 ** last.level}`;
  });
}
