import { z } from 'zod';
import { concatBytes, toBase64Url, toHex, toUtf8 } from './bytes.js';
import type { Crypto, Signer } from './crypto.js';
import { interruption, MAX_INTERRUPTIONS } from './interruption.js';
import { LATE_POLICIES } from './late.js';
import { plannedPlay } from './plan.js';
import { PLAY_CLASSES } from './preemption.js';
import { TIME_TRUSTS } from './time.js';
import { durationMs, epochMs, id, localDay, named, sha256Hex } from './words.js';

/** What a device itself can state. *Unknown* (chưa rõ) is never stated: it is the absence of a receipt. */
export const OUTCOMES = ['complete', 'partial', 'notPlayed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Each stronger than the one before; a device can state no more than the last one here. */
export const DEVICE_GRADES = ['received', 'verified', 'started', 'completed'] as const;

/** In words: `CAUSE_MEANINGS`. */
export const CAUSES = [
  'powerLost',
  'playerStopped',
  'noTrustedTime',
  'planLate',
  'assetMissing',
  'assetDamaged',
  'late',
  'noTimeLeft',
  'cutShort',
  'preempted',
  'withdrawn',
  'stopped',
  'soundFailed',
] as const;
export type Cause = (typeof CAUSES)[number];

/**
 * One receipt: self-contained, so that renaming or deleting anything later changes no past report (invariant 8).
 * Its bytes are those that the device wrote (UTF-8 of the text in the batch); nobody ever serialises it again.
 */
export const receipt = z.object({
  v: z.literal(1),
  device: id,
  boot: z.int().min(1),
  bootId: id,
  seq: z.int().min(1),
  simulated: z.boolean(),
  play: id,
  occurrence: id,
  part: z.int().min(0),
  planVersion: z.int().min(1),
  day: localDay,
  item: plannedPlay.shape.item,
  audioSha256: sha256Hex,
  area: named,
  cluster: named,
  planned: z.object({
    startMs: epochMs,
    latestEndMs: epochMs,
    durationMs,
    volume: z.int().min(0).max(100),
    class: z.enum(PLAY_CLASSES),
    late: z.enum(LATE_POLICIES),
    level: plannedPlay.shape.level,
    interrupted: plannedPlay.shape.interrupted,
  }),
  outcome: z.enum(OUTCOMES),
  cause: z.enum(CAUSES).nullable(),
  grade: z.enum(DEVICE_GRADES),
  /** Device time corrected to server time; null when nothing sounded. */
  startedAtMs: epochMs.nullable(),
  /**
   * Of its last run: the start of that plus monotonic time, so never before `startedAtMs`, whatever the clock did (case 9).
   */
  endedAtMs: epochMs.nullable(),
  /**
   * Monotonic, as counted by the sound output; never more than sounded. Of a play that was interrupted: what was heard of
   * the item from `seekMs` on, over all its runs (`resume`) or in its longest (`makeUp`).
   */
  playedMs: durationMs,
  seekMs: durationMs,
  lateMs: durationMs,
  volume: z.int().min(0).max(100),
  /** The command that summoned the play, if no plan had named it when it was settled. */
  command: id.optional(),
  /** Of a relay: for how long its source was heard, the rest being the stored sound. Nobody verified its content. */
  relay: z.object({ heardMs: durationMs }).optional(),
  /** Whether the loudspeaker line carried a signal meanwhile. Absent: the device cannot tell. */
  sensed: z.boolean().optional(),
  /** In order of time. Absent: none. */
  interruptions: z.array(interruption).min(1).max(MAX_INTERRUPTIONS).optional(),
  clock: z.object({ trust: z.enum(TIME_TRUSTS), errorMs: z.int().min(0).nullable() }),
});
export type Receipt = z.infer<typeof receipt>;

/**
 * Receipts of one boot, in order, under one signature. The texts travel as strings because their bytes are what is
 * signed. `previous` is the chain's link before `first`: 64 zeros for the first receipt of a device's life.
 */
export const receiptBatch = z.object({
  v: z.literal(1),
  device: id,
  boot: z.int().min(1),
  first: z.int().min(1),
  last: z.int().min(1),
  previous: sha256Hex,
  link: sha256Hex,
  receipts: z.array(z.string().min(2).max(8_192)).min(1).max(200),
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type ReceiptBatch = z.infer<typeof receiptBatch>;

/** In one message. */
export const MOST_BATCHES = 200;

/**
 * One batch, or a list of them: who signs each receipt when it is written need not send each in a message of its own. Each batch of a
 * list is judged alone, and what is wrong with one holds back no other.
 */
export const receiptMessage = z.union([receiptBatch, z.array(receiptBatch).min(1).max(MOST_BATCHES)]);

/** What stands in such a message, each still to be read. */
export const batchesIn = (message: unknown): readonly unknown[] => (Array.isArray(message) ? message : [message]);

/** A batch that nobody acknowledged is sent again after so long. */
export const RESEND_MS = 20_000;

export const FIRST_LINK = '0'.repeat(64);

/** link_n = SHA-256(0x01 ‖ link_{n−1} ‖ SHA-256(receipt_n)); links are 32 bytes. */
export function nextLink(previous: Uint8Array, receiptBytes: Uint8Array, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return linkAfter(previous, crypto.sha256(receiptBytes), crypto);
}

const LINK = Uint8Array.of(1);

const linkAfter = (previous: Uint8Array, receiptSha256: Uint8Array, crypto: Pick<Crypto, 'sha256'>): Uint8Array =>
  crypto.sha256(concatBytes(LINK, previous, receiptSha256));

/** The bytes under a batch's signature: five lines, so that any firmware can write them. */
export function signedBatchBytes(batch: Pick<ReceiptBatch, 'device' | 'boot' | 'first' | 'last' | 'link'>): Uint8Array {
  return toUtf8(`vang-receipts\n${batch.device}\n${batch.boot}\n${batch.first}\n${batch.last}\n${batch.link}`);
}

export function signBatch(unsigned: Omit<ReceiptBatch, 'signature'>, signer: Signer): ReceiptBatch {
  return { ...unsigned, signature: toBase64Url(signer.sign(signedBatchBytes(unsigned))) };
}

/** Links after each receipt of a batch, hex, computed from `previous`. */
export function chainOf(previous: Uint8Array, receipts: readonly string[], crypto: Pick<Crypto, 'sha256'>): string[] {
  const hashes = receipts.map((text) => crypto.sha256(toUtf8(text)));
  return chainOfHashes(previous, hashes, crypto);
}

/** The same of receipts of which the SHA-256 is known. */
export function chainOfHashes(
  previous: Uint8Array,
  hashes: readonly Uint8Array[],
  crypto: Pick<Crypto, 'sha256'>,
): string[] {
  let link = previous;
  return hashes.map((hash) => {
    link = linkAfter(link, hash, crypto);
    return toHex(link);
  });
}

/**
 * Signed by the service (JWS `vang-ack`) after a durable commit: the device need not send these again. One may answer
 * several batches that follow on each other, or a part of one.
 */
export const receiptAck = z.object({
  v: z.literal(1),
  device: id,
  boot: z.int().min(1),
  first: z.int().min(1),
  last: z.int().min(1),
  /** Sequence numbers that are kept apart for a person to look at; they too need not be sent again. */
  quarantined: z.array(z.int().min(1)).max(200),
});
export type ReceiptAck = z.infer<typeof receiptAck>;
