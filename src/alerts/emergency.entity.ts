import { Check, Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../platform/database/index.js';

/** An emergency that somebody aired at once: who, what, under which right. Never deleted. */
@Entity('emergency')
@Index(['areaPath', 'airedAtMs'])
@Index(['itemId'])
@Check("basis IN ('before', 'after')")
export class Emergency {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() entryId!: string;
  /** What went ahead of the plans; null: nothing (before commands were known, or nothing of it could be played). */
  @TextColumn({ nullable: true }) commandId!: string | null;
  @TextColumn() itemId!: string;
  @IntColumn() itemVersion!: number;
  /** Title as it was then. */
  @TextColumn() title!: string;
  /** `before`: approved before it was aired; `after`: to be judged by a deadline (hậu kiểm). */
  @TextColumn() basis!: 'before' | 'after';
  @MsColumn({ nullable: true }) reviewDueAtMs!: number | null;
  @TextColumn() reason!: string;
  @TextColumn() officerId!: string;
  /** Name as it was then. */
  @TextColumn() officerName!: string;
  @MsColumn() airedAtMs!: number;
  @MsColumn() startMs!: number;
  @MsColumn({ nullable: true }) stoppedAtMs!: number | null;
  @TextColumn({ nullable: true }) stoppedByName!: string | null;
  /** Given by the sender: a second tap is the same emergency. */
  @Index({ unique: true }) @TextColumn() requestKey!: string;
}
