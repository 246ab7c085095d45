import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, fromBase64Url, fromHex, fromUtf8, sameBytes, toBase64Url, toHex, toUtf8 } from './bytes.js';

const anyBytes = fc.uint8Array({ maxLength: 300 });

describe('bytes and text agree with Node', () => {
  test('hex, both ways', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  test('base64url, both ways', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  test('UTF-8, both ways, with every kind of letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(Buffer.from(toUtf8(text))).toEqual(Buffer.from(text));
        expect(fromUtf8(Buffer.from(text))).toBe(Buffer.from(text).toString('utf8'));
      }),
    );
    expect(fromUtf8(toUtf8('Đắk Nông, Xtiêng 𠀀'.repeat(2_000)))).toBe('Đắk Nông, Xtiêng 𠀀'.repeat(2_000));
  });

  test('a lone surrogate becomes the replacement letter, as in Node', () => {
    expect(Buffer.from(toUtf8('a\ud800b'))).toEqual(Buffer.from('a\ud800b'));
  });

  test('what TextDecoder refuses as UTF-8 is refused, what it accepts is accepted', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const reference = (bytes: Uint8Array) => {
      try {
        return strict.decode(bytes);
      } catch {
        return null;
      }
    };
    const ours = (bytes: Uint8Array) => {
      try {
        return fromUtf8(bytes);
      } catch {
        return null;
      }
    };
    const nearUtf8 = fc.array(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(nearUtf8, (list) => {
        expect(ours(Uint8Array.from(list))).toBe(reference(Uint8Array.from(list)));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['A', 'AA==', 'AB', 'A+/A', 'AAAAB', 'Đ'])('base64url %j is refused', (text) => {
    expect(() => fromBase64Url(text)).toThrow(RangeError);
  });

  test.each(['a', 'AB', 'zz', '0x'])('hex %j is refused', (text) => {
    expect(() => fromHex(text)).toThrow(RangeError);
  });

  test('bytes are the same only when all are', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(sameBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(sameBytes(a, Uint8Array.from(a))).toBe(true);
        expect(Buffer.from(concatBytes(a, b))).toEqual(Buffer.concat([a, b]));
      }),
    );
  });
});
