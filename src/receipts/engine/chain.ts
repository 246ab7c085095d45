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
  /** When the device is asked for it next, unless it comes by itself. */
  readonly askAtMs: number;
  /** How often it was asked since something last came. */
  readonly asks: number;
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
    const opened = { after: tip, before: begin, openedAtMs: nowMs, askedAtMs: null, ...nextAsk(0, nowMs) };
    return fits({ tip: end, gaps: [...gaps, opened] });
  }
  const gap = gaps.find(({ after, before }) => isBefore(after, receipt) && isBefore(receipt, before));
  if (!gap) return { kind: 'known' };
  const continues = receipt.previous === gap.after.link;
  const isContinued = receipt.link === gap.before.link;
  if ((!continues && isNext(gap.after, receipt)) || (!isContinued && isNext(receipt, gap.before)))
    return { kind: 'forked' };
  const left = continues ? [] : [{ ...gap, before: begin, ...nextAsk(0, nowMs) }];
  const right = isContinued ? [] : [{ ...gap, after: end, ...nextAsk(0, nowMs) }];
  return fits({ tip, gaps: [...gaps.filter((other) => other !== gap), ...left, ...right] });
}

const fits = (chain: Chain): Followed => ({ kind: 'fits', chain });

const isBefore = (a: Place, b: Place): boolean => a.boot < b.boot || (a.boot === b.boot && a.seq < b.seq);

const isNext = (a: Place, b: Place): boolean => a.boot === b.boot && b.seq === a.seq + 1;

/** A backlog comes in order, and yet in pieces: what is missing for so long does not come by itself. */
const PATIENCE_MS = 10 * 60_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * An order, or its answer, may be lost with a connection, so the device is asked again soon, then ever less often: what is gone from its
 * archive would be asked for for ever. Something that comes begins it anew.
 * @param asks how often it was asked
 */
export function nextAsk(asks: number, nowMs: number): Pick<Gap, 'askAtMs' | 'asks'> {
  return { askAtMs: nowMs + Math.min(PATIENCE_MS * 4 ** asks, LONGEST_WAIT_MS), asks };
}

/** Receipts of one boot, from and to these numbers. */
export interface Range {
  readonly boot: number;
  readonly first: number;
  readonly last: number;
}

/** Of the boots between two that are known, so many after the one and before the other: a bad supply makes hundreds of them. */
const BOOTS_AT_EACH_END = 20;

/**
 * What a device can be asked for, oldest first. Of a boot before the last one nobody knows how far it counted, nor of one in between
 * whether it wrote anything: it is asked for what may be there, `most` of each.
 */
export function rangesOf({ after, before }: Pick<Gap, 'after' | 'before'>, most: number): Range[] {
  if (after.boot === before.boot) return [{ boot: before.boot, first: after.seq + 1, last: before.seq - 1 }];
  const between = before.boot - after.boot - 1;
  const boots = Array.from({ length: Math.min(between, 2 * BOOTS_AT_EACH_END) }, (_, index) =>
    index < BOOTS_AT_EACH_END || between <= 2 * BOOTS_AT_EACH_END
      ? after.boot + 1 + index
      : before.boot - 2 * BOOTS_AT_EACH_END + index,
  );
  return [
    ...(after.boot > 0 ? [{ boot: after.boot, first: after.seq + 1, last: after.seq + most }] : []),
    ...boots.map((boot) => ({ boot, first: 1, last: most })),
    ...(before.seq > 1 ? [{ boot: before.boot, first: 1, last: before.seq - 1 }] : []),
  ];
}
