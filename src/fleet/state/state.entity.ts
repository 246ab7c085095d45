import { Entity, Index } from 'typeorm';
import type { FaultCode, TimeTrust } from '../../../devices/protocol/index.js';
import { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { Because, DeviceStateName } from '../engine/state.js';

/** What is known of a controller, and what follows from it. The evidence is `Evidence` of `engine/evidence.ts`. */
@Entity('controller_state')
@Index(['recheckAtMs'])
export class ControllerState {
  @IdColumn() controllerId!: string;
  @BoolColumn({ nullable: true }) connected!: boolean | null;
  @MsColumn({ nullable: true }) connectionAtMs!: number | null;
  @MsColumn({ nullable: true }) heardAtMs!: number | null;
  @MsColumn({ nullable: true }) powerLostAtMs!: number | null;
  @JsonColumn<Partial<Record<FaultCode, number>>>() faults!: Partial<Record<FaultCode, number>>;
  @TextColumn({ nullable: true }) trust!: TimeTrust | null;
  @MsColumn({ nullable: true }) untrustedAtMs!: number | null;
  @TextColumn({ nullable: true }) playing!: string | null;
  @MsColumn({ nullable: true }) boot!: number | null;
  @MsColumn({ nullable: true }) silentUntilMs!: number | null;
  @IntColumn({ nullable: true }) volumePercent!: number | null;
  @MsColumn() waitingReceipts!: number;
  @MsColumn({ nullable: true }) lastReceiptBoot!: number | null;
  @MsColumn({ nullable: true }) lastReceiptSeq!: number | null;
  @TextColumn() state!: DeviceStateName;
  @TextColumn() because!: Because;
  @MsColumn() sinceMs!: number;
  /** When time alone may change it; null: it waits for the device. */
  @MsColumn({ nullable: true }) recheckAtMs!: number | null;
}

/** For how long a controller was in a state. */
@Entity('controller_state_span')
@Index(['controllerId', 'fromMs'])
export class ControllerStateSpan {
  @IdColumn() id!: string;
  @TextColumn() controllerId!: string;
  @TextColumn() state!: DeviceStateName;
  @TextColumn() because!: Because;
  @MsColumn() fromMs!: number;
  @MsColumn({ nullable: true }) untilMs!: number | null;
}

/** What a device told of itself at the moment it happened; once, however often it came. */
@Entity('device_event')
@Index(['receivedAtMs'])
export class DeviceEventRow {
  @TextColumn({ primary: true }) controllerId!: string;
  @MsColumn({ primary: true }) boot!: number;
  @MsColumn({ primary: true }) seq!: number;
  @TextColumn() kind!: string;
  @TextColumn({ nullable: true }) code!: string | null;
  @TextColumn() detail!: string;
  /** By the device's clock; null: it did not know. */
  @MsColumn({ nullable: true }) atMs!: number | null;
  @MsColumn() receivedAtMs!: number;
}
