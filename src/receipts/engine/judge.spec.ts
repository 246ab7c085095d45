import { describe, expect, it } from '@jest/globals';
import { crypto, testKey } from '../../../devices/player/testing/keys.js';
import {
  chainOf,
  FIRST_LINK,
  fromHex,
  type Receipt,
  type ReceiptBatch,
  signBatch,
} from '../../../devices/protocol/index.js';
import { problemRegistry } from '../../platform/i18n/index.js';
import '../problems.js';
import { isBackfill, type KnownDevice, QUARANTINE_REASONS } from './judge.js';
import { judgeBatch } from './judge.spec-support.js';

const NOON = Date.parse('2026-01-05T12:00:00+07:00');
const KEY = testKey('judged');
const receiptOf = (changes: Partial<Receipt> = {}): Receipt => ({
  v: 1,
  device: 'd1',
  boot: 1,
  bootId: 'boot-1',
  seq: 1,
  simulated: false,
  play: 'p1',
  occurrence: 'o1',
  part: 0,
  planVersion: 1,
  day: '2026-01-05',
  item: { id: 'i', version: 1, title: 'Bản tin', language: 'vi' },
  audioSha256: 'a'.repeat(64),
  area: { id: 'x', name: 'Xã X' },
  cluster: { id: 'k', name: 'Cụm loa' },
  planned: {
    startMs: NOON,
    latestEndMs: NOON + 700_000,
    durationMs: 60_000,
    volume: 80,
    class: 'normal',
    late: 'whole',
  },
  outcome: 'complete',
  cause: null,
  grade: 'completed',
  startedAtMs: NOON,
  endedAtMs: NOON + 60_000,
  playedMs: 60_000,
  seekMs: 0,
  lateMs: 0,
  volume: 80,
  clock: { trust: 'trusted', errorMs: 10 },
  ...changes,
});
function batchOf(texts: readonly string[], changes: Partial<ReceiptBatch> = {}): ReceiptBatch {
  const link = chainOf(fromHex(FIRST_LINK), texts, crypto).at(-1) ?? FIRST_LINK;
  return {
    ...signBatch(
      { v: 1, device: 'd1', boot: 1, first: 1, last: texts.length, previous: FIRST_LINK, link, receipts: [...texts] },
      KEY,
    ),
    ...changes,
  };
}
const DEVICE: KnownDevice = { publicKeys: [KEY.publicKey], simulated: false, enrolledAtMs: 0, revokedAtMs: null };
const WORLD = { nowMs: NOON + 60_100, demo: false, crypto };
const judge = (receipt: Partial<Receipt>, device = DEVICE, world: Partial<typeof WORLD> = {}) => {
  const judged = judgeBatch(batchOf([JSON.stringify(receiptOf(receipt))]), 'd1', device, { ...WORLD, ...world });
  const verdict = judged.ok ? judged.receipts[0]?.verdict : undefined;
  return verdict?.ok ? 'accepted' : verdict?.reason;
};
const notPlayed = {
  outcome: 'notPlayed',
  cause: 'powerLost',
  grade: 'received',
  startedAtMs: null,
  endedAtMs: null,
  playedMs: 0,
} as const;
const partial = {
  outcome: 'partial',
  cause: 'powerLost',
  grade: 'started',
  playedMs: 12_000,
  endedAtMs: NOON + 12_000,
} as const;

const HOUR = 3_600_000;
/** The same play by a clock that is so far off. */
const at = (offMs: number, playedMs = 60_000) => ({
  startedAtMs: NOON + offMs,
  endedAtMs: NOON + offMs + playedMs,
  lateMs: 0,
});
const cut = { atMs: NOON + 20_000, playedMs: 20_000, by: 'emergency', againAtMs: NOON + 660_000 };
const resumed = { endedAtMs: NOON + 700_000, interruptions: [cut] };

