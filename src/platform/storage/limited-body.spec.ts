import { describe, expect, it } from '@jest/globals';
import { BrokenBody, limitedBody } from './limited-body.js';

const refusal = () => new RangeError('too much');

/** Three pieces of four bytes. */
async function* body(read: number[] = [], fault?: Error): AsyncGenerator<Uint8Array> {
  for (const n of [1, 2, 3]) {
    read.push(n);
    if (fault && n === 2) throw fault;
    yield Buffer.alloc(4, n);
  }
}
async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of pieces) bytes += piece.byteLength;
  return bytes;
}

describe('a body of limited length', () => {
  it('passes whole up to its limit, the limit included', async () => {
    expect(await bytesOf(limitedBody(body(), 12, refusal))).toBe(12);
  });

  it('is refused at the piece that is too much; the rest is left unread', async () => {
    const read: number[] = [];
    await expect(bytesOf(limitedBody(body(read), 7, refusal))).rejects.toThrow('too much');
    expect(read).toEqual([1, 2]);
  });

  it('that breaks off says that it was the body', async () => {
    await expect(bytesOf(limitedBody(body([], new Error('gone')), 12, refusal))).rejects.toBeInstanceOf(BrokenBody);
  });
});
