import { Worker } from 'node:worker_threads';

/** A document as plain data: it goes to another thread. */
export interface PrintedDocument {
  /** Of pdfmake, without functions. */
  readonly definition: object;
  /** At the left foot of each page; its number stands at the right. */
  readonly footer: string;
}

/** Setting the lines of a long report takes seconds, in which this thread would answer nobody: it is done on one of its own. */
export function printed(document: PrintedDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./printer.worker.mjs', import.meta.url), { workerData: document });
    worker.once('message', (pdf: Uint8Array) => resolve(Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength)));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the printer ended with ${code}`)));
  });
}
