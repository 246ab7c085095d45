import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, RealColumn, TextColumn } from '../../platform/database/index.js';

/** The SIM in a box: with a controller, or still with a box that waits to be installed. */
@Entity('sim')
export class Sim {
  @IdColumn() id!: string;
  @Index({ unique: true }) @TextColumn({ nullable: true }) controllerId!: string | null;
  @Index({ unique: true }) @TextColumn({ nullable: true }) boxId!: string | null;
  @TextColumn() carrier!: string;
  @TextColumn() number!: string;
  @TextColumn() iccid!: string;
  /** Last local day of the package, `yyyy-mm-dd`. */
  @TextColumn({ nullable: true }) expiresOn!: string | null;
  /** Bytes a calendar month. */
  @MsColumn({ nullable: true }) quotaBytes!: number | null;
  /** Days before the last one on which people are warned. */
  @IntColumn() warnDays!: number;
  /** Share of the quota above which people are warned, 0 to 1. */
  @RealColumn() warnShare!: number;
  @MsColumn() changedAtMs!: number;
}

/** The counters of a device as they stood last: what it sent since then is the difference. */
@Entity('traffic_meter')
export class TrafficMeter {
  @IdColumn() controllerId!: string;
  @MsColumn() boot!: number;
  @MsColumn() uptimeS!: number;
  @MsColumn() bytesUp!: number;
  @MsColumn() bytesDown!: number;
}

/** Bytes of a device in a local month, summed over its boots. */
@Entity('traffic_month')
export class TrafficMonth {
  @TextColumn({ primary: true }) controllerId!: string;
  /** `yyyy-mm` */
  @TextColumn({ primary: true }) month!: string;
  @MsColumn() bytesUp!: number;
  @MsColumn() bytesDown!: number;
}
