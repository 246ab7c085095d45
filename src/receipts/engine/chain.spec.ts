import { describe, expect, it } from '@jest/globals';
import { FIRST_LINK } from '../../../devices/protocol/index.js';
import { type Chain, follow, type LinkedReceipt, NEW_CHAIN, nextAsk, rangesOf } from './chain.js';

/** A device's life: so many receipts in each boot, linked by their places. */
function life(...counts: readonly number[]): LinkedReceipt[] {
  let previous = FIRST_LINK;
  return counts.flatMap((count, boot) =>
    Array.from({ length: count }, (_, index) => {
      const link = `${boot + 1}.${index + 1}`;
      const receipt = { boot: boot + 1, seq: index + 1, previous, link };
      previous = link;
      return receipt;
    }),
  );
}

function grown(receipts: readonly LinkedReceipt[], chain: Chain = NEW_CHAIN): Chain {
  return receipts.reduce((chain, receipt) => {
    const followed = follow(chain, receipt, 7);
    return followed.kind === 'fits' ? followed.chain : chain;
  }, chain);
}

const gapsOf = ({ gaps }: Chain) =>
  gaps.map(({ after, before }) => `${after.boot}.${after.seq}–${before.boot}.${before.seq}`).sort();

describe('the chain of a device', () => {
  it('goes on over boots without a gap', () => {
    const chain = grown(life(3, 1, 4));
    expect([chain.tip, chain.gaps]).toEqual([{ boot: 3, seq: 4, link: '3.4' }, []]);
  });

  it('shows what is missing in between, over a boot, and at the beginning', () => {
    const [, second, , , fifth, first2, second2] = life(5, 2) as Required<LinkedReceipt[]>;
    expect(gapsOf(grown([second, fifth] as LinkedReceipt[]))).toEqual(['0.0–1.2', '1.2–1.5']);
    expect(gapsOf(grown([...life(4), second2] as LinkedReceipt[]))).toEqual(['1.4–2.2']);
    expect(gapsOf(grown([...life(4), first2] as LinkedReceipt[]))).toEqual(['1.4–2.1']);
  });

  it('is whole again in whatever order the rest arrives', () => {
    const all = life(4, 3, 5);
    for (let step = 1; step < all.length; step++) {
      const shuffled = all.map((_, index) => all[(index * step + 5) % all.length] as LinkedReceipt);
      const chain = grown([...shuffled, ...all]);
      expect([step, chain.tip.link, chain.gaps]).toEqual([step, '3.5', []]);
    }
  });

  it('a part of what is missing makes the gap smaller, or splits it', () => {
    const all = life(9);
    const pick = (...seqs: number[]) => seqs.map((seq) => all[seq - 1] as LinkedReceipt);
    const open = grown(pick(1, 9));
    expect(gapsOf(grown(pick(2), open))).toEqual(['1.2–1.9']);
    expect(gapsOf(grown(pick(8), open))).toEqual(['1.1–1.8']);
    expect(gapsOf(grown(pick(5), open))).toEqual(['1.1–1.5', '1.5–1.9']);
    expect(gapsOf(grown(pick(2, 8, 5, 4, 3, 7, 6), open))).toEqual([]);
  });

  it('what stands there already is known, inside and at the ends', () => {
    const all = life(3);
    for (const receipt of all) expect(follow(grown(all), receipt, 7).kind).toBe('known');
  });

  it('what does not continue its neighbour by number is forked, on either side', () => {
    const all = life(9);
    const at = (seq: number) => all[seq - 1] as LinkedReceipt;
    const other = (seq: number): LinkedReceipt => ({ ...at(seq), previous: 'other', link: 'another' });
    expect(follow(grown(all), { ...other(10), boot: 1, seq: 10 }, 7).kind).toBe('forked');
    const open = grown([at(1), at(9)]);
    expect(follow(open, other(2), 7).kind).toBe('forked');
    expect(follow(open, other(8), 7).kind).toBe('forked');
    expect(follow(open, { ...at(8), link: 'another' }, 7).kind).toBe('forked');
  });

  it('when a part of it comes, the rest is waited for anew', () => {
    const all = life(9);
    const open = grown([all[0], all[8]] as LinkedReceipt[]);
    const gaps = open.gaps.map((gap) => ({ ...gap, ...nextAsk(3, 8) }));
    const later = follow({ ...open, gaps }, all[4] as LinkedReceipt, 12);
    const asking =
      later.kind === 'fits'
        ? later.chain.gaps.map(({ openedAtMs, ...gap }) => [openedAtMs, gap.askAtMs, gap.asks])
        : [];
    expect(asking).toEqual([
      [7, 600_012, 0],
      [7, 600_012, 0],
    ]);
  });

  it('is asked for after ten minutes, and again, ever less often, once a day in the end', () => {
    const minutes = [0, 1, 2, 3, 4, 9].map((asks) => nextAsk(asks, 5).askAtMs / 60_000);
    expect(minutes.map(Math.floor)).toEqual([10, 40, 160, 640, 1_440, 1_440]);
  });

  describe('what a device can be asked for', () => {
    const asked = (a: readonly [number, number], b: readonly [number, number]) =>
      rangesOf({ after: { boot: a[0], seq: a[1], link: '' }, before: { boot: b[0], seq: b[1], link: '' } }, 200).map(
        ({ boot, first, last }) => `${boot}: ${first}–${last}`,
      );

    it('within a boot it is known', () => {
      expect(asked([1, 4], [1, 9])).toEqual(['1: 5–8']);
    });

    it('nobody knows how far an older boot counted, and whether one in between wrote anything', () => {
      expect(asked([1, 4], [3, 9])).toEqual(['1: 5–204', '2: 1–200', '3: 1–8']);
      expect(asked([1, 4], [3, 1])).toEqual(['1: 5–204', '2: 1–200']);
      expect(asked([0, 0], [3, 1])).toEqual(['1: 1–200', '2: 1–200']);
    });

    it('of very many boots those next to what is known', () => {
      const boots = asked([5, 1], [905, 1]).map((range) => Number.parseInt(range, 10));
      expect([boots.length, boots[1], boots[20], boots[21], boots[40]]).toEqual([41, 6, 25, 885, 904]);
    });
  });
});
