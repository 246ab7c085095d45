import { describe, expect, it } from '@jest/globals';
import { crypto, testKey } from '../../../devices/player/testing/keys.js';
import { chainOf, FIRST_LINK, fromHex, type Receipt, signBatch } from '../../../devices/protocol/index.js';
import type { FaultSpan } from '../../../devices/simulator/faults.js';
import { DAY, runVirtualDistrict } from '../../../devices/simulator/virtual-district.js';
import { judgeBatch } from './judge.spec-support.js';

const HOUR = 3_600_000;
/** Midnight before the first play of the virtual district. */
const MIDNIGHT = Date.UTC(2025, 11, 31, 17);
const KEY = testKey('agreement');
const DEVICE = { publicKeys: [KEY.publicKey], simulated: true, enrolledAtMs: 0, revokedAtMs: null };

/** What the service says of one receipt of a real core: `accepted`, or why not. */
function judge(receipt: Receipt, nowMs: number): string {
  const { device, boot, seq } = receipt;
  const texts = [JSON.stringify(receipt)];
  const link = chainOf(fromHex(FIRST_LINK), texts, crypto).at(-1) ?? FIRST_LINK;
  const unsigned = { v: 1, device, boot, first: seq, last: seq, previous: FIRST_LINK, link, receipts: texts } as const;
  const batch = signBatch({ ...unsigned, receipts: texts }, KEY);
  const judged = judgeBatch(batch, device, DEVICE, { nowMs, demo: true, crypto });
  if (!judged.ok) return judged.reason;
  const [{ verdict } = { verdict: { ok: false, reason: 'nothing' } }] = judged.receipts;
  return verdict.ok ? 'accepted' : verdict.reason;
}

describe('receipts of real cores', () => {
  it('none of a bad week is taken for absurd: power cuts, days offline, clocks that step by minutes and drift', () => {
    const verdicts: string[] = [];
    runVirtualDistrict({
      ...{ seed: 'agreement', devices: 20, days: 7, playsPerDay: 6 },
      onReceipt: (receipt, nowMs) => verdicts.push(judge(receipt, nowMs)),
    });
    expect(verdicts.length).toBe(840);
    expect(new Set(verdicts)).toEqual(new Set(['accepted']));
  }, 60_000);

  const step = (hours: number): FaultSpan => {
    const atMs = MIDNIGHT + 9 * HOUR;
    return { device: 'device-1', fromMs: atMs, untilMs: atMs, fault: { kind: 'clockStep', byMs: hours * HOUR } };
  };
  const offline: FaultSpan = {
    device: 'device-1',
    fromMs: MIDNIGHT + 8 * HOUR,
    untilMs: MIDNIGHT + 19 * HOUR,
    fault: { kind: 'offline' },
  };

  /** 1970: the counter stands still for as long as there have been computers' clocks. */
  it.each([
    ['7 h ahead', step(7), []],
    ['7 h behind', step(-7), []],
    ['of 1970', step(-56 * 365 * 24), []],
    ['7 h ahead and no network', step(7), [offline]],
    ['7 h behind and no network', step(-7), [offline]],
    ['of 1970 and no network', step(-56 * 365 * 24), [offline]],
  ])(
    'of a counter %s say of no play that it sounded outside its time, nor anything twice, and end with the next answer',
    (what, fault, others) => {
      const heard: Receipt[] = [];
      const verdicts: string[] = [];
      const result = runVirtualDistrict({
        ...{ seed: what, devices: 1, days: 2, playsPerDay: 6, faults: [...others, fault] },
        onReceipt: (receipt, nowMs) => {
          heard.push(receipt);
          verdicts.push(judge(receipt, nowMs));
        },
      });
      expect(new Set(verdicts)).toEqual(new Set(['accepted']));
      expect(result).toMatchObject({ twice: [], problems: [] });
      for (const { startedAtMs, planned } of heard)
        if (startedAtMs !== null) expect(Math.abs(startedAtMs - planned.startMs)).toBeLessThan(1_000);
      // Who never counts on again never tells of a play again: chưa rõ, and nothing else.
      const nextDay = heard.filter(({ planned }) => planned.startMs >= MIDNIGHT + DAY);
      expect(nextDay.map(({ outcome }) => outcome)).toEqual(
        what.startsWith('of 1970') ? [] : Array(6).fill('complete'),
      );
    },
  );
});
