import { expect, test } from '@jest/globals';
import { start } from './start.bench.js';

/** Two built players; a busy machine may move a single start, so the middle one is asked here and the 99th of 100 in the bench. */
test('ten plays sound when planned, on two loudspeakers at once', async () => {
  const { plays, complete, p50Ms, baselineP50Ms, earliestMs } = await start.run({ short: true });
  expect({ plays, complete }).toEqual({ plays: 10, complete: 20 });
  expect(p50Ms).toBeLessThanOrEqual(20);
  expect(p50Ms).toBeLessThan(Number(baselineP50Ms));
  expect(earliestMs).toBeGreaterThan(-20);
}, 120_000);
