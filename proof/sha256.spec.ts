import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Sha256, sha256 } from './sha256.js';

const node = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

describe('SHA-256 of the verifier in a browser', () => {
  it('is that of node:crypto for every length about its blocks', () => {
    for (let length = 0; length < 260; length++) {
      const bytes = Uint8Array.from({ length }, (_, n) => (n * 31 + length) & 255);
      expect(sha256(bytes)).toEqual(node(bytes));
    }
  });

  it('is the same in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 8 }), (pieces) => {
        const hash = new Sha256();
        for (const piece of pieces) hash.update(piece);
        expect(hash.digest()).toEqual(node(Buffer.concat(pieces)));
      }),
    );
  });
});
