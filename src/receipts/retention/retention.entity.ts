import { Check, Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** Days of the configuration under which something left; null: never. */
export interface AppliedRule {
  readonly receiptDays: number | null;
  readonly confirmationDays: number | null;
}

/** What left the database, and for which file. Rows leave in the commit that makes it `kept`. */
@Entity('receipt_archive')
@Check("state IN ('writing', 'kept')")
@Check("state <> 'kept' OR sha256 IS NOT NULL")
export class ReceiptArchive {
  @IdColumn() id!: string;
  /** Of the file. */
  @Index({ unique: true }) @TextColumn() name!: string;
  /** `writing`: nothing left for it, and its file is nobody's. */
  @TextColumn() state!: 'writing' | 'kept';
  @TextColumn({ nullable: true }) sha256!: string | null;
  @MsColumn({ nullable: true }) bytes!: number | null;
  @MsColumn() madeAtMs!: number;
  @JsonColumn<AppliedRule>() rule!: AppliedRule;
  @IntColumn() devices!: number;
  @IntColumn() runs!: number;
  @IntColumn() receipts!: number;
  @IntColumn() sessions!: number;
  @IntColumn() answers!: number;
  /** When the service had received its runs; null: it holds none. */
  @MsColumn({ nullable: true }) receivedFromMs!: number | null;
  @MsColumn({ nullable: true }) receivedToMs!: number | null;
  /** Leaves of the tree under whose checkpoint its receipts stand; null: it holds none. */
  @MsColumn({ nullable: true }) logSize!: number | null;
  /** As it was signed. */
  @TextColumn({ nullable: true }) checkpoint!: string | null;
}

/** Numbers of a device between which an archive holds receipts; others may lie between them. */
@Entity('receipt_archive_range')
@Index(['controllerId'])
export class ArchivedRange {
  @TextColumn({ primary: true }) archiveId!: string;
  @TextColumn({ primary: true }) controllerId!: string;
  @MsColumn({ primary: true }) boot!: number;
  @MsColumn() first!: number;
  @MsColumn() last!: number;
  @IntColumn() receipts!: number;
}

/** The last receipt of a device that left: what comes with a greater number needs no look at what left. */
@Entity('receipt_archived_until')
export class ArchivedUntil {
  @TextColumn({ primary: true }) controllerId!: string;
  @MsColumn() boot!: number;
  @MsColumn() seq!: number;
}

/** Whose turn it is to archive: one row, which every step of it touches. */
@Entity('retention_turn')
export class RetentionTurn {
  /** Always `retention`. */
  @IdColumn() id!: string;
  @TextColumn() holder!: string;
  @MsColumn() heldUntilMs!: number;
  /** When all that could leave had left; null: not yet. */
  @MsColumn({ nullable: true }) lookedAtMs!: number | null;
  /** Code of what stopped the last turn; null: nothing did. */
  @TextColumn({ nullable: true }) problem!: string | null;
}
