import { Entity, Index } from 'typeorm';
import { IdColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { FaultKind } from '../engine/faults.js';

/** Sự cố: something about a controller that a person should mend. Opened and closed by evidence; people may close it too. */
@Entity('fault')
@Index(['clusterId'])
@Index(['closedAtMs'])
@Index(['controllerId', 'kind', 'episode'], { unique: true })
export class Fault {
  @IdColumn() id!: string;
  @TextColumn() clusterId!: string;
  @TextColumn() controllerId!: string;
  @TextColumn() kind!: FaultKind;
  /** Names the one time that it happened: closed by a person, it is not opened again by the same evidence. */
  @TextColumn() episode!: string;
  /** Since when the evidence says so; when it last said so. */
  @MsColumn() firstSeenMs!: number;
  @MsColumn() lastSeenMs!: number;
  @TextColumn({ nullable: true }) assigneeId!: string | null;
  @TextColumn({ nullable: true }) assigneeName!: string | null;
  @TextColumn() note!: string;
  @MsColumn({ nullable: true }) closedAtMs!: number | null;
  @TextColumn({ nullable: true }) closedBy!: 'evidence' | 'person' | null;
  @TextColumn({ nullable: true }) closedByName!: string | null;
}
