import { Check, Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../platform/database/index.js';

/** Hồ sơ nghiệm thu: that somebody asked for one, and what became of it. Its file is in the content store. */
@Entity('evidence_pack')
@Index(['areaPath', 'id'])
@Check("state IN ('running', 'done', 'failed', 'stopped')")
@Check("state <> 'done' OR sha256 IS NOT NULL")
export class EvidencePack {
  @IdColumn() id!: string;
  @TextColumn() lineId!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  /** Local days, both included. */
  @TextColumn() periodFrom!: string;
  @TextColumn() periodTo!: string;
  @TextColumn() fileName!: string;
  @TextColumn() state!: 'running' | 'done' | 'failed' | 'stopped';
  @TextColumn({ nullable: true }) reason!: string | null;
  @TextColumn() jobId!: string;
  @TextColumn({ nullable: true }) sha256!: string | null;
  @MsColumn({ nullable: true }) bytes!: number | null;
  @IntColumn({ nullable: true }) receipts!: number | null;
  @TextColumn() createdBy!: string;
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
}