describe('what a receipt says', () => {
  it.each<[string, Partial<Receipt>, string]>([
    ['a whole play', {}, 'accepted'],
    ['a play that a sound card rounds up', { playedMs: 60_900, endedAtMs: NOON + 60_900 }, 'accepted'],
    ['case 7: a crash in mid-play with the real seconds', partial, 'accepted'],
    ['a play that was never started', notPlayed, 'accepted'],
    ['case 12: a play that joined late', { ...partial, cause: 'late', seekMs: 48_000 }, 'accepted'],
    ['nothing played and no cause', { ...notPlayed, cause: null }, 'receipt.absurd'],
    ['nothing played, and yet seconds', { ...notPlayed, playedMs: 1 }, 'receipt.absurd'],
    ['nothing played, and yet a start', { ...notPlayed, startedAtMs: NOON, endedAtMs: NOON }, 'receipt.absurd'],
    ['a part without a cause', { ...partial, cause: null }, 'receipt.absurd'],
    ['a part of grade completed', { ...partial, grade: 'completed' }, 'receipt.absurd'],
    ['a part that never started', { ...partial, startedAtMs: null, endedAtMs: null }, 'receipt.absurd'],
    ['complete of grade started', { grade: 'started' }, 'receipt.absurd'],
    ['complete with a cause', { cause: 'cutShort' }, 'receipt.absurd'],
    ['complete after half of it', { playedMs: 30_000 }, 'receipt.absurd'],
    ['longer than the file', { playedMs: 62_001 }, 'receipt.absurd'],
    ['a relay that was heard whole', { relay: { heardMs: 60_000 } }, 'accepted'],
    ['a relay that gave nothing, so that stored sound took its place', { relay: { heardMs: 0 } }, 'accepted'],
    ['a relay heard for longer than anything sounded', { relay: { heardMs: 62_001 } }, 'receipt.absurd'],
    ['a relay that was heard while nothing was', { ...notPlayed, relay: { heardMs: 2_001 } }, 'receipt.absurd'],
    ['a start without an end', { endedAtMs: null }, 'receipt.absurd'],
    ['case 9: an end before the start', { endedAtMs: NOON - 1 }, 'receipt.absurd'],
    ['a clock of 1970', { startedAtMs: 0, endedAtMs: 60_000 }, 'receipt.absurd'],
    ['a clock 7 h behind', at(-7 * HOUR), 'receipt.absurd'],
    ['a clock 7 h ahead', at(7 * HOUR), 'receipt.absurd'],
    ['a part at a clock of 1970', { ...partial, startedAtMs: 0, endedAtMs: 12_000 }, 'receipt.absurd'],
    ['a start of 1970 and an end of today', { startedAtMs: 0 }, 'receipt.absurd'],
    ['a part 7 h ahead', { ...partial, ...at(7 * HOUR, 12_000) }, 'receipt.absurd'],
    ['ten minutes before it was planned', at(-600_000), 'accepted'],
    ['more than ten minutes before it was planned', at(-600_001), 'receipt.absurd'],
    ['on time, and said to be 7 h late', { lateMs: 7 * HOUR }, 'receipt.absurd'],
    ['more sound than fits between start and end', { endedAtMs: NOON + 57_999 }, 'receipt.absurd'],
    ['no more than a sound card’s rounding', { endedAtMs: NOON + 58_000 }, 'accepted'],
    ['a minute of sound from start to an end eleven minutes after', { endedAtMs: NOON + 660_001 }, 'receipt.absurd'],
    ['case 9: resumed after a clock was put back by minutes', { ...resumed, endedAtMs: NOON + 40_000 }, 'accepted'],
    ['interrupted in 1970', { ...resumed, interruptions: [{ ...cut, atMs: 0 }] }, 'receipt.absurd'],
    ['resumed 7 h after', { ...resumed, interruptions: [{ ...cut, againAtMs: NOON + 7 * HOUR }] }, 'receipt.absurd'],
    ['a negative number of seconds', { playedMs: -1 }, 'receipt.malformed'],
    ['seconds that are no number', { playedMs: Number.NaN }, 'receipt.malformed'],
    ['ten minutes ahead of the service', { ...at(600_100), lateMs: 600_100 }, 'accepted'],
    ['more than ten minutes ahead', { ...at(600_101), lateMs: 600_101 }, 'receipt.fromFuture'],
    ['of another device', { device: 'd2' }, 'receipt.foreignDevice'],
    ['of another boot than its batch', { boot: 2 }, 'receipt.malformed'],
    ['of another number than its place', { seq: 2 }, 'receipt.malformed'],
    ['case 26: simulated', { simulated: true }, 'receipt.simulatedRefused'],
  ])('%s: %s', (_what, receipt, expected) => {
    expect(judge(receipt)).toBe(expected);
  });

  it.each<[string, Partial<Receipt>, string]>([
    ['case 12: as late as its latest end allows', { ...at(640_000), lateMs: 640_000 }, 'accepted'],
    ['an end beyond the latest one, by what a clock may be off', { ...at(1_240_000), lateMs: 1_240_000 }, 'accepted'],
    ['an end farther beyond', { ...at(1_240_001), lateMs: 1_240_001 }, 'receipt.absurd'],
    ['resumed eleven minutes after', { ...resumed, endedAtMs: NOON + 690_000 }, 'accepted'],
  ])('%s, heard of an hour later: %s', (_what, receipt, expected) => {
    expect(judge(receipt, DEVICE, { nowMs: NOON + HOUR })).toBe(expected);
  });

  it.each<[string, Partial<KnownDevice>, string]>([
    ['enrolled the day before', { enrolledAtMs: NOON - 24 * HOUR }, 'accepted'],
    ['enrolled just now, by what clocks may differ', { enrolledAtMs: NOON + 600_000 }, 'accepted'],
    ['enrolled only after the play', { enrolledAtMs: NOON + 600_001 }, 'receipt.beforeEnrolment'],
    ['case 25: replaced after the play', { revokedAtMs: NOON + 60_000 }, 'accepted'],
    ['replaced before the play was over, by what clocks may differ', { revokedAtMs: NOON - 540_000 }, 'accepted'],
    ['revoked long before the play', { revokedAtMs: NOON - 540_001 }, 'receipt.afterRevocation'],
  ])('of a device that was %s: %s', (_what, life, expected) => {
    expect(judge({}, { ...DEVICE, ...life })).toBe(expected);
    // Case 19: a play that was missed belongs to the hour at which it was due.
    if (life.enrolledAtMs !== undefined) expect(judge(notPlayed, { ...DEVICE, ...life })).toBe(expected);
  });

  it.each([
    [true, true, true, 'accepted'],
    [true, true, false, 'receipt.simulatedRefused'],
    [true, false, true, 'receipt.simulatedRefused'],
    [true, false, false, 'receipt.simulatedRefused'],
    [false, true, true, 'receipt.simulatedRefused'],
    [false, false, true, 'accepted'],
  ])('case 26: receipt simulated %s, device simulated %s, demo %s: %s', (receipt, device, demo, expected) => {
    expect(judge({ simulated: receipt }, { ...DEVICE, simulated: device }, { demo })).toBe(expected);
  });
});

