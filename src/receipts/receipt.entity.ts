import { Entity, Index } from 'typeorm';
import type { Cause, Outcome, Receipt } from '../../devices/protocol/index.js';
import { BoolColumn, IdColumn, IntColumn, MsColumn, TextColumn } from '../platform/database/index.js';

/**
 * The ledger: append-only, one row a receipt, identity (device, boot, sequence). Counters of devices are as wide as the
 * contract allows (2^53): a number that does not fit its column would never be acknowledged.
 */
@Entity('receipt')
export class ReceiptRow {
  /** `device.boot.seq`. */
  @IdColumn() id!: string;
  @TextColumn() controllerId!: string;
  @MsColumn() boot!: number;
  @MsColumn() seq!: number;
  @TextColumn() play!: string;
  /** The bytes that the device signed. */
  @TextColumn() text!: string;
  /** Chain link after this receipt, hex. */
  @TextColumn() link!: string;
  @TextColumn() batchId!: string;
  @MsColumn() receivedAtMs!: number;
  /** Came later than it was written by more than the line explains. */
  @BoolColumn() backfill!: boolean;
}

/** What one signature covers; with the texts it proves each of them. */
@Entity('receipt_batch')
@Index(['controllerId', 'boot', 'first'])
export class ReceiptBatchRow {
  @IdColumn() id!: string;
  @TextColumn() controllerId!: string;
  @MsColumn() boot!: number;
  @MsColumn() first!: number;
  @MsColumn() last!: number;
  @TextColumn() previous!: string;
  @TextColumn() link!: string;
  @TextColumn() signature!: string;
  /** The device's key that verified it; null: entered before this was written down. */
  @TextColumn({ nullable: true }) publicKey!: string | null;
  @MsColumn() receivedAtMs!: number;
}

/** What can never be accepted: kept whole, looked at by a person, acknowledged so that it blocks nothing (invariant 6). */
@Entity('receipt_quarantine')
@Index(['controllerId'])
export class QuarantinedReceipt {
  @IdColumn() id!: string;
  /** Device of the topic: the broker vouches for it. */
  @TextColumn() controllerId!: string;
  @TextColumn() reason!: string;
  @TextColumn() payload!: string;
  /** The same trouble again is the same row. */
  @Index({ unique: true }) @TextColumn() payloadSha256!: string;
  @MsColumn() receivedAtMs!: number;
}

/** One fact row per play: its present outcome, self-contained. No row: unknown (chưa rõ). */
@Entity('play_outcome')
export class PlayOutcome {
  /** Id of the planned play: its device, a point, its name. */
  @IdColumn() id!: string;
  /** Of the telling that the device followed. */
  @TextColumn() itemId!: string;
  @TextColumn() clusterId!: string;
  @TextColumn() day!: string;
  @TextColumn() outcome!: Outcome;
  @TextColumn({ nullable: true }) cause!: Cause | null;
  @TextColumn() grade!: Receipt['grade'];
  @MsColumn() playedMs!: number;
  /** Of a relay, whose content nobody verified: for how long its source was heard. Null: stored sound. */
  @MsColumn({ nullable: true }) relayHeardMs!: number | null;
  /** Whether the line to the loudspeaker carried a signal. Null: the device cannot tell. */
  @BoolColumn({ nullable: true }) sensed!: boolean | null;
  /** Its device's key was revoked for a time in which this was signed: since when that is known. It proves nothing any more. */
  @MsColumn({ nullable: true }) doubtedAtMs!: number | null;
  @TextColumn() receiptId!: string;
  /**
   * Names the telling that the device followed: that of the planned play, or a former one, if it was offline when the play was moved
   * or got other content.
   */
  @MsColumn() planVersion!: number;
}

/**
 * Plays of an item at a cluster within a span of local days, by what they came to: changed by the difference in the commit that
 * changes a play (`engine/tally.ts`).
 */
@Entity('coverage_tally')
export class CoverageTally {
  @TextColumn({ primary: true }) itemId!: string;
  /** `2026-01-05`, `2026-01` or `life`. */
  @TextColumn({ primary: true }) span!: string;
  @TextColumn({ primary: true }) clusterId!: string;
  @IntColumn() unknown!: number;
  @IntColumn() notPlayed!: number;
  @IntColumn() partial!: number;
  @IntColumn() completed!: number;
  @IntColumn() sensed!: number;
  @TextColumn() firstDay!: string;
  @TextColumn() lastDay!: string;
}

/** Where each device's chain stands, so that a gap is seen (`engine/chain.ts`). */
@Entity('receipt_chain')
export class ReceiptChain {
  @TextColumn({ primary: true }) controllerId!: string;
  @MsColumn() boot!: number;
  @MsColumn() seq!: number;
  @TextColumn() link!: string;
}

/** Receipts that a device's chain proves to exist and that have not come. Gone when they have. */
@Entity('receipt_gap')
export class ReceiptGap {
  @TextColumn({ primary: true }) controllerId!: string;
  /** The last receipt before it; boot 0: the device's life begins with it. */
  @MsColumn({ primary: true }) afterBoot!: number;
  @MsColumn({ primary: true }) afterSeq!: number;
  @TextColumn() afterLink!: string;
  /** The first receipt behind it, and the link that it continues. */
  @MsColumn() beforeBoot!: number;
  @MsColumn() beforeSeq!: number;
  @TextColumn() beforeLink!: string;
  @MsColumn() openedAtMs!: number;
  /** When the device is asked for it next. */
  @MsColumn() askAtMs!: number;
  /** How often it was asked since something last came. */
  @IntColumn() asks!: number;
  /** When the device was last asked for it; null: not yet. */
  @MsColumn({ nullable: true }) askedAtMs!: number | null;
}

/** A device says that it wrote more than has come, and nothing newer shows what: only then is there a row. */
@Entity('receipt_tail')
export class ReceiptTail {
  @TextColumn({ primary: true }) controllerId!: string;
  /** Where its chain stood when that was noticed; boot 0: nothing had come. */
  @MsColumn() boot!: number;
  @MsColumn() seq!: number;
  @MsColumn() noticedAtMs!: number;
  @MsColumn() askAtMs!: number;
  @IntColumn() asks!: number;
}
