import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** Boxes that came from a maker together. */
@Entity('stock_batch')
@Index(['areaPath'])
export class StockBatch {
  @IdColumn() id!: string;
  /** Whose stock it is. */
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() maker!: string;
  @TextColumn() name!: string;
  @IntColumn() boxes!: number;
  @TextColumn() importedByName!: string;
  @MsColumn() importedAtMs!: number;
}

/**
 * `waiting`: chờ lắp đặt. `trial`: lắp thử, admitted to a cluster by a technician's scan; its handover has not come. `installed`: handed over
 * at a cluster, has not called yet. `enrolled`: it has.
 */
export const BOX_STATES = ['waiting', 'trial', 'installed', 'enrolled'] as const;
export type BoxState = (typeof BOX_STATES)[number];

/** A box before it is a controller. Its printed code is bound to it, and to no cluster until it is handed over at one. */
@Entity('stock_box')
@Index(['batchId'])
@Index(['model', 'serial'], { unique: true })
export class StockBox {
  @IdColumn() id!: string;
  @TextColumn() batchId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() model!: string;
  @TextColumn() serial!: string;
  @Index({ unique: true }) @TextColumn() codeSha256!: string;
  /** Of the maker, where it names one: no other key may use the code. */
  @TextColumn({ nullable: true }) publicKey!: string | null;
  @TextColumn() state!: BoxState;
  @TextColumn({ nullable: true }) clusterId!: string | null;
  @TextColumn({ nullable: true }) controllerId!: string | null;
  /** When it last asked to be enrolled before it was installed. */
  @MsColumn({ nullable: true }) calledAtMs!: number | null;
}