describe('a batch', () => {
  const good = batchOf([JSON.stringify(receiptOf()), 'not a receipt']);
  const range = { boot: 1, first: 1, last: 2 };

  it('one bad receipt spoils none of its neighbours', () => {
    const judged = judgeBatch(good, 'd1', DEVICE, WORLD);
    expect(judged.ok && judged.receipts.map(({ seq, verdict }) => [seq, verdict.ok || verdict.reason])).toEqual([
      [1, true],
      [2, 'receipt.malformed'],
    ]);
    expect(judged.ok && judged.receipts.at(-1)?.link).toBe(good.link);
  });

  it.each<[string, unknown, string, object | null]>([
    ['nothing', undefined, 'receipt.malformed', null],
    ['a number', 7, 'receipt.malformed', null],
    ['no receipts', { ...good, receipts: [] }, 'receipt.malformed', range],
    ['a range of the wrong length', { ...good, last: 3 }, 'receipt.malformed', { ...range, last: 3 }],
    ['a range that runs backwards', { ...good, first: 2, last: 1 }, 'receipt.malformed', null],
    [
      'a range without end, in whose name ever',
      { ...good, device: 'd2', last: 9_000_000_000 },
      'receipt.malformed',
      null,
    ],
    ['a range too long to acknowledge', { boot: 1, first: 1, last: 201 }, 'receipt.malformed', null],
    ['another device', { ...good, device: 'd2' }, 'receipt.foreignDevice', range],
    [
      'a changed receipt',
      { ...good, receipts: [JSON.stringify(receiptOf({ volume: 90 })), 'not a receipt'] },
      'receipt.wrongChain',
      range,
    ],
    ['another boot than was signed', { ...good, boot: 2 }, 'receipt.wrongSignature', { ...range, boot: 2 }],
    ['somebody else’s signature', signBatch(good, testKey('stranger')), 'receipt.wrongSignature', range],
    [
      'a signature that is no canonical base64url',
      { ...good, signature: `${'A'.repeat(85)}B` },
      'receipt.wrongSignature',
      range,
    ],
  ])('of %s is refused', (_what, payload, reason, expected) => {
    expect(judgeBatch(payload, 'd1', DEVICE, WORLD)).toEqual({ ok: false, reason, range: expected });
  });

  it('by the former key is taken while that still holds', () => {
    const former = signBatch(good, testKey('stranger'));
    const changed = { ...DEVICE, publicKeys: [KEY.publicKey, testKey('stranger').publicKey] };
    expect(judgeBatch(former, 'd1', changed, WORLD).ok).toBe(true);
  });

  it('of nobody', () => {
    expect(judgeBatch(good, 'd1', null, WORLD)).toEqual({ ok: false, reason: 'receipt.unknownDevice', range });
  });

  it('every reason has words for a person', () => {
    for (const reason of QUARANTINE_REASONS) expect(problemRegistry.get(reason)?.vi).toBeTruthy();
  });
});

describe('backfill', () => {
  it.each([
    [60_000, false],
    [60_001, true],
  ])('%i ms after it was written: %s', (afterMs, expected) => {
    expect(isBackfill(receiptOf(), NOON + 60_000 + afterMs)).toBe(expected);
    expect(isBackfill(receiptOf(notPlayed), NOON + afterMs)).toBe(expected);
    expect(isBackfill(receiptOf({ simulated: true }), NOON + 60_000 + afterMs)).toBe(false);
  });
});
