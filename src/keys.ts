import { resolve } from 'node:path';
import { ConfigProblem, readConfig } from './config/index.js';
import { SystemClock } from './platform/clock/index.js';
import { KEYS_HELP, KeySetProblem, parseKeys, runKeys } from './platform/keys/index.js';

// Offline: `npm run keys -- show | add | retire | revoke`. docs/administration.md says when.
try {
  const order = parseKeys(process.argv.slice(2));
  const folder = resolve(order.data ?? readConfig().dataDir, 'keys');
  for (const line of await runKeys(order, folder, new SystemClock())) process.stdout.write(`${line}\n`);
} catch (error) {
  if (!(error instanceof KeySetProblem || error instanceof ConfigProblem)) throw error;
  process.stderr.write(`${error.message}\n\n${KEYS_HELP}\n`);
  process.exitCode = 2;
}
