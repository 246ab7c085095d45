import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crypto, ROOT, SERVICE, testKey } from '../player/testing/keys.js';
import { at, DAY_MS, DAY_ONE, dayOf, planOf } from '../player/testing/plans.js';
import {
  CHUNK_BYTES,
  chainOf,
  chunkCount,
  chunkRange,
  decideLate,
  decodeClaim,
  encodeClaim,
  FIRST_LINK,
  fromBitmap,
  fromHex,
  nextLink,
  type PlanHead,
  signBatch,
  signedBatchBytes,
  signJws,
  TOPIC_RULES,
  toBitmap,
  toHex,
  toUtf8,
} from './index.js';

describe('what a device wishes for', () => {
  test('a bitmap says exactly which chunks are missing', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 299 })), fc.integer({ min: 300, max: 400 }), (missing, count) => {
        expect(fromBitmap(toBitmap(missing, count), count)).toEqual([...missing].sort((a, b) => a - b));
      }),
    );
    expect(toBitmap([0, 9], 10)).toBe('AQI'); // bit 0 of byte 0, bit 1 of byte 1
    expect(() => fromBitmap(toBitmap([0], 8), 9)).toThrow(RangeError);
  });

  test('chunks cover an asset without gap or overlap', () => {
    for (const bytes of [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES]) {
      let at = 0;
      for (let index = 0; index < chunkCount(bytes); index++) {
        expect(chunkRange(index, bytes).start).toBe(at);
        at = chunkRange(index, bytes).end;
      }
      expect(at).toBe(bytes);
    }
  });
});

describe('case 12: a late start follows its stated policy', () => {
  const start = at('5:30');
  // 60 s long, to be silent 90 s after its start.
  const play = (late: 'skip' | 'seek' | 'whole') => ({
    startMs: start,
    latestEndMs: start + 90_000,
    late,
    audio: { durationMs: 60_000 },
  });

  test.each([
    ['skip', 0, { action: 'play', seekMs: 0, lateMs: 0 }],
    ['skip', 1_000, { action: 'play', seekMs: 0, lateMs: 1_000 }],
    ['skip', 1_001, { action: 'skip', reason: 'late' }],
    ['seek', 1_000, { action: 'play', seekMs: 0, lateMs: 1_000 }],
    ['seek', 20_000, { action: 'play', seekMs: 20_000, lateMs: 20_000 }],
    ['seek', 59_999, { action: 'play', seekMs: 59_999, lateMs: 59_999 }],
    ['seek', 60_000, { action: 'skip', reason: 'noTimeLeft' }],
    ['whole', 30_000, { action: 'play', seekMs: 0, lateMs: 30_000 }],
    ['whole', 30_001, { action: 'skip', reason: 'noTimeLeft' }],
    ['whole', 90_000, { action: 'skip', reason: 'noTimeLeft' }],
  ] as const)('%s, %i ms late', (policy, lateMs, decision) => {
    expect(decideLate(play(policy), start + lateMs)).toEqual(decision);
  });

  test('a start before the planned one is not late', () => {
    expect(decideLate(play('skip'), start - 500)).toEqual({ action: 'play', seekMs: 0, lateMs: 0 });
  });
});

describe('receipts', () => {
  test('the chain of the contract: a vector for other firmware', () => {
    // Computed from the formula with another program (Python's hashlib), not with this code.
    const links = chainOf(fromHex(FIRST_LINK), ['{"seq":1}', '{"seq":2,"title":"Giảm nghèo"}'], crypto);
    expect(links).toEqual([
      'dfb82b9e8dc1896463d3c70e1341eff4576f568ca47a8edb1b839a9946b781b4',
      '51183c37cbdfeceb8ce7072c4675ddc7f4af64abd2938a0f91eeb471e5fbe8e8',
    ]);
    expect(toHex(nextLink(fromHex(links[0] as string), toUtf8('{"seq":2,"title":"Giảm nghèo"}'), crypto))).toBe(
      links[1],
    );
  });

  test('five lines are signed', () => {
    const batch = {
      v: 1,
      device: 'd',
      boot: 2,
      first: 3,
      last: 4,
      previous: FIRST_LINK,
      link: 'ab'.repeat(32),
      receipts: ['{}'],
    } as const;
    expect(Buffer.from(signedBatchBytes(batch)).toString()).toBe(`vang-receipts\nd\n2\n3\n4\n${'ab'.repeat(32)}`);
    const signed = signBatch({ ...batch, receipts: [...batch.receipts] }, SERVICE);
    expect(
      crypto.verifyEd25519(
        Buffer.from(SERVICE.publicKey, 'base64url'),
        signedBatchBytes(signed),
        Buffer.from(signed.signature, 'base64url'),
      ),
    ).toBe(true);
    expect(
      crypto.verifyEd25519(
        Buffer.from(ROOT.publicKey, 'base64url'),
        signedBatchBytes(signed),
        Buffer.from(signed.signature, 'base64url'),
      ),
    ).toBe(false);
  });
});

describe('the claim at the pole', () => {
  const claim = { url: 'https://loa.example.vn', code: 'abcdefghijklmnop', root: 'ab'.repeat(32) };

  test('is read back as it was written', () => {
    expect(decodeClaim(encodeClaim(claim))).toEqual(claim);
    expect(decodeClaim(`${encodeClaim(claim)}\n`)).toEqual(claim);
  });

  test.each(['', 'VANG1.', 'VANG2.e30', 'VANG1.e30', 'VANG1.*', 'https://loa.example.vn'])('%j is none', (text) => {
    expect(decodeClaim(text)).toBeUndefined();
  });
});

describe('the signed head of seven days', () => {
  const days = [...Array(7).keys()].map((day) => dayOf(DAY_ONE + day * DAY_MS));
  const id = (letter: string) => letter.repeat(36);
  const sized = (change: Partial<PlanHead>, part: object = {}) =>
    signJws(
      'vang-plan',
      {
        ...planOf({ device: id('d'), version: Date.UTC(2026, 10, 20), plays: [] }).head,
        parts: days.map((day) => ({ sha256: 'f'.repeat(64), bytes: 32_768, ...part, day })),
        ...change,
      },
      testKey('size'),
    ).length;
  // Longer than any name of a commune or cluster that we know.
  const long = {
    area: { id: id('a'), name: 'Xã Phú Riềng Đỏ – Bù Gia Mập (đơn vị hành chính mới, biên giới)' },
    cluster: { id: id('c'), name: 'Cụm loa số 12, Nhà văn hóa thôn Bù Lư – Đắk Ơ, cạnh trường tiểu học' },
  };

  test('with names of 70 letters it stays within 2 KB', () => {
    expect(sized(long)).toBeLessThanOrEqual(2_048);
  });

  test('day parts of more than one chunk need a descriptor each: then only short names fit', () => {
    expect(sized(long, { descriptor: 'e'.repeat(64) })).toBeGreaterThan(2_048);
    expect(sized(long, { descriptor: 'e'.repeat(64) })).toBeLessThanOrEqual(TOPIC_RULES['down.plan'].maxBytes);
  });

  test('the longest names that the schema allows break 2 KB, and still pass the limit of the topic', () => {
    const longest = 'ậ'.repeat(200);
    const size = sized({ area: { id: id('a'), name: longest }, cluster: { id: id('c'), name: longest } });
    expect(size).toBeGreaterThan(2_048);
    expect(size).toBeLessThanOrEqual(TOPIC_RULES['down.plan'].maxBytes);
  });
});
