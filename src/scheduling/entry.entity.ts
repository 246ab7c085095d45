import { Entity, Index } from 'typeorm';
import type { LatePolicy } from '../../devices/protocol/index.js';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../platform/database/index.js';
import type { Recurrence, ScheduleEntry } from './engine/index.js';

/** One line of a schedule: what is played where, and when. Never deleted: it is cancelled, and what it played stays. */
@Entity('entry')
@Index(['areaPath'])
@Index(['lastStartMs'])
export class Entry implements ScheduleEntry {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  /** The tenant: `/…/parent/own/`. */
  @TextColumn() areaPath!: string;
  @TextColumn() itemId!: string;
  /** What people call this line; no part of its identity. */
  @TextColumn() title!: string;
  @JsonColumn<Recurrence>() recurrence!: Recurrence;
  /** IANA. */
  @TextColumn() zone!: string;
  @TextColumn() class!: ScheduleEntry['class'];
  @TextColumn() late!: LatePolicy;
  @IntColumn() graceMs!: number;
  @IntColumn() volume!: number;
  /** Null: every cluster at or below the area. */
  @JsonColumn<string[]>({ nullable: true }) clusterIds!: string[] | null;
  /** First and last start by the rule alone, for finding; null: no end. */
  @MsColumn() firstStartMs!: number;
  @MsColumn({ nullable: true }) lastStartMs!: number | null;
  @TextColumn() createdBy!: string;
  /** Name as it was then. */
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) cancelledAtMs!: number | null;
  /** 1 when made; grows with every change. */
  @IntColumn() revision!: number;
}
