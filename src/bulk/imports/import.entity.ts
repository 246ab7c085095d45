import { Check, Entity, Index, Unique } from 'typeorm';
import { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { Excerpt } from '../engine/excerpt.js';
import type { LineNote } from '../words.js';
import type { ImportDefaults } from './import.api.js';
import type { ImportState, LineKind, LineState } from './import.states.js';

/** Files that somebody brings into the library of one area, together. */
@Entity('bulk_import')
@Index(['areaPath', 'id'])
@Check("state IN ('open', 'running', 'stopped', 'failed', 'done')")
export class BulkImport {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() title!: string;
  /** What a file does not say of itself. */
  @JsonColumn<ImportDefaults>() defaults!: ImportDefaults;
  @TextColumn() state!: ImportState;
  /** Why it failed: a problem code. */
  @TextColumn({ nullable: true }) reason!: string | null;
  /** The newest one. */
  @TextColumn({ nullable: true }) jobId!: string | null;
  /** How often it was begun. */
  @IntColumn() runs!: number;
  /** Top-level files and files inside ZIPs. */
  @IntColumn() lineCount!: number;
  /** Uploaded, or unpacked where that is more. */
  @MsColumn() bytes!: number;
  @TextColumn() createdBy!: string;
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) endedAtMs!: number | null;
}

/** What became of one file. */
@Entity('import_line')
@Index(['importId', 'state'])
@Index(['parentId', 'state'])
@Check("state IN ('waiting', 'done', 'refused', 'duplicate')")
@Check("kind IN ('file', 'archive', 'library', 'entry', 'item')")
export class ImportLine {
  @IdColumn() id!: string;
  @TextColumn() importId!: string;
  /** The archive that it lies in. */
  @TextColumn({ nullable: true }) parentId!: string | null;
  @TextColumn() kind!: LineKind;
  /** Relative path, as sent or as in the archive; a title for an item. */
  @TextColumn() name!: string;
  @MsColumn() bytes!: number;
  /** Of the bytes; of an item: of all that it says. */
  @TextColumn({ nullable: true }) sha256!: string | null;
  @TextColumn() state!: LineState;
  @TextColumn({ nullable: true }) itemId!: string | null;
  /** Why it was refused: a problem code. */
  @TextColumn({ nullable: true }) code!: string | null;
  @JsonColumn<readonly LineNote[]>() notes!: readonly LineNote[];
  /** Of a text that was converted from an old encoding. */
  @JsonColumn<Excerpt>({ nullable: true }) excerpt!: Excerpt | null;
  /** An archive whose entries have lines of their own by now. */
  @BoolColumn() listed!: boolean;
  /** Which item of an export it is, from 0. */
  @IntColumn() place!: number;
  /** Group of the language versions, where it comes from. */
  @TextColumn({ nullable: true }) groupRef!: string | null;
}

/** The same file twice is one. */
@Entity('imported_file')
@Unique(['areaId', 'sha256'])
export class ImportedFile {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() sha256!: string;
  @TextColumn() itemId!: string;
  @MsColumn() createdAtMs!: number;
}

/** A decision on a version that was taken where it comes from; here it counts for nothing. */
export interface DecisionElsewhere {
  readonly version: number;
  readonly status: string;
  readonly approverName: string | null;
  readonly onBehalfOf: string | null;
  readonly decidedAtMs: number | null;
}

/** Where an item was made, if not here. */
@Entity('item_origin')
@Index(['originItemId'])
export class ItemOrigin {
  @TextColumn({ primary: true }) itemId!: string;
  @TextColumn() importId!: string;
  /** Fingerprint of the installation's key. */
  @TextColumn() installation!: string;
  @TextColumn() originItemId!: string;
  @TextColumn() areaCode!: string;
  @MsColumn() exportedAtMs!: number;
  @JsonColumn<readonly DecisionElsewhere[]>() decisions!: readonly DecisionElsewhere[];
}
