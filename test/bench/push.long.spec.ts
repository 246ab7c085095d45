import { expect, test } from '@jest/globals';
import { push } from './push.bench.js';

/** 20 controllers on real sockets and a small file: what goes over the lines is the same on a busy machine, times are the bench's. */
test('one upload serves all, each receives it once, also while some come and go', async () => {
  const figures = await push.run({ short: true });
  expect(figures).toMatchObject({ devices: 20, complete: true });
  expect(figures.uploadRatio).toBeLessThanOrEqual(1.05);
  expect(figures.downloadRatio).toBeLessThanOrEqual(1.1);
  // Ten chunks, and two devices that each miss one or two of them.
  expect(figures.churnUploadRatio).toBeLessThanOrEqual(3);
}, 240_000);
