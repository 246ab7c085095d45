import { expect, test } from '@jest/globals';
import { reconnect } from './reconnect.bench.js';

/** A hundred devices; how long people wait for answers meanwhile is the bench's to judge, on a machine of its own. */
test('a hundred devices come back and each finds its plan', async () => {
  const figures = await reconnect.run({ short: true });
  expect(figures).toMatchObject({ devices: 100, reconnects: 100, headsWithin30s: 100 });
  expect(figures.requests).toBeGreaterThan(20);
}, 240_000);
