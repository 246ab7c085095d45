import { leafHash } from '../../../proof/index.js';
import { insertMany, newId, type WriteTransaction } from '../../platform/database/index.js';
import { nodeCrypto } from '../../platform/keys/index.js';
import { UnloggedReceipts } from './log.entity.js';

export interface EnteredReceipt {
  readonly id: string;
  /** Of the bytes that the device signed. */
  readonly sha256: Uint8Array;
}

export const hashed = ({ id, text }: { readonly id: string; readonly text: string }): EnteredReceipt => ({
  id,
  sha256: nodeCrypto.sha256OfText(text),
});

export interface WaitingLeaf {
  readonly receiptId: string;
  /** Base64. */
  readonly leaf: string;
}

/**
 * Receipts that the ledger has just written wait for their leaf numbers, one row a commit. Written with them: whatever is committed late
 * is found late, and nothing is looked for in the ledger.
 */
export async function waitForNumbers(tx: WriteTransaction, receipts: readonly EnteredReceipt[]): Promise<void> {
  if (receipts.length > 0) await insertMany(tx.manager, UnloggedReceipts, [unloggedOf(newId(), receipts)]);
}

export function unloggedOf(id: string, receipts: readonly EnteredReceipt[]): UnloggedReceipts {
  const lines = receipts.map(({ id, sha256 }) => `${id} ${Buffer.from(leafOfHash(sha256)).toString('base64')}`);
  return { id, count: receipts.length, receipts: lines.join('\n') };
}

export function waitingLeaves({ receipts }: Pick<UnloggedReceipts, 'receipts'>): WaitingLeaf[] {
  return receipts.split('\n').map((line) => {
    const space = line.lastIndexOf(' ');
    return { receiptId: line.slice(0, space), leaf: line.slice(space + 1) };
  });
}

/** `receiptLeaf` with the encoder of Node. */
export const leafOfText = (text: string): Uint8Array => leafOfHash(nodeCrypto.sha256OfText(text));
/** @param sha256 of the bytes that the device signed */
export const leafOfHash = (sha256: Uint8Array): Uint8Array => leafHash(sha256, nodeCrypto);
