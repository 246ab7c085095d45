import { Entity, Index } from 'typeorm';
import { IdColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { DayLine } from '../engine/index.js';

/** Days of a schedule kept without their dates (lịch mẫu), for the area that made it and those below. */
@Entity('schedule_template')
@Index(['areaPath'])
export class ScheduleTemplate {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() title!: string;
  @JsonColumn<readonly DayLine[]>() lines!: readonly DayLine[];
  /** Name as it was then. */
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
}
