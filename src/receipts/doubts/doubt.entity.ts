import { Entity, Index } from 'typeorm';
import { IdColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** From when on what a controller signed is not believed: its key may have been in other hands. One row a controller; a later one reaches back further. */
@Entity('receipt_doubt')
export class ReceiptDoubt {
  @TextColumn({ primary: true }) controllerId!: string;
  @MsColumn() fromMs!: number;
}

/** How an outcome fell after it was written down. Append-only. */
@Entity('play_outcome_change')
@Index(['playId'])
export class PlayOutcomeChange {
  @IdColumn() id!: string;
  /** Of the outcome. */
  @TextColumn() playId!: string;
  @TextColumn() outcomeBefore!: string;
  @TextColumn() outcomeAfter!: string;
  @TextColumn() reason!: string;
  /** Account. */
  @TextColumn() changedBy!: string;
  @MsColumn() changedAtMs!: number;
}
