import { expect, it } from '@jest/globals';
import { pack } from './pack.bench.js';

it('bench pack, short: the service makes a pack that the command verifies, and answers meanwhile', async () => {
  const { good, receipts, peakMb, apiP99Ms } = await pack.run({ short: true });
  expect({ good, receipts }).toEqual({ good: true, receipts: 2_000 });
  expect(Number(peakMb)).toBeLessThan(400);
  expect(Number(apiP99Ms)).toBeGreaterThan(0);
}, 180_000);
