import {
  type Crypto,
  chainOfHashes,
  fromBase64Url,
  fromHex,
  type Receipt,
  type ReceiptBatch,
  receiptBatch,
  receipt as receiptSchema,
  signedBatchBytes,
} from '../../../devices/protocol/index.js';

/** Why something is kept apart. Each is an alarm and has words for a person (problems.ts). */
export const QUARANTINE_REASONS = [
  'receipt.malformed',
  'receipt.foreignDevice',
  'receipt.unknownDevice',
  'receipt.wrongSignature',
  'receipt.wrongChain',
  'receipt.simulatedRefused',
  'receipt.absurd',
  'receipt.fromFuture',
  'receipt.beforeEnrolment',
  'receipt.afterRevocation',
  'receipt.unknownPlay',
  'receipt.sequenceReused',
  'receipt.secondFinal',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** What intake knows of the device on whose topic a batch came. */
export interface KnownDevice {
  /** Any of them: for a while after a change of its key, what the former one signed is under way. */
  readonly publicKeys: readonly string[];
  readonly simulated: boolean;
  readonly enrolledAtMs: number;
  /** Null: it is in use. What it wrote before its end still counts. */
  readonly revokedAtMs: number | null;
}

export interface JudgedReceipt {
  readonly seq: number;
  readonly text: string;
  /** Of its bytes. */
  readonly sha256: Uint8Array;
  readonly link: string;
  readonly verdict:
    | { readonly ok: true; readonly receipt: Receipt }
    /** `soon`: it may become acceptable, when time has passed or our own clock is put right. */
    | { readonly ok: false; readonly reason: QuarantineReason; readonly soon?: boolean };
}
export type JudgedBatch =
  | { readonly ok: true; readonly batch: ReceiptBatch; readonly receipts: readonly JudgedReceipt[] }
  /** `range` where it could be read: it can be acknowledged. */
  | {
      readonly ok: false;
      readonly reason: QuarantineReason;
      readonly range: { readonly boot: number; readonly first: number; readonly last: number } | null;
    };

/** Playing cannot last longer than the file and the rounding of a sound card. */
const LONGER_BY_MS = 2_000;
/** A trusted device clock is never so far off: it coasts to two minutes at most, the rest is for a step that an answer puts right. */
const CLOCK_MS = 10 * 60_000;
/** Within this the wrong clock may be ours: what is true must not be put away for good. */
const DAY_MS = 86_400_000;

/** A batch of a known device that fits its own chain; whether the device signed it is still to be found out. */
export interface ReadBatch {
  readonly batch: ReceiptBatch;
  readonly links: readonly string[];
  /** SHA-256 of each receipt. */
  readonly hashes: readonly Uint8Array[];
  readonly device: KnownDevice;
}

export interface BatchHashing extends Pick<Crypto, 'sha256'> {
  /** Of its UTF-8. */
  readonly sha256OfText: (text: string) => Uint8Array;
}

/** @returns the verdict where nobody needs to look at the signature */
export function readBatch(
  payload: unknown,
  topicDevice: string,
  device: KnownDevice | null,
  crypto: BatchHashing,
): ReadBatch | JudgedBatch {
  const parsed = receiptBatch.safeParse(payload);
  if (!parsed.success) return malformed(payload);
  const batch = parsed.data;
  // First of all: a range that nobody counted is as long as a device likes.
  if (batch.last - batch.first + 1 !== batch.receipts.length) return malformed(payload);
  if (batch.device !== topicDevice) return refused(batch, 'receipt.foreignDevice');
  if (!device) return refused(batch, 'receipt.unknownDevice');
  const hashes = batch.receipts.map(crypto.sha256OfText);
  const links = chainOfHashes(fromHex(batch.previous), hashes, crypto);
  if (links.at(-1) !== batch.link) return refused(batch, 'receipt.wrongChain');
  return { batch, links, hashes, device };
}

/** What can be said of its receipts without looking into the ledger, should the device have signed them. */
export function judgeReceipts(
  { batch, links, hashes, device }: ReadBatch,
  world: { readonly nowMs: number; readonly demo: boolean },
): readonly JudgedReceipt[] {
  return batch.receipts.map((text, index) => ({
    seq: batch.first + index,
    text,
    sha256: hashes[index] as Uint8Array,
    link: links[index] as string,
    verdict: judgeReceipt(text, batch, batch.first + index, device, world),
  }));
}

export const judgedBatch = ({ batch }: ReadBatch, receipts: readonly JudgedReceipt[], signed: boolean): JudgedBatch =>
  signed ? { ok: true, batch, receipts } : refused(batch, 'receipt.wrongSignature');

/** What has to be verified; any of the keys will do. Null: letters of base64url that are not its canonical form. */
export function signatureOf({ batch, device }: ReadBatch): {
  readonly keys: readonly Uint8Array[];
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
} | null {
  try {
    const keys = device.publicKeys.map(fromBase64Url);
    return { keys, message: signedBatchBytes(batch), signature: fromBase64Url(batch.signature) };
  } catch {
    return null;
  }
}

const refused = ({ boot, first, last }: ReceiptBatch, reason: QuarantineReason): JudgedBatch => ({
  ok: false,
  reason,
  range: { boot, first, last },
});

/** What cannot be read as a batch, or is larger than a batch may be. */
export function malformed(payload: unknown): JudgedBatch {
  return { ok: false, reason: 'receipt.malformed', range: rangeOf(payload) };
}

function judgeReceipt(
  text: string,
  batch: ReceiptBatch,
  seq: number,
  device: KnownDevice,
  world: { readonly nowMs: number; readonly demo: boolean },
): JudgedReceipt['verdict'] {
  const parsed = receiptSchema.safeParse(parseJson(text));
  // Half a surrogate pair has no bytes of its own: the text would come back from the database as another one.
  if (!parsed.success || !text.isWellFormed()) return { ok: false, reason: 'receipt.malformed' };
  const receipt = parsed.data;
  if (receipt.device !== batch.device) return { ok: false, reason: 'receipt.foreignDevice' };
  if (receipt.boot !== batch.boot || receipt.seq !== seq) return { ok: false, reason: 'receipt.malformed' };
  // Invariant 13: simulated is never real, and a real device does not turn into a simulated one.
  if (receipt.simulated && !(world.demo && device.simulated)) return { ok: false, reason: 'receipt.simulatedRefused' };
  if (!receipt.simulated && device.simulated) return { ok: false, reason: 'receipt.simulatedRefused' };
  if (isAbsurd(receipt)) return { ok: false, reason: 'receipt.absurd' };
  if (!receipt.simulated && receipt.endedAtMs !== null && receipt.endedAtMs > world.nowMs + CLOCK_MS)
    return { ok: false, reason: 'receipt.fromFuture', soon: receipt.endedAtMs <= world.nowMs + DAY_MS };
  const stranger = outsideItsLife(receipt, device);
  return stranger ? { ok: false, reason: stranger } : { ok: true, receipt };
}

/** Of a key that was not enrolled yet, or that nobody trusts any more, when its play was due. Compressed time of simulators has no such day. */
function outsideItsLife(
  { simulated, planned, endedAtMs }: Receipt,
  { enrolledAtMs, revokedAtMs }: KnownDevice,
): QuarantineReason | null {
  if (simulated) return null;
  if (planned.startMs + CLOCK_MS < enrolledAtMs) return 'receipt.beforeEnrolment';
  const isAfter = revokedAtMs !== null && (endedAtMs ?? planned.startMs) > revokedAtMs + CLOCK_MS;
  return isAfter ? 'receipt.afterRevocation' : null;
}

/** Statements that contradict themselves. */
function isAbsurd(receipt: Receipt): boolean {
  const { outcome, cause, grade, startedAtMs, endedAtMs, playedMs, planned, relay } = receipt;
  if (playedMs > planned.durationMs + LONGER_BY_MS) return true;
  // Of a relay: its source cannot have been heard for longer than anything was.
  if (relay && relay.heardMs > playedMs + LONGER_BY_MS) return true;
  if ((startedAtMs === null) !== (endedAtMs === null)) return true;
  if (startedAtMs !== null && endedAtMs !== null && endedAtMs < startedAtMs) return true;
  if (outcome === 'notPlayed') return startedAtMs !== null || playedMs > 0 || cause === null;
  if (startedAtMs === null || endedAtMs === null) return true;
  if (isOutOfTime(receipt, { startedAtMs, endedAtMs })) return true;
  return outcome === 'complete'
    ? cause !== null || grade !== 'completed' || playedMs + LONGER_BY_MS < planned.durationMs
    : cause === null || grade === 'completed';
}

/**
 * Sound at an hour at which no rule lets this play sound: a clock of 1970, or one that takes local time for UTC. Whatever the late
 * policy, a command or a resumption, sound begins at its planned start at the earliest and is over at its latest end. Compressed time
 * keeps to its plan too: only the present of the service is another one.
 */
function isOutOfTime(
  { planned, lateMs, playedMs, interruptions = [] }: Receipt,
  { startedAtMs, endedAtMs }: { readonly startedAtMs: number; readonly endedAtMs: number },
): boolean {
  const instants = interruptions.flatMap(({ atMs, againAtMs }) => (againAtMs === null ? [atMs] : [atMs, againAtMs]));
  const earliestMs = planned.startMs - CLOCK_MS;
  const latestMs = planned.latestEndMs + CLOCK_MS;
  if ([startedAtMs, endedAtMs, ...instants].some((atMs) => atMs < earliestMs || atMs > latestMs)) return true;
  if (Math.abs(lateMs - Math.max(0, startedAtMs - planned.startMs)) > CLOCK_MS) return true;
  // Counted by the same monotonic clock. Over several runs the wall may have been put right in between.
  const lastedMs = endedAtMs - startedAtMs;
  if (instants.length > 0) return playedMs > lastedMs + CLOCK_MS;
  return playedMs > lastedMs + LONGER_BY_MS || lastedMs > playedMs + CLOCK_MS;
}

/** Backfill: it waited on the device longer than a working line explains. Compressed time of simulators has no line. */
export function isBackfill(receipt: Receipt, receivedAtMs: number): boolean {
  const writtenAtMs = receipt.endedAtMs ?? receipt.planned.startMs;
  return !receipt.simulated && receivedAtMs - writtenAtMs > 60_000;
}

function rangeOf(payload: unknown): { boot: number; first: number; last: number } | null {
  const parsed = receiptBatch.pick({ boot: true, first: true, last: true }).safeParse(payload);
  if (!parsed.success || parsed.data.last < parsed.data.first || parsed.data.last - parsed.data.first >= 200)
    return null;
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
