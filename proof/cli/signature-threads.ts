import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { concatBytes } from '../../devices/protocol/index.js';
import type { Engine } from '../verify/index.js';
import { nodeEngine } from './node-engine.js';
import { KEY_BYTES, LENGTH_BYTES, SIGNATURE_BYTES } from './signatures.layout.mjs';

/** Fewer are verified before a thread has started. */
const FEW = 500;
/** Of one message to a thread. */
const TOGETHER = 256;
const MOST_THREADS = 4;

interface Question {
  readonly bytes: Uint8Array;
  readonly answer: (good: boolean) => void;
  readonly fail: (error: Error) => void;
}

/** An engine whose signatures are verified on other cores, for as long as `use` runs. */
export async function withSignatureThreads<T>(use: (engine: Engine) => Promise<T>): Promise<T> {
  const threads = new SignatureThreads();
  let asked = 0;
  const verifyLater: Engine['verifyLater'] = (publicKey, message, signature) => {
    asked += 1;
    if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return Promise.resolve(false);
    return asked <= FEW
      ? Promise.resolve(nodeEngine.verifyEd25519(publicKey, message, signature))
      : threads.verify(publicKey, message, signature);
  };
  try {
    return await use({ ...nodeEngine, verifyLater, together: TOGETHER * MOST_THREADS * 2 });
  } finally {
    await threads.stop();
  }
}

interface Thread {
  readonly worker: Worker;
  /** What it has not answered yet, message by message. */
  readonly sent: Question[][];
}

class SignatureThreads {
  readonly #workers: Thread[] = [];
  #waiting: Question[] = [];

  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setUint32(0, message.length, true);
    const bytes = concatBytes(publicKey, signature, length, message);
    return new Promise((answer, fail) => {
      this.#waiting.push({ bytes, answer, fail });
      if (this.#waiting.length >= TOGETHER) this.#send();
      // The last ones of a pack never make a whole message.
      else if (this.#waiting.length === 1) setImmediate(() => this.#send());
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const questions = this.#waiting;
    this.#waiting = [];
    const { buffer } = concatBytes(...questions.map(({ bytes }) => bytes));
    const idlest = this.#next();
    idlest.sent.push(questions);
    idlest.worker.postMessage(buffer, [buffer as ArrayBuffer]);
  }

  /** The one with the least to do; one more as long as all are busy. */
  #next(): Thread {
    const [idlest] = [...this.#workers].sort((a, b) => a.sent.length - b.sent.length);
    const most = Math.min(MOST_THREADS, availableParallelism());
    return idlest && (idlest.sent.length === 0 || this.#workers.length >= most) ? idlest : this.#begin();
  }

  #begin(): Thread {
    const worker = new Worker(new URL('./signatures.worker.mjs', import.meta.url));
    const sent: Question[][] = [];
    worker.on('message', (answers: readonly boolean[]) => {
      for (const [n, { answer }] of (sent.shift() ?? []).entries()) answer(answers[n] === true);
    });
    worker.on('error', (error) => {
      for (const { fail } of sent.splice(0).flat()) fail(error);
    });
    const made = { worker, sent };
    this.#workers.push(made);
    return made;
  }
}
