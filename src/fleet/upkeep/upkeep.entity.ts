import { Entity, Index } from 'typeorm';
import { IdColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** Bảo quản, duy trì, nâng cấp, mở rộng: the kinds of work that the plans pay for. */
export const UPKEEP_KINDS = ['preservation', 'maintenance', 'upgrade', 'extension'] as const;
export type UpkeepKind = (typeof UPKEEP_KINDS)[number];

/** A line of the maintenance log of a cluster. */
@Entity('upkeep')
@Index(['clusterId', 'day'])
export class Upkeep {
  @IdColumn() id!: string;
  @TextColumn() clusterId!: string;
  @TextColumn({ nullable: true }) controllerId!: string | null;
  /** The fault that it mended. */
  @TextColumn({ nullable: true }) faultId!: string | null;
  @TextColumn() kind!: UpkeepKind;
  /** Local day of the work, `yyyy-mm-dd`. */
  @TextColumn() day!: string;
  /** Who did it: often no account, but a workman of the carrier. */
  @TextColumn() person!: string;
  /** Đồng, whole. */
  @MsColumn() costVnd!: number;
  @TextColumn() text!: string;
  @TextColumn() writtenByName!: string;
  @MsColumn() writtenAtMs!: number;
}
