import { parseArgs } from 'node:util';
import type { Bench } from './bench.js';
import { coverage } from './coverage.bench.js';
import { fanout } from './fanout.bench.js';
import { frozen } from './frozen.bench.js';
import { ingest } from './ingest.bench.js';
import { journal } from './journal.bench.js';
import { killPlayer } from './kill-player.bench.js';
import { killService } from './kill-service.bench.js';
import { ledgerFaults } from './ledger-faults.bench.js';
import { library } from './library.bench.js';
import { media } from './media.bench.js';
import { pack } from './pack.bench.js';
import { planner } from './planner.bench.js';
import { push } from './push.bench.js';
import { ready } from './ready.bench.js';
import { reconnect } from './reconnect.bench.js';
import { search } from './search.bench.js';
import { speech } from './speech.bench.js';
import { start } from './start.bench.js';
import { timeline } from './timeline.bench.js';
import { verify } from './verify.bench.js';

/**
 * `npm run bench -- NAME [--short] [--json]`: each runs its baseline and the product, and ends with one JSON line. `ledger-faults` also
 * takes `--seed TEXT`, `--postgres` and `--receipts N`.
 */
const benches: readonly Bench[] = [
  ready,
  frozen,
  push,
  reconnect,
  fanout,
  killService,
  killPlayer,
  library,
  media,
  search,
  speech,
  planner,
  timeline,
  start,
  journal,
  ingest,
  coverage,
  ledgerFaults,
  pack,
  verify,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
    seed: { type: 'string' },
    receipts: { type: 'string' },
  },
});
const bench = benches.find((candidate) => candidate.name === positionals[0]);
if (bench) {
  const { short, postgres, seed, receipts } = values;
  const figures = await bench.run({
    ...{ short, postgres },
    ...(seed === undefined ? {} : { seed }),
    ...(receipts === undefined ? {} : { receipts: Number(receipts) }),
  });
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${JSON.stringify(figures, null, 2)}\n`);
  // Standard output may be a pipe that is still draining.
  process.exitCode = figures.holds === true ? 0 : 1;
} else {
  process.stderr.write(`usage: npm run bench -- ${benches.map((each) => each.name).join('|')} [--short] [--json]\n`);
  process.exitCode = 2;
}
