import { RESEND_MS } from '../protocol/index.js';
import type { ReceiptArchive, ReceiptRange } from './adapters/receipt-archive.js';
import { batchLength, type UnsentReceipt } from './core/index.js';
import { SerialQueue } from './queue.js';

/** How often a batch is sent that nobody acknowledges. */
const ATTEMPTS = 3;

/**
 * Sends receipts from the archive again. One batch at a time, the next once that is acknowledged: neither memory nor the limit
 * of the topic takes a month of them at once.
 */
export class Recall {
  readonly #orders = new SerialQueue();
  #waiting: { readonly range: ReceiptRange; readonly end: (acknowledged: boolean) => void } | null = null;
  /** Counts losses of the connection: what was begun before one is not gone on with. */
  #losses = 0;

  constructor(
    private readonly archive: ReceiptArchive,
    private readonly send: (run: readonly UnsentReceipt[]) => void,
    private readonly againMs = RESEND_MS,
  ) {}

  /** @returns whether all that is kept of the range was acknowledged */
  order(range: ReceiptRange): Promise<boolean> {
    return this.#orders.push(async () => {
      const losses = this.#losses;
      for await (const kept of this.archive.recall(range))
        for (let rest = kept; rest.length > 0; ) {
          const run = rest.slice(0, batchLength(rest));
          if (!(await this.#delivered(run, () => losses === this.#losses))) return false;
          rest = rest.slice(run.length);
        }
      return true;
    });
  }

  /** The service has these. */
  acknowledged({ boot, first, last }: ReceiptRange): void {
    const awaited = this.#waiting?.range;
    if (awaited && awaited.boot === boot && first <= awaited.first && last >= awaited.last) this.#waiting?.end(true);
  }

  connectionLost(): void {
    this.#losses += 1;
    this.#waiting?.end(false);
  }

  async #delivered(run: readonly UnsentReceipt[], connected: () => boolean): Promise<boolean> {
    const { boot, seq: first } = run[0] as UnsentReceipt;
    const range = { boot, first, last: first + run.length - 1 };
    for (let attempt = 0; attempt < ATTEMPTS && connected(); attempt++) {
      const answered = new Promise<boolean>((end) => {
        const timer = setTimeout(end, this.againMs, false);
        this.#waiting = {
          range,
          end: (acknowledged) => {
            clearTimeout(timer);
            end(acknowledged);
          },
        };
      });
      this.send(run);
      const ok = await answered;
      this.#waiting = null;
      if (ok) return true;
    }
    return false;
  }
}
