import { Entity, Index } from 'typeorm';
import type { AuthorityLevel, InterruptedPolicy, LatePolicy } from '../../../devices/protocol/index.js';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type {
  Devices,
  OccurrenceChange,
  OrderPart,
  Place,
  Recurrence,
  ScheduleEntry,
  SlotFrame,
} from '../engine/index.js';

/** One line of a schedule: what is played where, and when. Never deleted: it is cancelled, and what it played stays. */
@Entity('entry')
@Index(['areaPath'])
@Index(['lastStartMs'])
@Index(['followsId'])
export class Entry implements ScheduleEntry {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  /** The tenant: `/…/parent/own/`. */
  @TextColumn() areaPath!: string;
  /** What people call this line; no part of its identity. */
  @TextColumn() title!: string;
  /** What is heard, in order; its items stand in `entry_item` too. */
  @JsonColumn<readonly OrderPart[]>() runningOrder!: readonly OrderPart[];
  @JsonColumn<Recurrence>() recurrence!: Recurrence;
  /** Single occurrences that were moved or cancelled. */
  @JsonColumn<readonly OccurrenceChange[]>() changes!: readonly OccurrenceChange[];
  /** IANA. */
  @TextColumn() zone!: string;
  /** Khung giờ; null: an entry like others. */
  @JsonColumn<SlotFrame>({ nullable: true }) slot!: SlotFrame | null;
  /** In which slot or behind which entry it stands; null: it has a time of its own. */
  @JsonColumn<Place>({ nullable: true }) place!: Place | null;
  @TextColumn() class!: ScheduleEntry['class'];
  /** Of its area when it was made. */
  @TextColumn({ default: 'commune' }) level!: AuthorityLevel;
  @TextColumn() late!: LatePolicy;
  @TextColumn({ default: 'drop' }) interrupted!: InterruptedPolicy;
  @IntColumn() graceMs!: number;
  @IntColumn() volume!: number;
  @TextColumn({ default: 'loudspeakers' }) devices!: Devices;
  /** Null, like the two after it: none named. All null: every place of these devices at or below the area. */
  @JsonColumn<readonly string[]>({ nullable: true }) clusterIds!: readonly string[] | null;
  @JsonColumn<readonly string[]>({ nullable: true }) groupIds!: readonly string[] | null;
  @JsonColumn<readonly string[]>({ nullable: true }) hamletIds!: readonly string[] | null;
  /** The entry whose series this one goes on with since an edit of rule or start (invariant 2). */
  @TextColumn({ nullable: true }) followsId!: string | null;
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

/** Items of running orders, for finding the entries of an item. */
@Entity('entry_item')
@Index(['itemId'])
export class EntryItem {
  @TextColumn({ primary: true }) entryId!: string;
  @TextColumn({ primary: true }) itemId!: string;
}

/** What an entry with a place stands in or behind, for finding what stands there. */
@Entity('entry_place')
@Index(['anchorId'])
export class EntryPlace {
  @TextColumn({ primary: true }) entryId!: string;
  @TextColumn() anchorId!: string;
}
