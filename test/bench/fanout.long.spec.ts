import { expect, test } from '@jest/globals';
import { fanout } from './fanout.bench.js';

/** Among other specs no ratio of some milliseconds is worth anything; the bench, by itself and with 2,000 devices, asks for those. */
test('an emergency is at every connected device within a second of the request, clients that never read or not', async () => {
  const { devices, bytes, commandMs, frozenMs, frozenClients } = await fanout.run({ short: true });
  expect({ devices, frozenClients }).toEqual({ devices: 100, frozenClients: 5 });
  expect(bytes).toBeLessThan(4_096);
  expect(commandMs).toBeLessThanOrEqual(1_000);
  expect(frozenMs).toBeLessThanOrEqual(1_000);
}, 180_000);
