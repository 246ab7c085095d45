import { expect, test } from '@jest/globals';
import { journal } from './journal.bench.js';

test('the power goes within 200 appends and compactions: no finished receipt is lost, none is invented', async () => {
  const figures = await journal.run({ short: true });
  expect(figures).toMatchObject({ cuts: 200, lostReceipts: 0, inventedReceipts: 0, failedStarts: 0, holds: true });
  expect(figures.cutCompactions).toBeGreaterThan(10);
  expect(figures.receiptsChecked).toBeGreaterThan(1_000);
}, 120_000);
