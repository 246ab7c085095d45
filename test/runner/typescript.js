import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/** Given to Node as `--import`: it compiles our TypeScript as it is imported, and gives specifications the globals of this runner. */
if (isMainThread) register('./hooks.js', import.meta.url);
