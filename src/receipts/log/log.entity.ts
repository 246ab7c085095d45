import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** Receipts that one commit of the intake wrote and that have no leaf number yet. Gone when they have. */
@Entity('receipt_unlogged')
export class UnloggedReceipts {
  @IdColumn() id!: string;
  @IntColumn() count!: number;
  /** A line for each: its id, a space, and its leaf hash in base64. */
  @TextColumn() receipts!: string;
}

/** The log as it stands: one row, whose change is what makes two sequencers meet. */
@Entity('log_head')
export class LogHead {
  /** Always `log`. */
  @IdColumn() id!: string;
  /** Leaves. */
  @MsColumn() size!: number;
  @MsColumn() epoch!: number;
  /** Number of the last checkpoint. */
  @MsColumn() checkpoint!: number;
  /** Which process gives numbers, and until when it need not fear another. */
  @TextColumn() holder!: string;
  @MsColumn() heldUntilMs!: number;
}

/** A leaf. The same text twice (it came again after it had left for an archive) is one leaf. */
@Entity('log_leaf')
@Index(['receiptId'])
export class LogLeaf {
  @MsColumn({ primary: true }) number!: number;
  @TextColumn() receiptId!: string;
  /** Leaf hash, base64. */
  @Index({ unique: true }) @TextColumn() leaf!: string;
}

/** Full ones never change; those at the right edge grow. */
@Entity('log_tile')
export class LogTile {
  @IntColumn({ primary: true }) level!: number;
  @MsColumn({ primary: true }) number!: number;
  /** Base64 of up to 256 hashes. */
  @TextColumn() hashes!: string;
}

@Entity('log_checkpoint')
export class LogCheckpoint {
  /** In the order of signing. */
  @MsColumn({ primary: true }) number!: number;
  @MsColumn() epoch!: number;
  @MsColumn() size!: number;
  /** Base64. */
  @TextColumn() root!: string;
  @MsColumn() signedAtMs!: number;
  @TextColumn() kid!: string;
  /** As it was handed out. */
  @TextColumn() signed!: string;
}

/** Each time the log had to break off, because somebody may hold a checkpoint of what a restored backup does not know. */
@Entity('log_epoch')
export class LogEpoch {
  @MsColumn({ primary: true }) number!: number;
  @MsColumn() beganAtMs!: number;
  /** Leaves that it took over. */
  @MsColumn() size!: number;
  @TextColumn() reason!: string;
  @TextColumn() byName!: string;
}
