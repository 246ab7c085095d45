import { Entity } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** What takes the place of a relay that gives nothing. One row, made once, so that all processes and all plans name the same bytes. */
@Entity('standby_sound')
export class StandbySoundRow {
  /** Always `relay`. */
  @IdColumn() id!: string;
  @TextColumn() sha256!: string;
  @IntColumn() bytes!: number;
  @TextColumn() type!: string;
  @IntColumn() durationMs!: number;
  @MsColumn() madeAtMs!: number;
}
