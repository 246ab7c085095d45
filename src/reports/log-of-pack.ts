import type { LogProof } from '../../proof/pack/contents.js';
import type { Database } from '../platform/database/index.js';
import { commonProof, type TransparencyLog } from '../receipts/index.js';

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

/** Of receipts that left for an archive too: their leaves stay. */
export async function logOfPack(
  database: Database,
  log: TransparencyLog,
  receiptIds: readonly string[],
): Promise<PackLog> {
  const { checkpoint, numbers, prove } = await commonProof(database, log, receiptIds);
  return { checkpoint: checkpoint.signed, size: checkpoint.size, numbers, proof: prove([...numbers.values()]) };
}
