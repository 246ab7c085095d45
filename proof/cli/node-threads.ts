import { availableParallelism } from 'node:os';
import { SignatureThreads, TOGETHER } from '../threads/signature-threads.js';
import type { Engine } from '../verify/index.js';
import { nodeEngine } from './node-engine.js';

/** Fewer are verified before a thread has started. */
const FEW = 500;
const MOST_THREADS = 4;

/** An engine whose signatures are verified on other cores, for as long as `use` runs. */
export async function withSignatureThreads<T>(use: (engine: Engine) => Promise<T>): Promise<T> {
  const threads = new SignatureThreads(Math.min(MOST_THREADS, availableParallelism()));
  let asked = 0;
  const verifyLater: Engine['verifyLater'] = (publicKey, message, signature) => {
    asked += 1;
    return asked <= FEW
      ? Promise.resolve(nodeEngine.verifyEd25519(publicKey, message, signature))
      : threads.verify(publicKey, message, signature);
  };
  try {
    return await use({ ...nodeEngine, verifyLater, together: TOGETHER * MOST_THREADS * 4 });
  } finally {
    await threads.stop();
  }
}
