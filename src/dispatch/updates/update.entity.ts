import { Check, Entity, Index } from 'typeorm';
import type { UpdateState } from '../../../devices/protocol/index.js';
import { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { NightWindow } from './engine/night.js';
import type { Stage } from './engine/rollout.js';
import type { TargetState } from './engine/states.js';

/** A program that devices can run. Its bundle is an asset; what is in it is its maker's business. Never deleted. */
@Entity('update_release')
export class Release {
  @IdColumn() id!: string;
  /** Counts up: no later release has a lower one. */
  @Index({ unique: true }) @IntColumn() number!: number;
  @TextColumn() name!: string;
  @TextColumn() notes!: string;
  /** Controllers of other models are never ordered it. */
  @JsonColumn<readonly string[]>() models!: readonly string[];
  @TextColumn() sha256!: string;
  @IntColumn() bytes!: number;
  @MsColumn() createdAtMs!: number;
  @TextColumn() createdByName!: string;
}

export const ROLLOUT_STATES = ['running', 'halted', 'cancelled', 'done'] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** One release on its way to the controllers of an area, stage by stage. */
@Entity('update_rollout')
@Index(['areaPath', 'id'])
@Index(['state'])
@Check("state IN ('running', 'halted', 'cancelled', 'done')")
export class Rollout {
  @IdColumn() id!: string;
  @TextColumn() releaseId!: string;
  @IntColumn() release!: number;
  /** A person orders an older release: only to those that run a newer one. */
  @BoolColumn() back!: boolean;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  /** Only clusters of this group; null: all of the area. */
  @TextColumn({ nullable: true }) groupId!: string | null;
  @JsonColumn<readonly string[]>() models!: readonly string[];
  @JsonColumn<readonly Stage[]>() stages!: readonly Stage[];
  /** Index of the open one; -1: none yet. */
  @IntColumn() stage!: number;
  @MsColumn({ nullable: true }) stageFromMs!: number | null;
  @MsColumn() soakMs!: number;
  @IntColumn() healthyPercent!: number;
  @IntColumn() failedPercent!: number;
  /** When programs may be changed, local time; null: at any hour. */
  @JsonColumn<NightWindow>({ nullable: true }) night!: NightWindow | null;
  @TextColumn() state!: RolloutState;
  @TextColumn() reason!: string;
  @MsColumn() createdAtMs!: number;
  @TextColumn() createdByName!: string;
  /** Why it stands still: a person's words, or null when it halted by itself. */
  @TextColumn({ nullable: true }) haltReason!: string | null;
  @MsColumn({ nullable: true }) haltedAtMs!: number | null;
  @MsColumn({ nullable: true }) endedAtMs!: number | null;
}

/** What became of a rollout at one controller. */
@Entity('update_target')
@Index(['controllerId', 'release'])
@Index(['rolloutId', 'state'])
export class UpdateTarget {
  @TextColumn({ primary: true }) rolloutId!: string;
  @TextColumn({ primary: true }) controllerId!: string;
  @TextColumn() clusterId!: string;
  @IntColumn() release!: number;
  @IntColumn() stage!: number;
  /** What it ran when it was chosen. */
  @IntColumn() formerRelease!: number;
  @TextColumn() formerName!: string;
  @TextColumn() state!: TargetState;
  @TextColumn({ nullable: true }) detail!: string | null;
  @MsColumn({ nullable: true }) orderedAtMs!: number | null;
  /** The night for which it was ordered; without an end: at any hour. */
  @MsColumn({ nullable: true }) nightFromMs!: number | null;
  @MsColumn({ nullable: true }) nightUntilMs!: number | null;
  /** By the device's clock. */
  @MsColumn({ nullable: true }) atMs!: number | null;
  @MsColumn({ nullable: true }) heardAtMs!: number | null;
  /** A person went on in spite of it. */
  @BoolColumn() excused!: boolean;
}

/** What a controller finds on the broker. */
@Entity('update_order')
@Index(['rolloutId'])
export class OrderRow {
  @TextColumn({ primary: true }) controllerId!: string;
  @TextColumn() rolloutId!: string;
  @IntColumn() release!: number;
  /** JWS as retained. */
  @TextColumn() signed!: string;
  @MsColumn() orderedAtMs!: number;
}

/** What a controller said of its program, the newest ones of each. */
@Entity('update_status')
@Index(['controllerId', 'id'])
export class StatusRow {
  @IdColumn() id!: string;
  @TextColumn() controllerId!: string;
  @IntColumn() release!: number;
  @TextColumn() state!: UpdateState;
  @TextColumn({ nullable: true }) detail!: string | null;
  @MsColumn({ nullable: true }) atMs!: number | null;
  @MsColumn() heardAtMs!: number;
}
