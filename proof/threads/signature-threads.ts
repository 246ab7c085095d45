import { Worker } from 'node:worker_threads';
import { KEY_BYTES, LENGTH_BYTES, SIGNATURE_BYTES } from './signatures.layout.mjs';

/** Of one message to a thread: few enough for it to begin before all is asked, and so many that waking it costs little. */
export const TOGETHER = 128;

interface Question {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly answer: (good: boolean) => void;
  readonly fail: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** What it has not answered yet, message by message. */
  readonly sent: Question[][];
}

/** Ed25519 on other cores. A thread begins when there is work for it, and keeps no process alive that has none. */
export class SignatureThreads {
  #workers: Thread[] = [];
  #waiting: Question[] = [];

  constructor(private readonly most: number) {}

  /** @throws Error when the thread died: whether the signature is good is not known then */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return Promise.resolve(false);
    return new Promise((answer, fail) => {
      this.#waiting.push({ publicKey, message, signature, answer, fail });
      if (this.#waiting.length >= TOGETHER) this.#send();
      // What is asked in one go: the thread is to begin before this one writes, say, what was verified before.
      else if (this.#waiting.length === 1) queueMicrotask(() => this.#send());
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const questions = this.#waiting;
    this.#waiting = [];
    const { buffer } = written(questions);
    const idlest = this.#next();
    idlest.sent.push(questions);
    idlest.worker.ref();
    idlest.worker.postMessage(buffer, [buffer]);
  }

  /** The one with the least to do; one more as long as all are busy. */
  #next(): Thread {
    const [idlest] = [...this.#workers].sort((a, b) => a.sent.length - b.sent.length);
    return idlest && (idlest.sent.length === 0 || this.#workers.length >= this.most) ? idlest : this.#begin();
  }

  #begin(): Thread {
    const worker = new Worker(new URL('./signatures.worker.mjs', import.meta.url));
    const sent: Question[][] = [];
    worker.on('message', (answers: readonly boolean[]) => {
      for (const [n, { answer }] of (sent.shift() ?? []).entries()) answer(answers[n] === true);
      if (sent.length === 0) worker.unref();
    });
    worker.on('error', (error) => {
      this.#workers = this.#workers.filter((other) => other.worker !== worker);
      for (const { fail } of sent.splice(0).flat()) fail(error);
    });
    const made = { worker, sent };
    this.#workers.push(made);
    return made;
  }
}

function written(questions: readonly Question[]): Uint8Array<ArrayBuffer> {
  const frame = KEY_BYTES + SIGNATURE_BYTES + LENGTH_BYTES;
  const bytes = new Uint8Array(questions.reduce((sum, { message }) => sum + frame + message.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { publicKey, signature, message } of questions) {
    bytes.set(publicKey, at);
    bytes.set(signature, at + KEY_BYTES);
    view.setUint32(at + KEY_BYTES + SIGNATURE_BYTES, message.length, true);
    bytes.set(message, at + frame);
    at += frame + message.length;
  }
  return bytes;
}
