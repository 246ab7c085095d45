import { expect, it } from '@jest/globals';
import { verify } from './verify.bench.js';

it('bench verify, short: a pack is verified and every alteration of a byte is found', async () => {
  expect(await verify.run({ short: true })).toMatchObject({ alterations: 100, found: 100, named: 100, holds: true });
});
