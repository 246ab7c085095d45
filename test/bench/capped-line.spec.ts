import { connect, createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { CappedLine, TokenBucket } from './capped-line.js';

/** A program that sends so many bytes to whoever calls; gives its port. */
async function sender(bytes: number) {
  const server = createServer((socket) => socket.end(Buffer.alloc(bytes)));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, server };
}

it('two callers share what the line carries, and both get everything', async () => {
  const { port, server } = await sender(500_000);
  const bucket = new TokenBucket(2_000_000);
  const line = new CappedLine(port, bucket, 'listener');
  const way = await line.start();
  const began = performance.now();
  const received = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<number>((resolve) => {
          let bytes = 0;
          connect(way, '127.0.0.1')
            .on('data', (piece) => (bytes += piece.length))
            .on('close', () => resolve(bytes));
        }),
    ),
  );
  const seconds = (performance.now() - began) / 1_000;
  expect(received).toEqual([500_000, 500_000]);
  expect(bucket.passed).toBe(1_000_000);
  expect(seconds).toBeGreaterThan(0.4);
  await line.stop();
  await new Promise((closed) => server.close(closed));
});
