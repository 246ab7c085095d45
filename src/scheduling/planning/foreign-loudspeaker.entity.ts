import { Entity, Index } from 'typeorm';
import { IdColumn, JsonColumn, MsColumn, RealColumn, TextColumn } from '../../platform/database/index.js';

/** When it sounds, in local time. Its hours belong to the day on which they begin. */
export interface LoudHours {
  /** ISO: 1 is Monday, 7 is Sunday. */
  readonly weekdays: readonly number[];
  /** HH:MM; `until` may be 24:00. */
  readonly from: string;
  readonly until: string;
  /** Said, not guessed: a slip of the hand is no night. */
  readonly untilDay: 'same' | 'next';
}

/** Loa ngoài hệ thống: a school's, a factory's, a temple's, which our listeners hear too. */
@Entity('foreign_loudspeaker')
@Index(['areaPath'])
export class ForeignLoudspeaker {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() name!: string;
  /** Degrees, WGS 84. */
  @RealColumn() latitude!: number;
  @RealColumn() longitude!: number;
  @JsonColumn<readonly LoudHours[]>() hours!: readonly LoudHours[];
  @TextColumn() createdBy!: string;
  /** Name as it was then. */
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
}
