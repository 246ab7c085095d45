/** Why something stays in the database though its days are over. */
export type Stays =
  /** Its days are not over. */
  | 'young'
  /** No signed checkpoint of the log holds it. */
  | 'uncovered'
  /** A plan that it counts for still runs, or its report is not due yet. */
  | 'planOpen'
  /** Its device is doubted. */
  | 'doubted'
  /** Something in quarantine claims its number or its play, or an answer and the receipts speak against each other. */
  | 'disputed'
  /** What it counted for is not written down. */
  | 'uncounted';

export interface ReceiptFacts {
  readonly id: string;
  readonly seq: number;
  readonly play: string;
  /** Number in the log; null: none yet. */
  readonly leaf: number | null;
  /** Of its outcome; null: there is none, or it is of another receipt. */
  readonly itemId: string | null;
  readonly doubted: boolean;
}

/** What one signature covers: it leaves whole or not at all, or the rest would prove nothing. */
export interface RunFacts {
  readonly boot: number;
  readonly first: number;
  readonly last: number;
  readonly receivedAtMs: number;
  /** Those that it brought in. */
  readonly receipts: readonly ReceiptFacts[];
}

export interface LeaveRule {
  /** Received at this moment or before; null: nothing leaves. */
  readonly beforeMs: number | null;
  /** Items of plan lines whose plan runs or whose report is not due yet. */
  readonly openItems: ReadonlySet<string>;
  /** Leaves below this are in the tree of a signed checkpoint. */
  readonly coveredBelow: number;
}

/** What was put apart of a device and that nobody judged. */
export interface Dispute {
  readonly boot: number;
  readonly first: number;
  readonly last: number;
  /** Null: a whole message. */
  readonly play: string | null;
}

/** Null: it may leave. */
export function whyRunStays(run: RunFacts, disputes: readonly Dispute[], rule: LeaveRule): Stays | null {
  if (rule.beforeMs === null || run.receivedAtMs > rule.beforeMs) return 'young';
  if (run.receipts.length === 0 || run.receipts.some(({ itemId }) => itemId === null)) return 'uncounted';
  if (run.receipts.some(({ leaf }) => leaf === null || leaf >= rule.coveredBelow)) return 'uncovered';
  if (run.receipts.some(({ doubted }) => doubted)) return 'doubted';
  if (run.receipts.some(({ itemId }) => itemId !== null && rule.openItems.has(itemId))) return 'planOpen';
  const plays = new Set(run.receipts.map(({ play }) => play));
  const isDisputed = disputes.some(
    ({ boot, first, last, play }) =>
      (boot === run.boot && first <= run.last && last >= run.first) || (play !== null && plays.has(play)),
  );
  return isDisputed ? 'disputed' : null;
}

export interface SessionFacts {
  readonly lastAnswerMs: number;
  readonly itemIds: readonly string[];
  /** By what is known now. */
  readonly contradicted: boolean;
}

/** Null: who gave the answers, and those that were corrected, may leave. */
export function whySessionStays(
  { lastAnswerMs, itemIds, contradicted }: SessionFacts,
  { beforeMs, openItems }: Pick<LeaveRule, 'beforeMs' | 'openItems'>,
): Stays | null {
  if (beforeMs === null || lastAnswerMs > beforeMs) return 'young';
  if (itemIds.some((id) => openItems.has(id))) return 'planOpen';
  return contradicted ? 'disputed' : null;
}

/** What a payload in quarantine claims; null: it names no number. */
export function disputeOf(payload: string): Dispute | null {
  let said: unknown;
  try {
    said = JSON.parse(payload);
  } catch {
    return null;
  }
  if (typeof said !== 'object' || said === null) return null;
  const { boot, seq, first, last, play } = said as Record<string, unknown>;
  const from = seq ?? first;
  const to = seq ?? last;
  if (typeof boot !== 'number' || typeof from !== 'number' || typeof to !== 'number') return null;
  return { boot, first: from, last: to, play: typeof play === 'string' ? play : null };
}
