import {
  chainOf,
  FIRST_LINK,
  fromBase64Url,
  fromHex,
  type Receipt,
  type ReceiptBatch,
  receiptBatch,
  receipt as receiptSchema,
  signedBatchBytes,
} from '../../protocol/index.js';
import { SeenLog } from './heard-log.js';
import { nodeCrypto } from './keys.js';

export interface Arrived {
  readonly receipt: Receipt;
  readonly text: string;
  readonly link: string;
  /** When it came first, time of the service. */
  readonly atMs: number;
}

export interface BatchSeen {
  readonly batch: ReceiptBatch;
  readonly atMs: number;
  /** All of it had come before. */
  readonly again: boolean;
}

export type LedgerFault = 'schema' | 'signature' | 'chain' | 'sequence' | 'changed';
export interface Wrong {
  readonly fault: LedgerFault;
  readonly detail: string;
  readonly evidence?: unknown;
}

/** What an auditor would do with the receipts of one controller: trusts nothing it is sent, and keeps what was wrong. */
export class Ledger {
  readonly arrived = new SeenLog<Arrived>();
  readonly batches = new SeenLog<BatchSeen>();
  readonly wrong: Wrong[] = [];
  /** Acknowledged receipts, `boot/seq` → when. */
  readonly acked = new Map<string, number>();
  readonly #held = new Map<string, Arrived>();
  #link = FIRST_LINK;
  #newest: Receipt | null = null;

  constructor(private readonly publicKey: () => string) {}

  /** The batch, if it is one; null: nobody can acknowledge it. */
  take(message: unknown, atMs: number): ReceiptBatch | null {
    const parsed = receiptBatch.safeParse(message);
    if (!parsed.success) {
      this.#note('schema', 'a batch that is none', parsed.error.issues.slice(0, 3));
      return null;
    }
    const batch = parsed.data;
    const name = `boot ${batch.boot}, receipts ${batch.first} to ${batch.last}`;
    const signature = fromBase64Url(batch.signature);
    if (!nodeCrypto.verifyEd25519(fromBase64Url(this.publicKey()), signedBatchBytes(batch), signature))
      this.#note('signature', `${name}: not signed by the device`);
    if (batch.receipts.length !== batch.last - batch.first + 1)
      this.#note('sequence', `${name}: holds ${batch.receipts.length} receipts`);
    const links = chainOf(fromHex(batch.previous), batch.receipts, nodeCrypto);
    if (links.at(-1) !== batch.link) this.#note('chain', `${name}: the link is not the one of its receipts`);
    let fresh = 0;
    for (const [at, text] of batch.receipts.entries())
      if (
        this.#takeOne(
          batch,
          text,
          batch.first + at,
          at === 0 ? batch.previous : (links[at - 1] as string),
          links[at] as string,
          atMs,
        )
      )
        fresh += 1;
    this.batches.add({ batch, atMs, again: fresh === 0 });
    return batch;
  }

  acknowledged({ boot, first, last }: Pick<ReceiptBatch, 'boot' | 'first' | 'last'>, atMs: number): void {
    for (let seq = first; seq <= last; seq++)
      if (!this.acked.has(`${boot}/${seq}`)) this.acked.set(`${boot}/${seq}`, atMs);
  }

  /** All receipts of one play, in order of arrival. */
  of(play: string): Arrived[] {
    return this.arrived.all.filter(({ receipt }) => receipt.play === play);
  }

  #takeOne(batch: ReceiptBatch, text: string, seq: number, previous: string, link: string, atMs: number): boolean {
    const key = `${batch.boot}/${seq}`;
    const known = this.#held.get(key);
    if (known) {
      if (known.text !== text) this.#note('changed', `receipt ${key} came again with other content`, { text });
      return false;
    }
    const receipt = readReceipt(text);
    if (!receipt) {
      this.#note('schema', `receipt ${key} is none`, { text: text.slice(0, 500) });
      return false;
    }
    if (receipt.boot !== batch.boot || receipt.seq !== seq)
      this.#note('sequence', `receipt ${key} says boot ${receipt.boot}, seq ${receipt.seq}`);
    if (previous !== this.#link) this.#note('chain', `receipt ${key} does not follow the one before`, { previous });
    const before = this.#newest;
    if (before && receipt.boot < before.boot) this.#note('sequence', `boot ${receipt.boot} after ${before.boot}`);
    const expected = before?.boot === receipt.boot ? before.seq + 1 : 1;
    if (seq !== expected) this.#note('sequence', `receipt ${key} came where ${batch.boot}/${expected} was due`);
    this.#newest = receipt;
    this.#link = link;
    const arrived = { receipt, text, link, atMs };
    this.#held.set(key, arrived);
    this.arrived.add(arrived);
    return true;
  }

  #note(fault: LedgerFault, detail: string, evidence?: unknown): void {
    this.wrong.push({ fault, detail, ...(evidence === undefined ? {} : { evidence }) });
  }
}

function readReceipt(text: string): Receipt | null {
  try {
    const parsed = receiptSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
