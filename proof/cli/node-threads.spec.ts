import { expect, it } from '@jest/globals';
import { testKey } from '../../devices/player/testing/keys.js';
import { fromBase64Url } from '../../devices/protocol/index.js';
import { withSignatureThreads } from './node-threads.js';

it('other threads judge signatures as this one does, each answer with its question', async () => {
  const keys = ['one', 'two', 'three'].map((name) => testKey(name));
  const answers = await withSignatureThreads((engine) =>
    Promise.all(
      Array.from({ length: 1_200 }, (_, n) => {
        const key = keys[n % 3] as (typeof keys)[number];
        const message = Buffer.from(`receipts ${n} ${'x'.repeat(n % 50)}`);
        const signature = new Uint8Array(key.sign(message));
        if (n % 7 === 0) signature[n % 64] = (signature[n % 64] as number) ^ 1;
        const publicKey = n % 11 === 0 ? new Uint8Array(32).fill(0xff) : fromBase64Url(key.publicKey);
        return engine.verifyLater(publicKey, message, n % 13 === 0 ? signature.slice(1) : signature);
      }),
    ),
  );
  expect(answers).toEqual(answers.map((_, n) => n % 7 !== 0 && n % 11 !== 0 && n % 13 !== 0));
});
