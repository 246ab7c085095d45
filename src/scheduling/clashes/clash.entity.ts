import { Entity, Index, Unique } from 'typeorm';
import { BoolColumn, IdColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { ClashDecision } from '../engine/index.js';

/** What people need to know of one of the two, as it was when the clash was noted. */
export interface Party {
  readonly title: string;
  /** Of the office whose entry it is. */
  readonly areaName: string;
}

/** Two priority bulletins at the same minute somewhere in a commune, and what was decided. Never deleted. */
@Entity('clash')
@Unique(['areaPath', 'key'])
@Index(['deadlineMs'])
export class ClashRow {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  /** The tenant: the commune that decides, `/…/parent/own/`. */
  @TextColumn() areaPath!: string;
  /** As `clashKey` makes it of the two occurrences. */
  @TextColumn() key!: string;
  @TextColumn() first!: string;
  @TextColumn() second!: string;
  /** Of `first`, then of `second`. */
  @JsonColumn<readonly [Party, Party]>() parties!: readonly [Party, Party];
  /** Planned start of the earlier one: until then people may decide. */
  @MsColumn() fromMs!: number;
  /** When the default is recorded, unless people have decided. */
  @MsColumn() deadlineMs!: number;
  /** The occurrence that goes first when nobody decides. */
  @TextColumn() byDefault!: string;
  /** Null, like the others of a decision: not decided. */
  @TextColumn({ nullable: true }) goesFirst!: string | null;
  @TextColumn({ nullable: true }) other!: ClashDecision['other'] | null;
  /** The deadline passed; nobody decided. */
  @BoolColumn({ default: false }) automatic!: boolean;
  @TextColumn({ nullable: true }) byId!: string | null;
  /** Name as it was then. */
  @TextColumn({ nullable: true }) byName!: string | null;
  @MsColumn({ nullable: true }) decidedAtMs!: number | null;
  /** Since when the schedule no longer has it; null: it has. */
  @MsColumn({ nullable: true }) goneAtMs!: number | null;
  @MsColumn() notedAtMs!: number;
}

export const UNDECIDED = {
  goesFirst: null,
  other: null,
  automatic: false,
  byId: null,
  byName: null,
  decidedAtMs: null,
} as const satisfies Partial<ClashRow>;
