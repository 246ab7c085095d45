import { describe, expect, it } from '@jest/globals';
import { testKey } from '../../../devices/player/testing/keys.js';
import { PLAN_DAYS, type PlanHead, signJws, TOPIC_RULES } from '../../../devices/protocol/index.js';
import { headName } from './head-names.js';

const SOME_MS = 1_790_000_000_000;
const HASH = 'f'.repeat(64);
const ID = '0'.repeat(26);

/** Everything else in it as long as it gets: sixteen languages, a part of many chunks each day. */
function largestHead(name: string): number {
  const head: PlanHead = {
    v: 1,
    device: ID,
    version: SOME_MS,
    publishedAt: SOME_MS,
    area: { id: ID, name },
    cluster: { id: ID, name },
    languages: Array.from({ length: 16 }, () => 'x'.repeat(35)),
    from: '2026-01-01',
    until: '2026-01-07',
    sinceMs: SOME_MS,
    fromMs: SOME_MS,
    untilMs: SOME_MS,
    parts: Array.from({ length: PLAN_DAYS }, () => ({
      day: '2026-01-01',
      sha256: HASH,
      bytes: 1_000_000,
      descriptor: HASH,
    })),
  };
  return signJws('vang-plan', head, testKey('size')).length;
}

describe('names of places in a head', () => {
  it('are told whole as long as people call places, and cut where a head would not fit its topic', () => {
    const usual = 'Xã Phú Riềng Đỏ – Bù Gia Mập (đơn vị hành chính mới, biên giới)';
    expect(headName(usual)).toBe(usual);
    expect(headName('ậ'.repeat(200))).toBe(`${'ậ'.repeat(99)}…`);
    // A letter of two units is not torn.
    expect(headName('𠀋'.repeat(150))).toBe(`${'𠀋'.repeat(99)}…`);
  });

  it('so every head fits, however long the names in the fleet are', () => {
    const longest = 'ậ'.repeat(200);
    expect(largestHead(longest)).toBeGreaterThan(TOPIC_RULES['down.plan'].maxBytes);
    expect(largestHead(headName(longest))).toBeLessThanOrEqual(TOPIC_RULES['down.plan'].maxBytes);
  });
});
