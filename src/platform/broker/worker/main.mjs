// @ts-check
import { parentPort, workerData } from 'node:worker_threads';
import { startBroker } from './broker.mjs';

/** @import { FromWorker, ToWorker, WorkerSettings } from '../messages.js' */

const main = parentPort;
if (!main) throw new Error('main.mjs runs in a worker thread only');

/** @param {FromWorker} message */
const say = (message) => main.postMessage(message);

const broker = await startBroker(/** @type {WorkerSettings} */ (workerData), say);

main.on('message', async (/** @type {ToWorker} */ message) => {
  const { seq } = message;
  switch (message.kind) {
    case 'set':
      broker.set(message.principals);
      break;
    case 'put':
      broker.put(message.principal);
      break;
    case 'remove':
      broker.remove(message.username);
      break;
    case 'renew':
      broker.renew(message.certificate);
      break;
    case 'stats':
      return say({ kind: 'done', seq, stats: broker.stats() });
    case 'audience':
      return say({ kind: 'done', seq, audience: broker.audience(message.filter) });
    case 'stop':
      await broker.stop();
  }
  say({ kind: 'done', seq });
});

say({ kind: 'ready', at: broker.at });
