import { expect, test } from '@jest/globals';
import { programOf } from '../../src/platform/broker/mosquitto.spec-support.js';
import { ledgerFaults } from './ledger-faults.bench.js';

/** 3,000 receipts; the million is the bench's. */
test('receipts under kills, lost acknowledgements, broker restarts and a restored backup: each once, and counted once', async () => {
  const figures = await ledgerFaults.run({ short: true, seed: '288' });
  expect(figures).toMatchObject({
    ...{ receipts: 3_000, rows: 3_000, missing: 0, twice: 0, altered: 0, quarantined: 0, gaps: 0, wrongTallies: 0 },
    ...{ leaves: 3_000, wrongProofs: 0, rootSigned: true, kills: 3, restores: 1 },
    brokerRestarts: programOf('mosquitto') ? 1 : 0,
    holds: true,
  });
}, 240_000);
