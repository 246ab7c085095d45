import { setImmediate as nextTurn } from 'node:timers/promises';
import { inclusionPlan } from '../../../proof/index.js';
import type { LogProof } from '../../../proof/pack/contents.js';
import { multiproof } from '../../../proof/pack/multiproof.js';
import type { Database } from '../../platform/database/index.js';
import type { LogCheckpoint } from './log.entity.js';
import type { TransparencyLog } from './transparency-log.js';

/** What the transparency log says of some receipts, under one checkpoint. */
export interface CommonProof {
  readonly checkpoint: LogCheckpoint;
  /** Leaf numbers by receipt; one that is not in the tree has none. */
  readonly numbers: ReadonlyMap<string, number>;
  /** One proof for those of them that are asked for; null: there is nothing to prove. */
  prove(numbers: readonly number[]): LogProof | null;
}

const AT_ONCE = 250;

/** Paths of many receipts, told as one proof: what they share stands once. Not inside a transaction. */
export async function commonProof(
  database: Database,
  log: TransparencyLog,
  receiptIds: readonly string[],
): Promise<CommonProof> {
  const checkpoint = await log.freshCheckpoint();
  const { size } = checkpoint;
  const numbers = new Map<string, number>();
  const known = new Map<string, Uint8Array>();
  for (let from = 0; from < receiptIds.length; from += AT_ONCE) {
    const some = receiptIds.slice(from, from + AT_ONCE);
    await database.read(async (reader) => {
      for await (const { receiptId, number, path } of log.proofsOf(reader, some, size)) {
        numbers.set(receiptId, number);
        for (const [step, range] of rangesOf(number, size).entries()) {
          const hash = path[step];
          if (hash && !known.has(range)) known.set(range, hash);
        }
      }
    });
    // SQLite answers in the same turn: without this, whoever asks something waits for all of them.
    await nextTurn();
  }
  return {
    checkpoint,
    numbers,
    prove: (wanted) => {
      const leaves = [...new Set(wanted)].sort((a, b) => a - b);
      const hashOf = (low: number, high: number) => {
        const hash = known.get(`${low}-${high}`);
        if (!hash) throw new RangeError(`no path of the log goes by ${low}–${high}`);
        return hash;
      };
      return leaves.length > 0 ? { size, nodes: multiproof(leaves, size, hashOf) } : null;
    },
  };
}

/** Which leaves each hash of a path stands for, from the leaf up: `low-high`. */
function rangesOf(number: number, size: number): string[] {
  return inclusionPlan(number, size).map((subtrees) => {
    const [first, last] = [subtrees[0], subtrees.at(-1)];
    if (!first || !last) throw new RangeError('an empty step');
    return `${first.index * 2 ** first.level}-${(last.index + 1) * 2 ** last.level}`;
  });
}
