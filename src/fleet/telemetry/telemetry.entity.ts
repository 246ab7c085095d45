import { Entity } from 'typeorm';
import { BoolColumn, IntColumn, JsonColumn, MsColumn, RealColumn, TextColumn } from '../../platform/database/index.js';
import type { DayFigures } from '../engine/rollup.js';

/** One message of telemetry. The primary key is also the index of every trend. */
@Entity('telemetry')
export class TelemetryRow {
  @TextColumn({ primary: true }) controllerId!: string;
  /** When it came; a device's own clock may be wrong. */
  @MsColumn({ primary: true }) atMs!: number;
  @MsColumn() boot!: number;
  @MsColumn() uptimeS!: number;
  /** Since the message before, not since the boot. */
  @MsColumn() bytesUp!: number;
  @MsColumn() bytesDown!: number;
  @RealColumn({ nullable: true }) signalDbm!: number | null;
  @RealColumn({ nullable: true }) temperatureC!: number | null;
  @RealColumn({ nullable: true }) supplyVolts!: number | null;
  @TextColumn({ nullable: true }) supply!: 'mains' | 'battery' | null;
  @MsColumn({ nullable: true }) freeBytes!: number | null;
  @MsColumn({ nullable: true }) memoryBytes!: number | null;
  @MsColumn({ nullable: true }) clockErrorMs!: number | null;
  @IntColumn({ nullable: true }) volumePercent!: number | null;
  @BoolColumn({ nullable: true }) amplifier!: boolean | null;
}

/** A local day of a device, kept when the messages are gone. */
@Entity('telemetry_day')
export class TelemetryDay {
  @TextColumn({ primary: true }) controllerId!: string;
  /** `yyyy-mm-dd` */
  @TextColumn({ primary: true }) day!: string;
  @IntColumn() messages!: number;
  /** Share of the day for which it was heard, 0 to 1. */
  @RealColumn() uptimeShare!: number;
  @MsColumn() bytesUp!: number;
  @MsColumn() bytesDown!: number;
  @JsonColumn<DayFigures>() figures!: DayFigures;
}

/** Days whose messages were all rolled up. */
@Entity('telemetry_rolled')
export class TelemetryRolled {
  @TextColumn({ primary: true }) day!: string;
  @MsColumn() atMs!: number;
  @IntColumn() controllers!: number;
}
