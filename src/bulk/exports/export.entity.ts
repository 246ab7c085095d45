import { Check, Entity, Index } from 'typeorm';
import type { ArchiveFilter } from '../../library/index.js';
import { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

export const EXPORT_STATES = ['running', 'done', 'stopped', 'failed'] as const;
export type ExportState = (typeof EXPORT_STATES)[number];

/** The content of an area and all below it, taken out as one file. */
@Entity('library_export')
@Index(['areaPath', 'id'])
@Check("state IN ('running', 'done', 'stopped', 'failed')")
@Check("state <> 'done' OR sha256 IS NOT NULL")
export class LibraryExport {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() fileName!: string;
  @JsonColumn<ArchiveFilter>() filter!: ArchiveFilter;
  @BoolColumn() includeAudio!: boolean;
  @TextColumn() state!: ExportState;
  /** Why it failed: a problem code. */
  @TextColumn({ nullable: true }) reason!: string | null;
  @TextColumn({ nullable: true }) jobId!: string | null;
  @TextColumn({ nullable: true }) sha256!: string | null;
  @MsColumn({ nullable: true }) bytes!: number | null;
  @IntColumn({ nullable: true }) items!: number | null;
  @TextColumn() createdBy!: string;
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
}
