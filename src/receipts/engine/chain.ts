import { FIRST_LINK } from '../../../devices/protocol/index.js';

/** A receipt's place in the chain of its device. */
export interface Place {
  readonly boot: number;
  readonly seq: number;
}
/** Where the chain stands after a receipt. */
export interface ChainEnd extends Place {
  readonly link: string;
}
export interface LinkedReceipt extends ChainEnd {
  /** The link that it continues. */
  readonly previous: string;
}

/** Receipts that were written, as the chain on either side of them proves, and have not arrived. */
export interface Gap {
  readonly after: ChainEnd;
  /** The first receipt behind it; `link` is the one that it continues. */
  readonly before: ChainEnd;
  readonly openedAtMs: number;
  /** When the device was last asked for it; null: not yet. */
  readonly askedAtMs: number | null;
}

export interface Chain {
  readonly tip: ChainEnd;
  /** In no order; none overlap. */
  readonly gaps: readonly Gap[];
}

/** Before the first receipt of a device's life. */
export const NEW_CHAIN: Chain = { tip: { boot: 0, seq: 0, link: FIRST_LINK }, gaps: [] };

export type Followed =
  /** Something stands at this place already; whether it is the same is asked of its text. */
  | { readonly kind: 'known' }
  | { readonly kind: 'fits'; readonly chain: Chain }
  /** It has a neighbour by number and does not continue it: the device, or somebody with its key, wrote its history twice. */
  | { readonly kind: 'forked' };

/**
 * Puts a receipt into the chain. What comes ahead of the tip without continuing it opens a gap; what comes into a gap makes it smaller,
 * splits it, or closes it when it fits on both sides.
 */
export function follow(chain: Chain, receipt: LinkedReceipt, nowMs: number): Followed {
  const { tip, gaps } = chain;
  const end: ChainEnd = { boot: receipt.boot, seq: receipt.seq, link: receipt.link };
  const begin: ChainEnd = { boot: receipt.boot, seq: receipt.seq, link: receipt.previous };
  if (isBefore(tip, receipt)) {
    if (receipt.previous === tip.link) return fits({ tip: end, gaps });
    if (isNext(tip, receipt)) return { kind: 'forked' };
    return fits({ tip: end, gaps: [...gaps, { after: tip, before: begin, openedAtMs: nowMs, askedAtMs: null }] });
  }
  const gap = gaps.find(({ after, before }) => isBefore(after, receipt) && isBefore(receipt, before));
  if (!gap) return { kind: 'known' };
  const continues = receipt.previous === gap.after.link;
  const isContinued = receipt.link === gap.before.link;
  if ((!continues && isNext(gap.after, receipt)) || (!isContinued && isNext(receipt, gap.before)))
    return { kind: 'forked' };
  const left = continues ? [] : [{ ...gap, before: begin }];
  const right = isContinued ? [] : [{ ...gap, after: end }];
  return fits({ tip, gaps: [...gaps.filter((other) => other !== gap), ...left, ...right] });
}

const fits = (chain: Chain): Followed => ({ kind: 'fits', chain });

const isBefore = (a: Place, b: Place): boolean => a.boot < b.boot || (a.boot === b.boot && a.seq < b.seq);

const isNext = (a: Place, b: Place): boolean => a.boot === b.boot && b.seq === a.seq + 1;

/** The part of a gap whose numbers are known: what a device can be asked for. Of an older boot nobody knows how far it counted. */
export function rangeOf({ after, before }: Gap, most: number): { boot: number; first: number; last: number } {
  if (after.boot === before.boot) return { boot: before.boot, first: after.seq + 1, last: before.seq - 1 };
  return before.seq > 1
    ? { boot: before.boot, first: 1, last: before.seq - 1 }
    : { boot: Math.max(1, after.boot), first: after.seq + 1, last: after.seq + most };
}
